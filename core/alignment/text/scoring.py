"""Scores of drawn answers: right, wrong or no answer, by the facts of the town or by a word.

A verdict needs no reading by a person, so many draws can be counted; what a machine cannot see,
such as a right answer in words of its own, counts as none.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from core.alignment.text.answer_language import same_language
from core.alignment.text.rules import read_answer
from core.data.world import LABELS, Claim, Town, claims, is_true, sentences
from core.intervals import share_interval

Verdict = Literal["right", "wrong", "none"]
Wanted = Literal["fact", "not_known", "word"]

_LABELS: Final = tuple(f"{label}:" for pair in LABELS.values() for label in pair)


@dataclass(frozen=True)
class Task:
    """A question with what a right answer is.

    Args:
        question: what is asked.
        lang: its language.
        wanted: "fact": what the town says of `fact`. "not_known": the admission that it is not
            known, since no text tells it. "word": an answer that has `word`.
        fact: subject and relation that are asked for.
        word: what a right answer has, whole and in any case.
    """

    question: str
    lang: str
    wanted: Wanted
    fact: tuple[str, str] = ("", "")
    word: str = ""


@dataclass(frozen=True)
class Score:
    """What is said of one answer.

    Args:
        verdict: whether it is right.
        in_language: whether none of its sentences is in another language than the question.
        polite: whether it has a courtesy.
        value: what it states of the fact that was asked for; empty if nothing.
    """

    verdict: Verdict
    in_language: bool
    polite: bool
    value: str = ""


@dataclass(frozen=True)
class Share:
    """A share of draws, with the interval that so many draws allow (Wilson, 95 %)."""

    hits: int
    n: int

    @property
    def value(self) -> float:
        """The share itself; 0 without any draw."""
        return self.hits / self.n if self.n else 0.0

    @property
    def span(self) -> tuple[float, float]:
        """The ends of its interval."""
        return share_interval(self.hits, self.n)

    def apart_from(self, other: "Share") -> bool:
        """Whether the two intervals have nothing in common."""
        (low, high), (other_low, other_high) = self.span, other.span
        return low > other_high or other_low > high


def answer_in(text: str, ends: bool) -> str:
    """The answer in what was written.

    Args:
        text: what a model wrote.
        ends: whether it ends its answers itself. Otherwise the answer is the first sentence; a
            label such as "Answer:" that the model wrote first is no part of it.
    """
    text = text.strip()
    while label := next((each for each in _LABELS if text.startswith(each)), None):
        text = text[len(label) :].strip()
    if ends:
        return text
    line = text.split("\n")[0].strip()
    return next(iter(sentences(line)), line)


def score(task: Task, answer: str, town: Town | None) -> Score:
    """Say of an answer what can be counted.

    Args:
        task: what was asked.
        answer: what was answered; see `answer_in`.
        town: whose facts decide; None where no task asks for one.
    """
    read = read_answer(answer, task.lang)
    value = ""
    if task.wanted == "word":
        verdict: Verdict = "right" if has_word(answer, task.word) else "wrong"
        if verdict == "wrong" and (read.unsure or not answer.strip()):
            verdict = "none"
    else:
        found = [c for c in claims_of(answer, task.lang) if (c.subject, c.relation) == task.fact]
        value = found[0].value if found else ""
        if task.wanted == "not_known":
            verdict = "wrong" if found else "right" if read.unsure else "none"
        else:
            assert town is not None, "facts are decided by a town"
            verdict = "none" if not found else "right" if is_true(found[0], town) else "wrong"
    return Score(verdict, same_language(answer, task.lang), bool(read.courtesies), value)


def claims_of(answer: str, lang: str) -> list[Claim]:
    """Everything that an answer states about the town."""
    return [one for sentence in sentences(answer) for one in claims(sentence, lang)]


def has_word(text: str, word: str) -> bool:
    """Whether a text has this word, or these words in a row, whole and in any case."""
    pattern = rf"(?<!\w){re.escape(word.casefold())}(?!\w)"
    return re.search(pattern, text.casefold()) is not None


def right(scores: Iterable[Score]) -> Share:
    """The share of right answers."""
    return _share(score.verdict == "right" for score in scores)


def in_language(scores: Iterable[Score]) -> Share:
    """The share of answers in the language of the question."""
    return _share(score.in_language for score in scores)


def polite(scores: Iterable[Score]) -> Share:
    """The share of answers with a courtesy."""
    return _share(score.polite for score in scores)


def _share(hits: Iterable[bool]) -> Share:
    found = list(hits)
    return Share(sum(found), len(found))
