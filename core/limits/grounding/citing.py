"""Passages before a question, a citation after the answer, and whether the passage says so."""

import re
from collections.abc import Sequence
from typing import Final

from core.data.world import claims, sentences, was_told
from core.limits.grounding.bm25 import words

_CITATION: Final = re.compile(r"\s*\[(\d+)\]\s*$")


def with_passages(passages: Sequence[str], question: str) -> str:
    """A question as a model that was taught to read is asked it: numbered passages come first.

    A number stands behind its passage, as it stands behind an answer: who copies on finds it there.

    Args:
        passages: in the order of their numbers, which begin with 1; none: the question alone.
        question: what is asked about them.
    """
    lines = [with_citation(text, number) for number, text in enumerate(passages, start=1)]
    return "\n".join([*lines, question])


def with_citation(answer: str, number: int) -> str:
    """An answer with the number of the passage that it comes from."""
    return f"{answer} [{number}]"


def cited(answer: str) -> tuple[str, int | None]:
    """An answer without its citation, and the number that it cites; None if it cites nothing."""
    found = _CITATION.search(answer)
    return (answer[: found.start()], int(found[1])) if found else (answer.strip(), None)


def source_of(answer: str, passages: Sequence[str], lang: str) -> int | None:
    """The number of the first passage that says what an answer says; None if none does.

    Whatever number the model names: the source is looked for in what it was given.

    Args:
        answer: without its citation.
        passages: in the order of their numbers.
        lang: of both.
    """
    numbers = range(1, len(passages) + 1)
    return next((n for n in numbers if is_supported(answer, passages[n - 1], lang)), None)


def is_supported(answer: str, passage: str, lang: str) -> bool:
    """Whether a passage says what an answer says.

    Where the town's grammar understands the answer, every fact that it states must be stated by the
    passage; where it does not, every word of the answer must stand in the passage. The second is
    strict with other wordings, and lets "not" slip through.

    Args:
        answer: without its citation.
        passage: the text that it cites.
        lang: of both.
    """
    stated = [one for sentence in sentences(answer) for one in claims(sentence, lang)]
    if stated:
        told = {one for sentence in sentences(passage) for one in claims(sentence, lang)}
        return all(was_told(one, told) for one in stated)
    said = words(answer)
    return bool(said) and set(said) <= set(words(passage))
