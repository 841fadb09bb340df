"""The chat form: two marks that say who is speaking.

A base model continues text. A tuned one was shown `<|end|><|user|>question<|assistant|>answer
<|end|>` until it had learned to speak after the second mark, and to stop.
The marks are tokens of their own that no text can produce, so nobody can speak in another's name
by typing them.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Final

import torch

from core.architecture.transformer import Transformer
from core.data.text.bpe import SPECIALS, Encoder
from core.data.world import LABELS, chat_prompt
from core.inference.batching import ContinuousBatch
from core.inference.sampling import SamplingSettings
from core.lineage import Kind

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

    Returns:
        For each question its `n_each` answers.
    """
    waiting = [
        (place, _laid_out(encoder, questions[place // n_each], place // n_each, base_langs))
        for place in range(len(questions) * n_each)
    ]
    drawn: list[list[int]] = [[] for _ in waiting]
    ended = [False] * len(waiting)
    batch = ContinuousBatch(model, max(1, min(N_SIDE_BY_SIDE, len(waiting))))
    place_of: dict[int, int] = {}
    n_steps = 0
    while waiting or batch.n_active:
        while waiting and batch.n_free:
            place, tokens = waiting.pop(0)
            sampling = SamplingSettings(
                temperature=temperature, seed=seed + place, max_tokens=max_tokens
            )
            place_of[batch.join(tokens, sampling, encoder.end_id)] = place
        for step in batch.step():
            place = place_of[step.ticket]
            drawn[place].append(step.drawn.token)
            line_ends = bool(base_langs) and b"\n" in encoder.token_bytes(step.drawn.token)
            if line_ends:
                batch.leave(step.ticket)
            ended[place] = step.ending == "end" or line_ends
        n_steps += 1
        if n_steps % N_AT_A_TIME == 0:
            yield
    found = [
        _reply(encoder, tokens, over, bool(base_langs))
        for tokens, over in zip(drawn, ended, strict=True)
    ]
    return [found[i : i + n_each] for i in range(0, len(found), n_each)]


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
    while True:
        try:
            next(drawing)
        except StopIteration as end:
            found: list[list[Reply]] = end.value
            return [[reply.text for reply in each] for each in found]
