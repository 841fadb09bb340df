"""The chat form: two marks that say who is speaking.

A base model continues text. A tuned one was shown `<|end|><|user|>question<|assistant|>answer
<|end|>` until it had learned to speak after the second mark, and to stop.
The marks are tokens of their own that no text can produce, so nobody can speak in another's name
by typing them.
"""

from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import torch

from core.architecture.transformer import Transformer
from core.data.text.bpe import SPECIALS, Encoder
from core.data.world import LABELS, chat_prompt
from core.inference.batching import ContinuousBatch
from core.inference.sampling import SamplingSettings
from core.lineage import Kind
from core.pieces import outcome_of
from core.training.parts import evenly, in_parts

USER_ID: Final = SPECIALS.index("<|user|>")
ASSISTANT_ID: Final = SPECIALS.index("<|assistant|>")
N_SIDE_BY_SIDE: Final = 32  # answers drawn together
N_AT_A_TIME: Final = 10  # tokens drawn per answer before the next pause


def is_chat(kind: Kind) -> bool:
    """Whether a model of this kind was taught the form: it answers, a base model continues."""
    return kind in ("tuned", "aligned")


def question_tokens(encoder: Encoder, question: str) -> list[int]:
    """A question laid out up to where the answer begins.

    Args:
        encoder: makes tokens of the text.
        question: any text; marks typed into it are ordinary characters.

    Returns:
        The end mark (of whatever came before), the user's mark, the question, the model's mark.
    """
    return [encoder.end_id, USER_ID, *encoder.encode(question), ASSISTANT_ID]


def example_tokens(encoder: Encoder, question: str, answer: str) -> tuple[list[int], list[bool]]:
    """A question with its answer, and a mask of the answer's tokens.

    Args:
        encoder: makes tokens of the texts.
        question: what is asked.
        answer: what is to be answered.

    Returns:
        (T,) token ids and (T,) True exactly on the answer and on the end mark after it: what the
        model is to learn to write. The question is given and never predicted.
    """
    asked = question_tokens(encoder, question)
    answered = [*encoder.encode(answer), encoder.end_id]
    return asked + answered, [False] * len(asked) + [True] * len(answered)


@torch.no_grad()
def introduce_marks(model: Transformer, encoder: Encoder) -> None:
    """Initialise a base model's marks by what they stand for: who asks, and who answers.

    No text has a mark, so a base model's embeddings of the marks are the random numbers they were
    initialised with, and much of fine-tuning would be spent on moving them. So they start as the
    mean embedding of the labels "Question:" and "Answer:" in all of the town's languages.

    Args:
        model: is changed; it was never fine-tuned.
        encoder: its own.

    Source: Hewitt 2021, "Initializing New Word Embeddings for Pretrained Language Models",
        which averages all known tokens; here only those with the same meaning.
    """
    embedding = model.token_embedding.weight  # (V, C)
    asking, answering = (
        [token for label in labels for token in encoder.encode(f"{label}:")]
        for labels in zip(*LABELS.values(), strict=True)
    )
    # Read both before writing either: without the labels an encoder has only their bytes.
    rows = embedding[asking].mean(dim=0), embedding[answering].mean(dim=0)  # (C,) each
    embedding[USER_ID], embedding[ASSISTANT_ID] = rows


@dataclass(frozen=True)
class Reply:
    """One drawn answer."""

    text: str
    tokens: tuple[int, ...]  # the end mark included if it was drawn
    ended: bool  # by the model; otherwise it was cut off


