"""An excerpt of prepared pictures, small enough to be looked at: some as they arrived, the pairs.

Invariant: what is shown is a run of what arrived, in its order, removed ones included, so that
their share on a wall is theirs in the corpus.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.data.pictures.collecting.corpus import Entry
from core.data.pictures.collecting.counting import colours_of
from core.data.pictures.collecting.settings import SKEWED
from core.data.pictures.drawing.painting import Pixels
from core.data.pictures.prepare import Numbers, Prepared, Removal

N_SHOWN: Final = 49
N_PAIRS: Final = 15
N_FILES: Final = 12


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture that arrived: where it is among the excerpt's, -1 if it could not be read."""

    at: int
    entry: Entry
    removal: Removal | None = None


@dataclass(frozen=True, slots=True)
class ShownPair:
    """A copy and the picture that stays, by their places among the excerpt's."""

    kept: int
    copy: int
    removal: Removal


@dataclass(frozen=True, slots=True, eq=False)
class Excerpt:
    """What a page shows of a whole step 1.

    Args:
        pictures: (M, size, size, 3) all pictures that the other fields name.
        shown: a run of what arrived.
        pairs: the first copies.
        broken: the first files that could not be read.
        apples: how many of the thing that can be skewed are kept in each colour.
        numbers: of the whole, see `Prepared`.
        n_runs: how many runs of N_SHOWN there are.
    """

    pictures: Pixels
    shown: tuple[Shown, ...]
    pairs: tuple[ShownPair, ...]
    broken: tuple[Removal, ...]
    apples: dict[str, int]
    numbers: Numbers
    n_runs: int


def excerpt_of(prepared: Prepared, run: int = 0, n_shown: int = N_SHOWN) -> Excerpt:
    """An excerpt of what was prepared.

    Args:
        run: which of the runs of n_shown pictures, counted from 0; it begins again at the end.
    """
    entries, removed = prepared.arrived.entries, {each.index: each for each in prepared.removals}
    n_runs = -(-len(entries) // n_shown)
    start = (run % n_runs) * n_shown
    places: dict[int, int] = {}

    def place_of(index: int) -> int:
        return places.setdefault(index, len(places))

    shown = []
    for index in range(start, min(start + n_shown, len(entries))):
        removal = removed.get(index)
        readable = removal is None or removal.reason != "unreadable"
        shown.append(Shown(place_of(index) if readable else -1, entries[index], removal))
    copies = [each for each in prepared.removals if each.reason == "duplicate"]
    pairs = tuple(ShownPair(place_of(each.kept), place_of(each.index), each)
                  for each in _alternating(copies)[:N_PAIRS])  # fmt: skip
    broken = tuple(each for each in prepared.removals if each.reason == "unreadable")
    return Excerpt(
        np.stack([prepared.arrived.pictures[index] for index in places]),
        tuple(shown),
        pairs,
        broken[:N_FILES],
        colours_of(prepared.corpus.entries, SKEWED[0]),
        prepared.numbers,
        n_runs,
    )


def _alternating(copies: list[Removal]) -> list[Removal]:
    """Near copies and exact ones in turn: all of one kind would show but half of the matter."""
    near = [each for each in copies if each.why == "near"]
    exact = [each for each in copies if each.why != "near"]
    n = min(len(near), len(exact))
    paired = [each for two in zip(near, exact, strict=False) for each in two]
    return paired + near[n:] + exact[n:]
