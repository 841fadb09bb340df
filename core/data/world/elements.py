"""The building blocks that rules are compiled into: words, slots, assertions, choices, sequences.

Invariant: an option's `first` and `needs` only ever exclude what could not have matched.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Bindings = tuple[tuple[str, str], ...]  # (variable, value)
Env = dict[str, Any]  # variable -> value; CLAIMED -> the assertions passed along the way
Phrases = Sequence[tuple[tuple[str, ...], Bindings]]  # words and what they bind

CLAIMED = "!"
PUNCTUATION = frozenset(",.!?:„“”")


@dataclass(frozen=True, slots=True)
class Word:
    """One fixed word or punctuation mark."""

    text: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """A claim: relation, subject variable, value variables (`_` for a part left open)."""

    relation: str
    subject: str
    value: tuple[str, ...]


@dataclass(slots=True)
class Slot:
    """An open slot: its phrases, indexed by first word and by what is already bound."""

    name: str
    phrases: Phrases
    by_first: dict[str, list[tuple[tuple[str, ...], Bindings]]] = field(default_factory=dict)
    variables: tuple[str, ...] = ()
    fitting: dict[tuple[str | None, ...], Phrases] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for words, bindings in self.phrases:
            self.by_first.setdefault(words[0], []).append((words, bindings))
        self.variables = tuple(
            dict.fromkeys(v for _, bindings in self.phrases for v, _ in bindings)
        )

    def that_fit(self, env: Env) -> Phrases:
        """The phrases that do not contradict anything bound so far."""
        key = tuple(env.get(variable) for variable in self.variables)
        if key not in self.fitting:
            bound = dict(zip(self.variables, key, strict=True))
            self.fitting[key] = [
                (words, bindings)
                for words, bindings in self.phrases
                if all(bound[variable] in (None, value) for variable, value in bindings)
            ]
        return self.fitting[key]


@dataclass(slots=True)
class Sequenced:
    """A sequence of elements, with what the recogniser needs to rule it out early."""

    elements: tuple["Element", ...]
    first: frozenset[str] = frozenset()  # words it can begin with
    nullable: bool = True  # whether it can be empty
    needs: frozenset[str] = frozenset()  # every sentence it makes contains one of these words


@dataclass(slots=True)
class Choice:
    """One of several sequences."""

    options: tuple[Sequenced, ...]
    by_first: dict[str, tuple[Sequenced, ...]] = field(default_factory=dict)
    empties: tuple[Sequenced, ...] = ()


Element = Word | Assertion | Slot | Choice
Stack = tuple[Element, "Stack"] | None  # what is still to come


def first_words(element: Element) -> tuple[frozenset[str], bool]:
    """The words an element can begin with, and whether it can be empty."""
    if isinstance(element, Word):
        return frozenset((element.text,)), False
    if isinstance(element, Slot):
        return frozenset(element.by_first), False
    if isinstance(element, Assertion):
        return frozenset(), True
    firsts = frozenset(element.by_first)
    return firsts, bool(element.empties)


def described(elements: Sequence[Element]) -> Sequenced:
    """A sequence with what lets the parser reject it early: possible and required words."""
    first: set[str] = set()
    nullable = True
    needs: frozenset[str] = frozenset()
    for element in elements:
        words, empty = first_words(element)
        if nullable:
            first |= words
        nullable = nullable and empty
        if empty or words & PUNCTUATION or (needs and len(words) > len(needs)):
            continue
        # Of several required single words keep the longest: likely a noun or verb, not an article.
        if len(needs) != 1 or max(map(len, words)) > max(map(len, needs)):
            needs = words
    return Sequenced(tuple(elements), frozenset(first), nullable, needs)


def indexed(options: Sequence[Sequenced]) -> Choice:
    """Options indexed by the words they may begin with, so that the parser tries only those."""
    empties = tuple(option for option in options if option.nullable)
    by_first: dict[str, list[Sequenced]] = {}
    for option in options:
        for word in sorted(option.first):
            by_first.setdefault(word, []).append(option)
    # Options that can be empty are tried last, whatever the next word is.
    index = {w: (*(o for o in found if not o.nullable), *empties) for w, found in by_first.items()}
    return Choice(tuple(options), index, empties)


def words_in(choice: Choice, seen: dict[int, bool]) -> set[str]:
    """All words that can occur in a choice."""
    found: set[str] = set()
    if seen.setdefault(id(choice), False):
        return found
    seen[id(choice)] = True
    for option in choice.options:
        for element in option.elements:
            if isinstance(element, Word):
                found.add(element.text)
            elif isinstance(element, Slot):
                found.update(word for words, _ in element.phrases for word in words)
            elif isinstance(element, Choice):
                found |= words_in(element, seen)
    return found