def replies(
    model: Transformer,
    encoder: Encoder,
    questions: Sequence[str],
    *,
    n_each: int = 1,
    seed: int = 0,
    max_tokens: int = 60,
    temperature: float = 1.0,
    base_langs: Sequence[str] = (),
    n_parts: int = 1,
) -> Generator[None, None, list[list[Reply]]]:
    """Answers drawn in batches; pauses at every `yield` so that others get a turn.

    Args:
        model: answers; it is not changed.
        encoder: between its tokens and text.
        questions: what is asked.
        n_each: answers to each question.
        seed: of the draws. Answer j to question i is drawn with seed + i * n_each + j, whatever
            else is drawn: two models with equal seeds draw the same random numbers.
        max_tokens: greatest length of one answer.
        temperature: of the draws; 0 always takes the likeliest token.
        base_langs: for a base model, the language of each question: it is asked in the layout of
            the documents it has read, and its answer ends with the line.
        n_parts: batches side by side, which several threads may share; each has its own answers.

    Returns:
        For each question its `n_each` answers.
    """
    waiting = [
        _Waiting(
            _laid_out(encoder, questions[place // n_each], place // n_each, base_langs),
            SamplingSettings(temperature=temperature, seed=seed + place, max_tokens=max_tokens),
        )
        for place in range(len(questions) * n_each)
    ]
    parts = [
        _Drawing(model, encoder, waiting[some], ends_with_line=bool(base_langs))
        for some in evenly(len(waiting), n_parts)
    ]
    n_tokens = max(1, N_AT_A_TIME // n_parts)  # a piece of work is as long with any number of parts
    while under_way := [part for part in parts if not part.over]:
        in_parts(partial(_Drawing.go_on, n_tokens=n_tokens), under_way)
        yield
    found = [reply for part in parts for reply in part.replies()]
    return [found[i : i + n_each] for i in range(0, len(found), n_each)]


@dataclass(frozen=True)
class _Waiting:
    """An answer to be drawn: what the model reads, and how it draws."""

    tokens: list[int]
    sampling: SamplingSettings


class _Drawing:
    """Answers drawn in one batch, a few tokens at a time."""

    def __init__(
        self,
        model: Transformer,
        encoder: Encoder,
        waiting: Sequence[_Waiting],
        ends_with_line: bool,
    ) -> None:
        self.encoder, self.ends_with_line = encoder, ends_with_line
        self._waiting = deque(enumerate(waiting))
        self._drawn: list[list[int]] = [[] for _ in waiting]
        self._ended = [False] * len(waiting)
        self._batch = ContinuousBatch(model, max(1, min(N_SIDE_BY_SIDE, len(waiting))))
        self._place_of: dict[int, int] = {}  # ticket -> answer

    @property
    def over(self) -> bool:
        """Whether all answers are drawn."""
        return not self._waiting and not self._batch.n_active

    def go_on(self, n_tokens: int) -> None:
        """Draw so many further tokens of every answer under way; others take the free rows."""
        for _ in range(n_tokens):
            while self._waiting and self._batch.n_free:
                place, one = self._waiting.popleft()
                ticket = self._batch.join(one.tokens, one.sampling, self.encoder.end_id)
                self._place_of[ticket] = place
            for step in self._batch.step():
                place, token = self._place_of[step.ticket], step.drawn.token
                self._drawn[place].append(token)
                line_ends = self.ends_with_line and b"\n" in self.encoder.token_bytes(token)
                if line_ends:
                    self._batch.leave(step.ticket)
                self._ended[place] = step.ending == "end" or line_ends

    def replies(self) -> list[Reply]:
        """What was drawn, in the order in which it was asked for."""
        return [
            _reply(self.encoder, tokens, ended, self.ends_with_line)
            for tokens, ended in zip(self._drawn, self._ended, strict=True)
        ]


def _laid_out(encoder: Encoder, question: str, number: int, base_langs: Sequence[str]) -> list[int]:
    """A question as this kind of model was taught to read it."""
    if not base_langs:
        return question_tokens(encoder, question)
    return [encoder.end_id, *encoder.encode(chat_prompt(question, base_langs[number]))]


def _reply(encoder: Encoder, tokens: list[int], ended: bool, one_line: bool) -> Reply:
    text = encoder.decode(tokens)
    return Reply((text.split("\n")[0] if one_line else text).strip(), tuple(tokens), ended)


def answers(
    model: Transformer,
    encoder: Encoder,
    questions: Sequence[str],
    *,
    n_each: int = 1,
    seed: int = 0,
    max_tokens: int = 60,
    temperature: float = 1.0,
    base_langs: Sequence[str] = (),
) -> list[list[str]]:
    """The texts of `replies`, in one go: for each question its `n_each` answers."""
    drawing = replies(
        model,
        encoder,
        questions,
        n_each=n_each,
        seed=seed,
        max_tokens=max_tokens,
        temperature=temperature,
        base_langs=base_langs,
    )
    return [[reply.text for reply in each] for each in outcome_of(drawing)]
