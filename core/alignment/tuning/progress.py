"""What a model can do in the middle of fine-tuning, on questions it is not taught.

Every look asks the same questions with the same seeds, so that two looks differ because of the
weights alone.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from core.alignment.text.answered import AnsweredRow, laid_out
from core.alignment.text.asking import sort_of
from core.alignment.text.chat import Reply, replies
from core.alignment.text.examples import TOWN, Example, ExampleSettings, held_out, world_examples
from core.alignment.text.rules import RULES, grammatical
from core.alignment.text.styles import FIELDS, is_in_style
from core.alignment.tuning.supervised import Lesson, lesson, mean_answer_loss
from core.architecture.transformer import Transformer
from core.data.text.bpe import Encoder
from core.data.world import WorldSettings, draw_town
from core.training.parts import in_pieces

N_TOGETHER: Final = 32  # examples read at once
N_SHOWN: Final = 6  # questions whose answers are shown
MAX_TOKENS: Final = 60  # of an answer about the town; the longest example has 51 with its question
MAX_TOKENS_IN_STYLE: Final = 100
OWN: Final = "own"
"""The subject of a visitor's own examples."""


@dataclass(frozen=True)
class Mark:
    """What the rules find in one answer; None where no rule applies."""

    ended: bool
    true: bool | None = None  # of a question whose answer was told: the fact is stated
    unsure: bool | None = None  # of one whose answer nobody told: it says so
    keeps_out: bool | None = None  # of one that is not about the town: it says so
    polite: bool | None = None
    grammatical: bool | None = None
    in_style: bool | None = None


class Progress:
    """Looks at a model between two steps.

    Args:
        encoder: between tokens and text.
        subject: what is taught: one of core.alignment.text.examples.SUBJECTS, or OWN.
        exam: examples that are not taught; their questions are asked.
        world: whose facts decide; None where nothing can be checked.
        n_context: tokens the model can look at.
        n_asked: questions that are answered at every look.
        temperature, seed: of the draws.
        n_parts: into which a look is cut, for as many threads.
    """

    def __init__(
        self,
        encoder: Encoder,
        subject: str,
        exam: Sequence[Example],
        world: WorldSettings | None,
        n_context: int,
        n_asked: int,
        temperature: float,
        seed: int,
        n_parts: int = 1,
    ) -> None:
        self.encoder, self.subject = encoder, subject
        self.held_out: Lesson = lesson(encoder, exam, n_context)
        self.asked = list({one.question: one for one in exam}.values())[:n_asked]
        self.town = draw_town(world) if world is not None else None
        self.temperature, self.seed, self.n_parts = temperature, seed, n_parts

    def held_out_loss(self, model: Transformer) -> Generator[str, None, float | None]:
        """Nats per token of the answers that are not taught; None without any."""
        rows = self.held_out.rows
        batches = [rows[first : first + N_TOGETHER] for first in range(0, len(rows), N_TOGETHER)]
        read = partial(_read, model)
        found = yield from in_pieces(read, batches, self.n_parts, "reading")
        total, n_tokens = 0.0, 0
        for loss, n in found:
            total, n_tokens = total + loss * n, n_tokens + n
        return total / n_tokens if n_tokens else None

    def looking(self, model: Transformer) -> Generator[str | None, None, dict[str, Any]]:
        """One whole look; pauses at every `yield`.

        Returns:
            held_out_loss_nats; for each field of Mark that could be judged a share of 1, such as
            true_share, and how many answers it is of, such as n_true;
            samples: question, lang and answer of the first N_SHOWN.
        """
        found: dict[str, Any] = {}
        yield "reading"
        loss = yield from self.held_out_loss(model)
        if loss is not None:
            found["held_out_loss_nats"] = loss
        yield None
        drawn = yield from replies(
            model,
            self.encoder,
            [one.question for one in self.asked],
            seed=self.seed,
            max_tokens=MAX_TOKENS if self.subject == TOWN else MAX_TOKENS_IN_STYLE,
            temperature=self.temperature,
            n_parts=self.n_parts,
        )
        given = [each[0] for each in drawn]
        marks = [self._mark(one, reply) for one, reply in zip(self.asked, given, strict=True)]
        found |= shares(marks)
        found["samples"] = [
            {"question": one.question, "lang": one.lang, "answer": reply.text}
            for one, reply in zip(self.asked[:N_SHOWN], given, strict=False)
        ]
        return found

    def _mark(self, one: Example, reply: Reply) -> Mark:
        """What can be said of one answer."""
        ask, lang, town = one.question, one.lang, self.town
        if self.subject == OWN or town is None:
            return Mark(reply.ended)
        if self.subject in FIELDS:
            return Mark(reply.ended, in_style=is_in_style(self.subject, reply.text, lang))
        sort = sort_of(ask, lang, town)
        truthful = RULES["truthful"].keeps(ask, reply.text, lang, town) if sort == "told" else None
        if self.subject != TOWN:
            in_style = is_in_style(self.subject, reply.text, lang)
            # The rules read sentences, and a terse answer is not one.
            return Mark(
                reply.ended, truthful if self.subject != "terse" else None, in_style=in_style
            )
        honest = RULES["honest"].keeps(ask, reply.text, lang, town)
        form = one.manner == "json"
        return Mark(
            ended=reply.ended,
            true=truthful,
            unsure=honest if sort == "untold" else None,
            keeps_out=honest if sort == "business" else None,
            polite=None if form else RULES["polite"].keeps(ask, reply.text, lang, town),
            grammatical=None if form else grammatical(reply.text, lang),
        )


def _read(model: Transformer, rows: Sequence[AnsweredRow]) -> tuple[float, int]:
    """Loss on some examples, and how many tokens of theirs count."""
    return mean_answer_loss(model, laid_out(rows))


def shares(marks: Sequence[Mark]) -> dict[str, float | int]:
    """Of each thing that was judged: the share of answers that have it, and of how many."""
    found: dict[str, float | int] = {}
    for name in Mark.__dataclass_fields__:
        judged = [value for mark in marks if (value := getattr(mark, name)) is not None]
        if judged:
            found[f"{name}_share"] = sum(judged) / len(judged)
            found[f"n_{name}"] = len(judged)
    return found


def exam_of(
    subject: str, examples: Sequence[Example], world: WorldSettings | None, seed: int
) -> tuple[list[Example], list[Example]]:
    """Examples to teach, and others for the exam.

    The small world always has more, about held-out facts. Of a visitor's own examples every tenth
    is kept for the exam; of fewer than ten, none.

    Returns:
        (taught, exam).
    """
    if subject == OWN or world is None:
        kept = [place for place in range(len(examples)) if place % 10 == 9]
        taught = [one for place, one in enumerate(examples) if place not in set(kept)]
        exam = [examples[place] for place in kept]
        return taught, exam or list(examples[:N_SHOWN])
    langs = {one.lang for one in examples}
    share = sum(one.lang == "de" for one in examples) / len(examples) if len(langs) > 1 else 0.0
    share = 1.0 if langs == {"de"} else share
    asked = ExampleSettings(subject=subject, german_share=share, seed=seed)
    return list(examples), world_examples(held_out(asked), draw_town(world))
