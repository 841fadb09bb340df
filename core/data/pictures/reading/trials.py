"""Trials of the reader: what it must read though it is spoilt, and what it must refuse.

The tests run them with a few pictures, tests/benchmarks/bench_pictures.py with many.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from core.data.pictures.collecting.corpus import near_copy
from core.data.pictures.collecting.sampling import draw_any_scene
from core.data.pictures.collecting.settings import PictureSettings
from core.data.pictures.drawing.backdrop import empty_page
from core.data.pictures.drawing.painting import averaged, draw_shifts, paint
from core.data.pictures.reading.reader import read
from core.data.pictures.scenes import Scene

Grey = npt.NDArray[Any]  # (size, size, 3) grey levels from 0 to 255
Noise = np.random.Generator
Spoil = Callable[[Grey, Noise], Grey]

_TILE: Final = 8


@dataclass(frozen=True, slots=True)
class Trial:
    """How pictures were read: "right", "wrong" or a reason, with how often."""

    outcomes: Counter[str]

    def share(self, outcome: str) -> float:
        """The share of pictures with this outcome."""
        return self.outcomes[outcome] / self.outcomes.total()

    @property
    def refused(self) -> float:
        """The share of pictures that could not be read."""
        return 1.0 - self.share("right") - self.share("wrong")


def pages(settings: PictureSettings, seed: int) -> Iterator[tuple[Scene, Grey]]:
    """Scenes of every kind, those held out as well, and their pictures, without end."""
    random = Random(seed)
    while True:
        scene = draw_any_scene(settings, random)
        yield scene, paint(scene, settings.size, draw_shifts(scene, random))


def read_spoilt(
    spoil: Spoil, n: int, settings: PictureSettings | None = None, seed: int = 0
) -> Trial:
    """How `n` drawn pictures are read once they are spoilt."""
    noise, outcomes = np.random.default_rng(seed), Counter[str]()
    drawn = pages(settings or PictureSettings(), seed)
    for _ in range(n):
        scene, picture = next(drawn)
        reading = read(spoil(picture, noise))
        right = reading.scene == scene.unowned()
        outcomes[reading.reason or ("right" if right else "wrong")] += 1
    return Trial(outcomes)


def read_nonsense(
    nonsense: Callable[[Iterator[tuple[Scene, Grey]], Noise], Grey], n: int, seed: int = 0
) -> Trial:
    """How `n` pictures that show nothing of ours are read: whatever is read is wrong."""
    noise, outcomes = np.random.default_rng(seed), Counter[str]()
    drawn = pages(PictureSettings(), seed)
    for _ in range(n):
        outcomes[read(nonsense(drawn, noise)).reason or "wrong"] += 1
    return Trial(outcomes)


# Spoilt, but to be read


def untouched(picture: Grey, noise: Noise) -> Grey:
    """As drawn."""
    return picture


def noisy(picture: Grey, noise: Noise) -> Grey:
    """With Gaussian noise of 25 grey levels."""
    return np.clip(picture + noise.normal(0.0, 25.0, picture.shape), 0.0, 255.0)


def blurred(picture: Grey, noise: Noise) -> Grey:
    """Each pixel mixed with its neighbours, a quarter from either side."""
    wide = np.pad(picture.astype(float), ((1, 1), (1, 1), (0, 0)), mode="edge")
    rows = (wide[:-2] + 2.0 * wide[1:-1] + wide[2:]) / 4.0
    soft: Grey = (rows[:, :-2] + 2.0 * rows[:, 1:-1] + rows[:, 2:]) / 4.0
    return soft


def twice_blurred(picture: Grey, noise: Noise) -> Grey:
    """Blurred, and once more."""
    return blurred(blurred(picture, noise), noise)


def moved(picture: Grey, noise: Noise) -> Grey:
    """The whole page up to two pixels off to any side."""
    down, right = noise.integers(-2, 3, 2)
    size = picture.shape[0]
    wide = np.pad(picture, ((2, 2), (2, 2), (0, 0)), mode="edge")
    return wide[2 - down : 2 - down + size, 2 - right : 2 - right + size]


def relit(picture: Grey, noise: Noise) -> Grey:
    """A pixel off and in other light, like a near copy."""
    return near_copy(picture.astype(np.uint8), Random(int(noise.integers(2**31))))


SPOILT: Final[dict[str, Spoil]] = {
    "as drawn": untouched,
    "noise of 25 grey levels": noisy,
    "blurred": blurred,
    "blurred twice": twice_blurred,
    "moved by up to 2 px": moved,
    "1 px off in other light": relit,
}


# Nonsense, to be refused


def white_noise(drawn: Iterator[tuple[Scene, Grey]], noise: Noise) -> Grey:
    """Every channel of every pixel by chance."""
    return noise.uniform(0.0, 255.0, (32, 32, 3))


def clouds(drawn: Iterator[tuple[Scene, Grey]], noise: Noise) -> Grey:
    """Smooth noise."""
    picture = np.kron(noise.uniform(0.0, 255.0, (8, 8, 3)), np.ones((4, 4, 1)))
    for _ in range(4):
        picture = blurred(picture, noise)
    return picture


def plain(drawn: Iterator[tuple[Scene, Grey]], noise: Noise) -> Grey:
    """One colour."""
    return np.ones((32, 32, 3)) * noise.uniform(0.0, 255.0, 3)


def gradient(drawn: Iterator[tuple[Scene, Grey]], noise: Noise) -> Grey:
    """From one colour above to another below."""
    top, bottom = noise.uniform(0.0, 255.0, (2, 3))
    down = np.linspace(0.0, 1.0, 32)[:, None, None] * np.ones((1, 32, 1))
    picture: Grey = top + (bottom - top) * down
    return picture


def landscape(drawn: Iterator[tuple[Scene, Grey]], noise: Noise) -> Grey:
    """Our own page, but with soft spots of any colour in the place of things."""
    picture = averaged(empty_page(bool(noise.integers(2))), 32)
    y, x = np.mgrid[0:32, 0:32]
    for _ in range(noise.integers(1, 4)):
        column, row, radius = noise.uniform(4, 28), noise.uniform(8, 28), noise.uniform(2, 6)
        cover = np.exp(-((x - column) ** 2 + (y - row) ** 2) / (2.0 * radius**2))[..., None]
        picture = picture + (noise.uniform(0.0, 255.0, 3) - picture) * cover
    return picture


def blocks(drawn: Iterator[tuple[Scene, Grey]], noise: Noise) -> Grey:
    """Our own page, but with rectangles of any colour in the place of things."""
    picture = averaged(empty_page(bool(noise.integers(2))), 32).copy()
    for _ in range(2):
        left, top = noise.integers(1, 20), noise.integers(10, 20)
        w, h = noise.integers(5, 12, 2)
        picture[top : top + h, left : left + w] = noise.uniform(0.0, 255.0, 3)
    return picture


def shuffled_tiles(drawn: Iterator[tuple[Scene, Grey]], noise: Noise) -> Grey:
    """The tiles of one picture in another order."""
    tiles = _tiles(next(drawn)[1])
    return _joined(tiles[noise.permutation(len(tiles))])


def mosaic(drawn: Iterator[tuple[Scene, Grey]], noise: Noise) -> Grey:
    """Every tile in its place, but from one of four pictures."""
    four = np.stack([_tiles(next(drawn)[1]) for _ in range(4)])
    n_tiles = four.shape[1]
    return _joined(four[noise.integers(0, 4, n_tiles), np.arange(n_tiles)])


def blend(drawn: Iterator[tuple[Scene, Grey]], noise: Noise) -> Grey:
    """Half one picture, half another of a different scene under the same sky."""
    scene, picture = next(drawn)
    for other, its_picture in drawn:
        if other.night == scene.night and other.unowned() != scene.unowned():
            half: Grey = (picture + its_picture.astype(float)) / 2.0
            return half
    raise AssertionError("pages never end")


def upside_down(drawn: Iterator[tuple[Scene, Grey]], noise: Noise) -> Grey:
    """A picture turned by half a turn."""
    return next(drawn)[1][::-1, ::-1]


def nothing(drawn: Iterator[tuple[Scene, Grey]], noise: Noise) -> Grey:
    """The empty page, with a little noise."""
    page = averaged(empty_page(bool(noise.integers(2))), 32)
    return page + noise.normal(0.0, 8.0, page.shape)


NONSENSE: Final = {
    "white noise": white_noise,
    "smooth noise": clouds,
    "one colour": plain,
    "gradients": gradient,
    "soft spots on our page": landscape,
    "blocks on our page": blocks,
    "shuffled tiles": shuffled_tiles,
    "tiles of four pictures": mosaic,
    "half and half": blend,
    "upside down": upside_down,
    "the empty page": nothing,
}


def _tiles(picture: Grey) -> Grey:
    """(32, 32, 3) -> (16, 8, 8, 3), row by row."""
    n = len(picture) // _TILE
    return (
        picture.reshape(n, _TILE, n, _TILE, 3).transpose(0, 2, 1, 3, 4).reshape(-1, _TILE, _TILE, 3)
    )


def _joined(tiles: Grey) -> Grey:
    """The inverse of `_tiles`."""
    n = 32 // _TILE
    return tiles.reshape(n, n, _TILE, _TILE, 3).transpose(0, 2, 1, 3, 4).reshape(32, 32, 3)
