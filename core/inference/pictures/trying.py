"""Drawing one caption many times over and reading every picture: match, variety, what is there.

Variety is counted in arrangements, not in pixels: contrast alone makes pixels differ.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import comb
from typing import Final

import torch

from core.data.pictures.drawing.painting import Pixels
from core.data.pictures.reading.reader import read
from core.data.pictures.reading.readings import Reading, compare
from core.data.pictures.scenes import Scene
from core.data.pictures.tensors import to_pixels
from core.inference.pictures.drawing import DrawSettings, frames
from core.inference.pictures.drift import Drift, drift
from core.inference.pictures.model import PictureModel

N_AT_ONCE: Final = 8  # pictures drawn together; progress is told after each such piece

OnProgress = Callable[[float], None]


@dataclass(frozen=True)
class Wish:
    """A picture that is asked for: in words, and what these mean."""

    caption: str
    scene: Scene


@dataclass(frozen=True)
class Tried:
    """Pictures of some captions, and what the reader sees in them.

    Args:
        pictures: (N, S, S, 3).
        readings: one each.
    """

    pictures: Pixels
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class AtGuidance:
    """What was measured at one weight of guidance.

    Args:
        guidance: the weight.
        n, n_right: pictures drawn, and those that are wholly right.
        variety: distinct arrangements to be expected among N_COMPARED right pictures; None with
            fewer right ones.
        first: (S, S, 3) the picture of the first seed.
        first_right: whether that one is right.
        drift: how far the colours are from the book's own.
    """

    guidance: float
    n: int
    n_right: int
    variety: float | None
    first: Pixels
    first_right: bool
    drift: Drift


N_COMPARED: Final = 8  # of the right pictures, whose arrangements are counted


def tried(
    model: PictureModel,
    captions: Sequence[str],
    seeds: Sequence[int],
    settings: DrawSettings,
    on_progress: OnProgress = lambda share: None,
) -> Tried:
    """Draw captions, each with its seed, and read the pictures.

    Args:
        model: that draws.
        captions, seeds: of one length.
        settings: how they are drawn.
        on_progress: is told the share that is done.
    """
    pictures: list[Pixels] = []
    readings: list[Reading] = []
    for first in range(0, len(captions), N_AT_ONCE):
        some = slice(first, first + N_AT_ONCE)
        noisy = torch.empty(0)
        for frame in frames(model, captions[some], seeds[some], settings):
            noisy = frame.noisy
        for picture in to_pixels(noisy):
            pictures.append(picture)
            readings.append(read(picture))
        on_progress(len(pictures) / len(captions))
    stacked: Pixels = torch.stack([torch.from_numpy(each) for each in pictures]).numpy()
    return Tried(stacked, tuple(readings))


def tried_by(
    weights: bytes,
    encoder: bytes,
    captions: Sequence[str],
    seeds: Sequence[int],
    settings: DrawSettings,
    on_progress: OnProgress = lambda share: None,
) -> Tried:
    """The same by a model given as its two files, for another process."""
    model = PictureModel.from_bytes(weights, encoder)
    return tried(model, captions, seeds, settings, on_progress)


def over_guidance(
    weights: bytes,
    encoder: bytes,
    wish: Wish,
    seeds: Sequence[int],
    settings: DrawSettings,
    guidances: Sequence[float],
    on_progress: OnProgress = lambda share: None,
) -> list[AtGuidance]:
    """The same caption and the same noises at several weights of guidance.

    Args:
        weights, encoder: the model's two files.
        wish: what is drawn.
        seeds: one a picture, the same at every weight.
        settings: how they are drawn, guidance aside.
        guidances: the weights.
        on_progress: is told the share that is done.
    """
    model = PictureModel.from_bytes(weights, encoder)
    found = []
    for n, guidance in enumerate(guidances):

        def tell(share: float, n: int = n) -> None:
            on_progress((n + share) / len(guidances))

        one = tried(
            model, [wish.caption] * len(seeds), seeds, replace(settings, guidance=guidance), tell
        )
        found.append(at_guidance(guidance, one, wish.scene, seeds))
    return found


def at_guidance(guidance: float, one: Tried, scene: Scene, seeds: Sequence[int]) -> AtGuidance:
    """Match, variety and drift of one caption's pictures."""
    right = [compare(reading, scene).whole for reading in one.readings]
    arranged = [
        arrangement(reading) for reading, yes in zip(one.readings, right, strict=True) if yes
    ]
    return AtGuidance(
        guidance, len(right), sum(right), distinct_among(arranged, N_COMPARED),
        one.pictures[0], right[0], drift(one.pictures, [scene] * len(right), seeds),
    )  # fmt: skip


def arrangement(reading: Reading, size: int = 32) -> tuple[object, ...]:
    """Where on the page what stands, to a pixel of a page of that size; equal for equal pages."""
    return tuple(
        (seen.item, round(seen.x * size), round(seen.foot * size)) for seen in reading.seen
    )


def distinct_among(kinds: Sequence[object], n: int) -> float | None:
    """How many different kinds are to be expected among n things picked from all.

    With it samples of different sizes can be compared. None where there are fewer than n.

    Source: Hurlbert 1971, "The Nonconcept of Species Diversity", Ecology 52(4), equation 15.
    """
    total = len(kinds)
    if total < n:
        return None
    ways = comb(total, n)
    return sum(1.0 - comb(total - count, n) / ways for count in Counter(kinds).values())
