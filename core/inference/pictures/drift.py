"""Drift: how far the colours of drawn pictures have moved away from the book's own.

Where a thing stands is no matter here, only which levels there are: a picture that is shifted by a
pixel does not drift, one that is brighter, darker or gaudier does.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import NormalDist
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from core.data.pictures.drawing.painting import Pixels, draw_shifts, paint
from core.data.pictures.scenes import Scene

Z_95: Final = NormalDist().inv_cdf(0.975)  # standard deviations either side that hold 95 %
ANOTHER: Final = 1_000_003  # added to a seed, gives another page of the same scene


@dataclass(frozen=True)
class Drift:
    """How far some pictures are from pages of the same scenes.

    Args:
        n: pictures compared.
        mean: distance in grey levels, 0 to 255.
        half: half the width of its 95 % interval.
    """

    n: int
    mean: float
    half: float

    @classmethod
    def of(cls, distances: npt.NDArray[np.float64]) -> "Drift":
        """From one distance a picture; their mean is nearly normal with as many as are used."""
        n = len(distances)
        spread = float(distances.std(ddof=1)) / math.sqrt(n) if n > 1 else 0.0
        return cls(n, float(distances.mean()), Z_95 * spread)

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"n": self.n, "mean": round(self.mean, 4), "half": round(self.half, 4)}


def level_distance(pictures: Pixels, pages: Pixels) -> npt.NDArray[np.float64]:
    """By how many grey levels each picture's colours are off, wherever they stand.

    Args:
        pictures, pages: (N, S, S, 3), compared one by one.

    Returns:
        (N,) the mean distance between the sorted levels of both, averaged over red, green and blue.

    Source: the 1-Wasserstein distance of two samples of one size; Rubner, Tomasi, Guibas 2000, "The
        Earth Mover's Distance as a Metric for Image Retrieval".
    """
    one, other = (
        np.sort(each.reshape(len(each), -1, 3).astype(np.float64), axis=1)  # (N, S * S, 3)
        for each in (pictures, pages)
    )
    distances: npt.NDArray[np.float64] = np.abs(one - other).mean(axis=(1, 2))
    return distances


def drift(pictures: Pixels, scenes: Sequence[Scene], seeds: Sequence[int]) -> Drift:
    """How far pictures are from what the book draws for the same captions.

    Args:
        pictures: (N, S, S, 3).
        scenes: what was asked for, one a picture.
        seeds: of where the book puts things, one a picture.
    """
    return Drift.of(level_distance(pictures, pages_of(scenes, seeds, pictures.shape[1])))


def drift_of_the_book(scenes: Sequence[Scene], seeds: Sequence[int], size: int) -> Drift:
    """The same of the book's own pages: how far two of the same scene are from each other."""
    others = pages_of(scenes, [seed + ANOTHER for seed in seeds], size)
    return drift(others, scenes, seeds)


def pages_of(scenes: Sequence[Scene], seeds: Sequence[int], size: int) -> Pixels:
    """(N, size, size, 3) the book's own pictures of some scenes."""
    pages: Pixels = np.stack(
        [
            paint(scene.unowned(), size, draw_shifts(scene, Random(seed)))
            for scene, seed in zip(scenes, seeds, strict=True)
        ]
    )
    return pages
