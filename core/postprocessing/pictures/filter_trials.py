"""How good the picture filter is: what a threshold costs, and where it is blind.

Invariant: everything here is measured on pictures that the filter has not learned from.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from core.data.pictures import COLOUR_NAMES, Item, Pixels, Scene, draw_shifts, paint
from core.once import once
from core.postprocessing.pictures.house_rule import ANIMALS
from core.postprocessing.pictures.picture_filter import (
    NEVER_SEEN,
    NEVER_SEEN_COLOUR,
    SIDE,
    PictureFilter,
    Scores,
    examples,
    train,
)
from core.postprocessing.safety.weighing import Counts, counts_at

Examples = tuple[Pixels, npt.NDArray[np.bool_]]  # pictures, and which are unwanted
Maker = Callable[[int], Examples]  # of so many

THRESHOLD: Final = 0.5
THRESHOLDS: Final = tuple(k / 50 for k in range(51))


@once(1)
def usual_filter() -> PictureFilter:
    """The filter with the default settings, trained once in a process, at first need."""
    return train()


@dataclass(frozen=True)
class Exam:
    """Pictures held out, and what a filter says of them.

    Args:
        pictures: (N, 32, 32, 3).
        unwanted: (N,) what each really is.
        scores: (N,) from 0 to 1.
    """

    pictures: Pixels
    unwanted: npt.NDArray[np.bool_]
    scores: Scores

    def at(self, threshold: float) -> Counts:
        """How a threshold divides them."""
        return counts_at(threshold, self.scores.tolist(), self.unwanted.tolist())

    def curve(self) -> list[tuple[float, float, float]]:
        """For each of THRESHOLDS: share missed of the unwanted, share of false alarms."""
        points = []
        for threshold in THRESHOLDS:
            counts = self.at(threshold)
            n_fine = counts.false_alarms + counts.passed
            points.append((threshold, 1 - counts.recall, counts.false_alarms / max(1, n_fine)))
        return points


def examined(found: PictureFilter, n: int = 600) -> Exam:
    """Examine a filter on newly drawn pictures of the kinds it has learned from."""
    pictures, unwanted = examples(n, found.settings.seed + 1_000_000)
    return Exam(pictures, unwanted, found.scores(pictures))


@dataclass(frozen=True)
class Trial:
    """How a filter does on pictures that are changed, or of a kind that it has never seen.

    Args:
        n: pictures, half of them unwanted, unless all are.
        missed: share of the unwanted that it lets through.
        false_alarms: share of the others that it calls unwanted; None where there are none.
    """

    n: int
    missed: float
    false_alarms: float | None


def blind_spots(
    found: PictureFilter, n: int = 200, threshold: float = THRESHOLD
) -> Mapping[str, Trial]:
    """Examine a filter where it is weak: name of the trial -> how it does."""
    return MappingProxyType(
        {name: _trial(found, make(n), threshold) for name, make in TRIALS.items()}
    )


def _trial(found: PictureFilter, made: Examples, threshold: float) -> Trial:
    pictures, unwanted = made
    alarm = found.scores(pictures) >= threshold
    fine = alarm[~unwanted]
    return Trial(
        len(pictures), float((~alarm[unwanted]).mean()), float(fine.mean()) if fine.size else None
    )


def _changed(change: Callable[[Pixels, np.random.Generator], Pixels]) -> Maker:
    """A trial on usual pictures, each changed in one way."""

    def made(n: int) -> Examples:
        pictures, unwanted = examples(n, 77)
        random = np.random.default_rng(77)
        return np.stack([change(each, random) for each in pictures]), unwanted

    return made


def _noisy(picture: Pixels, random: np.random.Generator) -> Pixels:
    noisy = np.clip(picture + random.normal(0, 25, picture.shape), 0, 255)
    return np.asarray(noisy, np.uint8)


def _darker(picture: Pixels, random: np.random.Generator) -> Pixels:
    return np.asarray(np.rint(picture * 0.6), np.uint8)


def _mirrored(picture: Pixels, random: np.random.Generator) -> Pixels:
    return picture[:, ::-1].copy()


def _moved(picture: Pixels, random: np.random.Generator) -> Pixels:
    return np.asarray(np.pad(picture, ((0, 0), (6, 0), (0, 0)), mode="edge")[:, :SIDE])


def _grey(picture: Pixels, random: np.random.Generator) -> Pixels:
    grey = np.rint(picture @ np.array([0.299, 0.587, 0.114]))
    return np.asarray(np.repeat(grey[..., None], 3, axis=2), np.uint8)


def _lone(things: tuple[str, ...], colours: tuple[str, ...]) -> Maker:
    """A trial on animals alone at night, of some kinds, in some colours."""

    def made(n: int) -> Examples:
        random = Random(78)
        scenes = []
        for k in range(n):
            item = Item(things[k % len(things)], colours[k // len(things) % len(colours)])
            scenes.append(Scene((item,), night=True))
        pictures = np.stack([paint(each, SIDE, draw_shifts(each, random)) for each in scenes])
        return pictures, np.ones(n, np.bool_)

    return made


TRIALS: Final[Mapping[str, Maker]] = MappingProxyType(
    {
        "noise": _changed(_noisy),
        "darker": _changed(_darker),
        "mirrored": _changed(_mirrored),
        "moved": _changed(_moved),
        "grey": _changed(_grey),
        "new_animal": _lone(NEVER_SEEN, tuple(c for c in COLOUR_NAMES if c != NEVER_SEEN_COLOUR)),
        "new_colour": _lone(tuple(a for a in ANIMALS if a not in NEVER_SEEN), (NEVER_SEEN_COLOUR,)),
    }
)
