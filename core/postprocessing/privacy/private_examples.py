"""Labelled examples of private data, and how well the rules do on them.

Invariant: the examples were written before the rules. Every third one may be looked at to improve
them ("seen"); the others only measure ("unseen").
"""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

SEEN_EVERY: Final = 3  # the 1st, 4th, 7th … of each list
_MARKED: Final = re.compile(r"⟦(\w+) ([^⟧]*)⟧")

Place = tuple[int, int, str]  # start, end, kind


@dataclass(frozen=True)
class Example:
    """One text with what is private in it.

    Args:
        text: without marks.
        private: what must be found, from left to right; empty for a look-alike.
        group: the kind that is in it, or what it looks like.
        lang: "de" or "en".
        seen: whether the rules may have been improved on it.
    """

    text: str
    private: tuple[Place, ...]
    group: str
    lang: str
    seen: bool


@dataclass(frozen=True)
class Score:
    """How well one kind is found; a place counts only if start, end and kind are right.

    Args:
        n_right: places found that are marked.
        n_wrong: places found that are not.
        n_missed: marked places that were not found.
    """

    n_right: int = 0
    n_wrong: int = 0
    n_missed: int = 0

    @property
    def precision(self) -> float:
        """Share of what was found that is private; 1 where nothing was found."""
        return self.n_right / (self.n_right + self.n_wrong or 1) if self._any else 1.0

    @property
    def recall(self) -> float:
        """Share of what is private that was found; 1 where nothing is."""
        return self.n_right / (self.n_right + self.n_missed or 1) if self._any else 1.0

    @property
    def _any(self) -> bool:
        return bool(self.n_right + self.n_wrong + self.n_missed)


def unmarked(marked: str) -> tuple[str, tuple[Place, ...]]:
    """A marked text as plain text and the places that were marked."""
    text, places, done = "", [], 0
    for match in _MARKED.finditer(marked):
        text += marked[done : match.start()]
        places.append((len(text), len(text) + len(match[2]), match[1]))
        text, done = text + match[2], match.end()
    return text + marked[done:], tuple(places)


@cache
def examples(lang: str) -> tuple[Example, ...]:
    """The labelled examples of a language, in the order of their file."""
    return read_examples(Path(__file__).with_name(f"private_cases.{lang}.toml"), lang)


def read_examples(path: Path, lang: str) -> tuple[Example, ...]:
    """The labelled examples of a file with the tables "private" and "harmless"."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Example(*unmarked(marked), group, lang, place % SEEN_EVERY == 0)
        for table in ("private", "harmless")
        for group, lines in tables[table].items()
        for place, marked in enumerate(lines)
    )


def scores(cases: Iterable[Example], find: Callable[[str], Sequence[Place]]) -> dict[str, Score]:
    """Hold what is found against what is marked, kind by kind.

    Args:
        cases: labelled texts, look-alikes among them.
        find: gives the places found in a text.
    """
    counts: dict[str, Counter[str]] = {}
    for case in cases:
        found, marked = set(find(case.text)), set(case.private)
        for outcome, places in (
            ("n_right", found & marked),
            ("n_wrong", found - marked),
            ("n_missed", marked - found),
        ):
            for _, _, kind in places:
                counts.setdefault(kind, Counter())[outcome] += 1
    return {kind: Score(**count) for kind, count in counts.items()}


@cache
def letter(lang: str) -> str:
    """A letter full of personal data that belongs to nobody, and a look-alike: an order number."""
    path = Path(__file__).with_name(f"letter.{lang}.txt")
    return path.read_text(encoding="utf-8").strip()
