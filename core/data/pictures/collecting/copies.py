"""Copies to be looked at: which picture, which copy, how far apart; and how well they are found.

Of every group of equal pictures the first is kept, the others are its copies.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.data.pictures.collecting.corpus import NO_COPY, Entry
from core.data.pictures.collecting.fingerprints import (
    MOVES,
    Pairs,
    equal_pairs,
    fingerprints,
    groups_of,
)
from core.data.pictures.drawing.painting import Pixels

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Copy:
    """A picture that is there already.

    Args:
        kept: index of the picture that stays.
        copy: index of the one that is equal to it.
        distance: of their fingerprints, root mean square in grey levels, moved to fit best.
        exact: whether every pixel is the same.
    """

    kept: int
    copy: int
    distance: float
    exact: bool


def copies_of(pictures: Pixels) -> tuple[Copy, ...]:
    """Every copy among pictures, with the picture it is a copy of, in the order of the copies.

    Args:
        pictures: (N, size, size, 3) grey levels.
    """
    found = [Copy(group[0], copy, distance_of(pictures[group[0]], pictures[copy]),
                  np.array_equal(pictures[group[0]], pictures[copy]))
             for group in groups_of(len(pictures), equal_pairs(pictures))
             for copy in group[1:]]  # fmt: skip
    return tuple(sorted(found, key=lambda each: each.copy))


def distance_of(one: Pixels, other: Pixels) -> float:
    """How far two pictures' fingerprints are apart, either of them moved by a pixel at most."""
    two = np.stack([one, other])
    there = fingerprints(two)
    return min(
        float(np.sqrt(((moved - there[::-1]) ** 2).mean(axis=1)).min())
        for moved in (fingerprints(two, *move) for move in MOVES)
    )


@dataclass(frozen=True, slots=True)
class Score:
    """How well pairs of copies were found.

    Args:
        n_found: pairs called equal.
        n_true: pairs that are.
        n_right: pairs that are and were found.
    """

    n_found: int
    n_true: int
    n_right: int

    @property
    def precision(self) -> float:
        """Share of the found pairs that are copies."""
        return self.n_right / self.n_found if self.n_found else 1.0

    @property
    def recall(self) -> float:
        """Share of the copies that were found."""
        return self.n_right / self.n_true if self.n_true else 1.0


def score(found: Pairs, truth: Iterable[Pair]) -> Score:
    """Found pairs held against the true ones."""
    ours, theirs = {(int(a), int(b)) for a, b in found}, set(truth)
    return Score(len(ours), len(theirs), len(ours & theirs))


def true_pairs(pictures: Pixels, entries: Iterable[Entry]) -> set[Pair]:
    """All pairs of a drawn corpus that are copies: of one original, or equal in every pixel."""
    source = [i if entry.original == NO_COPY else entry.original
              for i, entry in enumerate(entries)]  # fmt: skip
    drawn: dict[bytes, int] = {}  # two scenes can come out alike by chance
    for i, picture in enumerate(pictures):
        if source[i] == i:
            source[i] = drawn.setdefault(picture.tobytes(), i)
    groups: dict[int, list[int]] = {}
    for i, first in enumerate(source):
        groups.setdefault(source[first], []).append(i)
    return {(a, b) for group in groups.values() for a in group for b in group if a < b}
