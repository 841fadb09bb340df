"""The mailbox: a folder of letters in, filtered answers out.

For every letter the model answers what it asks; the answer quotes the letter, as one does, and goes
through the stages as a whole, so that nothing private leaves in the quotation either. Which stages
work is decided by whoever runs the mailbox. A letter that asks to switch them off is a letter.
"""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.alignment.text.chat import is_chat, question_tokens
from core.api.chat import END_OF_ANSWER, prompt_of
from core.api.filtering import Line, quoted, town_of
from core.api.letters import Letter, letters_and_errors
from core.api.models import Model
from core.api.sending import origin, send
from core.api.writing import prompt_tokens
from core.data.text.stream import TextStream
from core.errors import GlassboxError, InputError
from core.inference.sampling import SamplingSettings
from core.inference.text.stopping import StopText
from core.jobs.labelling import classifier_of
from core.languages import Lang
from core.postprocessing.sending.answers import Envelope, sealed
from core.postprocessing.sending.audit import to_jsonl
from core.postprocessing.stages import Context, StageSetting, run_stages
from core.services import Services

ANSWER_TOKENS: Final = 60
TEMPERATURE: Final = 0.3  # an office repeats itself rather than rave
AUDIT_FILE: Final = "audit.jsonl"


@dataclass(frozen=True)
class Mailbox:
    """How letters are answered.

    Args:
        services: the store and the writer.
        owner: who answers; empty for nobody in particular.
        model: writes the answers.
        stages: every answer goes through these.
        lang: language of all answers; None: of each letter.
        seed: of all draws.
    """

    services: Services
    owner: str
    model: Model
    stages: tuple[StageSetting, ...]
    lang: Lang | None = None
    seed: int = 0

    def answer(self, letter: Letter) -> Envelope:
        """Answer one letter.

        Raises:
            Busy, WritingFailed: the model cannot write.
        """
        lang = self.lang or letter.lang
        drafts = [self._draft(question, lang) for question in letter.questions]
        drawn = quoted(letter.text) + "\n".join(draft.text for draft in drafts) + "\n"
        context = Context(
            lang=lang,
            question=letter.text,
            town=town_of(self.services.store, self.owner, self.model.checkpoint.id),
            model_id=self.model.checkpoint.id,
            seed=self.seed,
            conversation=f"{self.owner}:{letter.name}",
            classifier=classifier_of(self.services.store, self.owner),
        )
        answer = run_stages(drawn, self.stages, context)
        envelope = sealed(
            answer,
            drawn,
            origin=origin(self.services, self.owner, self.model),
            lang=lang,
            n_in=sum(draft.n_in for draft in drafts),
            n_out=sum(draft.n_out for draft in drafts),
            model_s=sum(draft.seconds for draft in drafts),
        )
        send(self.services, self.owner, envelope, Line(self.stages, context))
        return envelope

    def _draft(self, question: str, lang: Lang) -> "_Draft":
        """What the model says to one question."""
        encoder, begun = self.model.encoder, time.perf_counter()
        answers = is_chat(self.model.checkpoint.kind)
        tokens = (
            question_tokens(encoder, question)
            if answers
            else prompt_tokens(encoder, prompt_of(question, lang))
        )
        settings = SamplingSettings(
            temperature=TEMPERATURE, seed=self.seed, max_tokens=ANSWER_TOKENS
        )
        stream, line = TextStream(encoder), StopText(() if answers else (END_OF_ANSWER,))
        text, n_out = "", 0
        writing = self.services.write(
            self.owner, self.model.checkpoint.id, tokens, settings, end_id=encoder.end_id
        )
        for written in writing:
            n_out += 1
            if written.token != encoder.end_id:
                text += line.push(stream.push(written.token))
            if line.stopped:
                break
        if not line.stopped:
            text += line.push(stream.finish()) + line.finish()
        return _Draft(text.strip(), len(tokens), n_out, time.perf_counter() - begun)


@dataclass(frozen=True)
class _Draft:
    text: str
    n_in: int
    n_out: int
    seconds: float


@dataclass(frozen=True)
class Result:
    """What became of one file.

    Args:
        name: of the file.
        envelope: the answer; None where the letter could not be read or answered.
        error: why not.
    """

    name: str
    envelope: Envelope | None = None
    error: GlassboxError | None = None


def answered(mailbox: Mailbox, folder: Path) -> Iterator[Result]:
    """Answer the letters of a folder, one after another; who stops iterating stops it.

    Raises:
        InputError: there is no such folder.
    """
    for name, letter in letters_and_errors(folder):
        if isinstance(letter, InputError):
            yield Result(name, error=letter)
            continue
        try:
            yield Result(name, mailbox.answer(letter))
        except GlassboxError as error:
            yield Result(name, error=error)


def files_of(results: Sequence[Result]) -> dict[str, str]:
    """What a folder of answers holds: per letter the answer and its envelope, and one trail."""
    done = [(result.name, result.envelope) for result in results if result.envelope]
    stems = [Path(name).stem for name, _ in done]
    files: dict[str, str] = {}
    for (name, envelope), stem in zip(done, stems, strict=True):
        base = stem if stems.count(stem) == 1 else name
        files[f"{base}.answer.txt"] = envelope.text
        said = json.dumps(envelope.to_dict(), ensure_ascii=False, indent=1)
        files[f"{base}.envelope.json"] = said + "\n"
    files[AUDIT_FILE] = "".join(to_jsonl(envelope.audit) for _, envelope in done)
    return files


def check_out(folder: Path) -> None:
    """See to it that nothing can be overwritten.

    Raises:
        InputError: the folder holds something already, or is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is no folder")
    if folder.is_dir() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty, and nothing is overwritten")


def write_out(folder: Path, results: Sequence[Result]) -> None:
    """Write the answers into a folder; a file that is there already is an error, never replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files_of(results).items():
        with (folder / name).open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
