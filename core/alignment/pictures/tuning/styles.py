"""Styles: how a page of the book is turned into one, and how one tells that a picture is in it.

Both follow one rule, so whoever draws in a style can be measured: sepia leaves one colour from dark
to light, chalk draws nothing but edges on a board, a mosaic has one colour per tile. How far a
picture is from a style is the mean difference from the nearest picture in it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from core.data.pictures.drawing.painting import Pixels
from core.errors import SettingError

Levels = npt.NDArray[Any]  # (S, S, 3) grey levels from 0 to 255
Ink = tuple[float, float, float]

LUMA: Final = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601: how light a colour looks
SEPIA: Final[tuple[Ink, Ink]] = ((38.0, 24.0, 12.0), (250.0, 232.0, 200.0))  # darkest, lightest
CHALK: Final[tuple[Ink, Ink]] = ((38.0, 52.0, 46.0), (240.0, 240.0, 228.0))  # the board, the chalk
CHALK_STRENGTH: Final = 1 / 1.6  # of an edge: black beside white would be more than white
TILE: Final = 4  # pixels


@dataclass(frozen=True)
class Style:
    """One style.

    Args:
        words: language -> the word that asks for it, written behind a caption and a comma.
        turned: a page, (S, S, 3) grey levels, in this style; not yet rounded.
        nearest: of a picture, the picture in this style that comes closest.
        limit: mean distance in grey levels up to which a picture is in this style. Pages turned
            into it are 0 to 0.3 away, all other pages farther; the rest is for a model's noise.
    """

    words: Mapping[str, str]
    turned: Callable[[Levels], Levels]
    nearest: Callable[[Levels], Levels]
    limit: float

    def distance(self, picture: Levels) -> float:
        """How far a picture is from this style, in grey levels, mean over all its numbers."""
        levels = picture.astype(np.float32)
        return float(np.abs(levels - self.nearest(levels)).mean())

    def has(self, picture: Levels) -> bool:
        """Whether a picture is in this style."""
        return self.distance(picture) <= self.limit

    def paint(self, page: Pixels) -> Pixels:
        """A page in this style."""
        turned: Pixels = np.rint(np.clip(self.turned(page), 0.0, 255.0)).astype(np.uint8)
        return turned

    def caption(self, caption: str, lang: str) -> str:
        """A caption that asks for this style."""
        return f"{caption.rstrip('.')}, {self.words[lang]}"


def light(levels: Levels) -> Levels:
    """(S, S) how light every pixel looks, 0 to 255."""
    found: Levels = levels.astype(np.float32) @ LUMA
    return found


def inked(share: Levels, inks: tuple[Ink, Ink]) -> Levels:
    """(S, S) shares from 0 to 1 as colours between two inks: (S, S, 3)."""
    dark, bright = (np.array(ink, np.float32) for ink in inks)
    found: Levels = dark + (bright - dark) * share[..., None]
    return found


def edges(levels: Levels) -> Levels:
    """(S, S) how much a pixel's neighbours on both sides differ, over all colours: 0 to 1."""
    wide = np.pad(levels.astype(np.float32), ((1, 1), (1, 1), (0, 0)), mode="edge")
    across = wide[1:-1, 2:] - wide[1:-1, :-2]
    down = wide[2:, 1:-1] - wide[:-2, 1:-1]
    strength = np.sqrt((across**2 + down**2).sum(axis=2)) * CHALK_STRENGTH
    found: Levels = np.clip(strength / 255.0, 0.0, 1.0)
    return found


def tiles(levels: Levels) -> Levels:
    """Every tile in its mean colour."""
    n = len(levels) // TILE
    means = levels.astype(np.float32).reshape(n, TILE, n, TILE, 3).mean(axis=(1, 3))
    found: Levels = means.repeat(TILE, axis=0).repeat(TILE, axis=1)
    return found


def between(levels: Levels, inks: tuple[Ink, Ink]) -> Levels:
    """Every pixel's nearest colour on the straight line between two inks."""
    dark, bright = (np.array(ink, np.float32) for ink in inks)
    way = bright - dark
    share = np.clip((levels - dark) @ way / (way @ way), 0.0, 1.0)
    return inked(share, inks)


STYLES: Final[Mapping[str, Style]] = {
    "chalk": Style(
        {"de": "Kreide", "en": "chalk"},
        lambda page: inked(edges(page), CHALK),
        lambda levels: between(levels, CHALK),
        8.0,
    ),
    "sepia": Style(
        {"de": "Sepia", "en": "sepia"},
        lambda page: inked(light(page) / 255.0, SEPIA),
        lambda levels: between(levels, SEPIA),
        8.0,
    ),
    "mosaic": Style({"de": "Mosaik", "en": "mosaic"}, tiles, tiles, 5.0),
}


def style_of(name: str) -> Style:
    """One of STYLES.

    Raises:
        SettingError: there is none of that name.
    """
    if name not in STYLES:
        raise SettingError("style", name, f"must be one of {tuple(STYLES)}")
    return STYLES[name]
