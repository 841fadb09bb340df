"""A program of rules: "if the question has these words, then answer so", one rule a line.

Rules are data. Nothing of them is ever executed, nor read as a pattern: a word stands in a question
or does not. So the same question always gets the same answer, and the rule that gave it can be
named; where no rule fits, the program is silent.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from core.languages import known

MOST_RULES: Final = 200
LONGEST_LINE: Final = 240  # characters
LONGEST_SHOWN: Final = 60  # of a line that is refused
KEYWORDS: Final = {"if": "IF|WENN", "and": "AND|UND", "not": "NOT|NICHT", "then": "THEN|DANN"}

_WORD: Final = re.compile(r"\w+")
_BEGIN: Final = re.compile(rf"({KEYWORDS['if']})\s+")
_THEN: Final = re.compile(rf"\s({KEYWORDS['then']})\s")
_AND: Final = re.compile(rf"\s({KEYWORDS['and']})\s")
_NOT: Final = re.compile(rf"({KEYWORDS['not']})\s+")

Reason = Literal["too_many", "too_long", "no_if", "no_then", "no_condition", "no_answer"]


@dataclass(frozen=True)
class Refused:
    """A line that is no rule.

    Args:
        line: its number, from 1.
        reason: what is wrong with it.
        text: its beginning.
    """

    line: int
    reason: Reason
    text: str


@dataclass(frozen=True)
class Condition:
    """Whether one of several words stands in a question.

    Args:
        words: alternatives in small letters, each one word or several in a row.
        wanted: False: none of them may stand there.
    """

    words: tuple[tuple[str, ...], ...]
    wanted: bool

    def holds(self, question: Sequence[str]) -> bool:
        """Of a question as a row of words in small letters."""
        return any(_stands_in(words, question) for words in self.words) == self.wanted


@dataclass(frozen=True)
class Rule:
    """If all conditions hold, then this is the answer.

    Args:
        line: where it stands, from 1.
        conditions: at least one.
        answer: what is said, word for word.
    """

    line: int
    conditions: tuple[Condition, ...]
    answer: str


@dataclass(frozen=True)
class Rules:
    """A program as it was read.

    Args:
        rules: in their order; the first that fits answers.
        refused: lines that are no rules.
    """

    rules: tuple[Rule, ...]
    refused: tuple[Refused, ...]


def read_rules(text: str) -> Rules:
    """Read rules, one a line; empty lines and those that begin with # say nothing.

    A line: IF word AND another/or this AND NOT a third THEN answer. The keywords are written in
    capitals, in English or in German.
    """
    rules: list[Rule] = []
    refused: list[Refused] = []
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        found: Rule | Reason = "too_many" if len(rules) == MOST_RULES else _rule(number, line)
        if isinstance(found, Rule):
            rules.append(found)
        else:
            refused.append(Refused(number, found, line[:LONGEST_SHOWN]))
            if found == "too_many":
                break
    return Rules(tuple(rules), tuple(refused))


def _rule(number: int, line: str) -> Rule | Reason:
    """A line as a rule, or why it is none."""
    if len(line) > LONGEST_LINE:
        return "too_long"
    begin, middle = _BEGIN.match(line), _THEN.search(f"{line} ")
    if begin is None:
        return "no_if"
    if middle is None:
        return "no_then"
    answer = line[middle.end() :].strip()
    if not answer:
        return "no_answer"
    parts = _AND.split(line[begin.end() : middle.start()])[::2]
    conditions = tuple(_condition(part.strip()) for part in parts)
    if not all(words for each in conditions for words in each.words):
        return "no_condition"
    return Rule(number, conditions, answer)


def _condition(text: str) -> Condition:
    refused = _NOT.match(text)
    words = text[refused.end() :] if refused else text
    return Condition(tuple(words_of(each) for each in words.split("/")), wanted=refused is None)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in small letters; linear in its length."""
    return tuple(_WORD.findall(text.casefold()))


def _stands_in(words: Sequence[str], question: Sequence[str]) -> bool:
    """Whether some words stand side by side in a question."""
    n = len(words)
    return any(tuple(question[at : at + n]) == tuple(words) for at in range(len(question) - n + 1))


def answered_by(rules: Sequence[Rule], question: str) -> Rule | None:
    """The first rule whose conditions hold; None: the program is silent.

    Source: a production system that ends with its first match; Newell & Simon 1972, "Human Problem
        Solving"; Weizenbaum 1966, "ELIZA".
    """
    words = words_of(question)
    return next(
        (rule for rule in rules if all(each.holds(words) for each in rule.conditions)), None
    )


@cache
def shipped_rules(lang: str) -> str:
    """The rules that the page begins with, in one of LANGS."""
    place = Path(__file__).with_name(f"rules.{known(lang)}.txt")
    return place.read_text(encoding="utf-8")
