"""Enlarging: more pixels, no more detail. Which values stand between the known ones is a choice.

Invariant: a side grows by a whole factor, so that every small pixel becomes a block of its own.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from core.data.pictures import Pixels
from core.errors import SettingError

METHODS: Final[dict[str, Image.Resampling]] = {
    "nearest": Image.Resampling.NEAREST,  # each pixel becomes a block of one colour
    "bicubic": Image.Resampling.BICUBIC,  # a cubic curve through 4 x 4 pixels
    "lanczos": Image.Resampling.LANCZOS,  # a windowed sinc over 6 x 6 pixels
}
LARGEST: Final = 1024  # pixels of a side


def enlarged(picture: Pixels, side: int, method: str = "lanczos") -> Pixels:
    """A square picture with more pixels.

    Args:
        picture: (S, S, 3) grey levels.
        side: of the result in pixels, a multiple of S up to LARGEST.
        method: one of METHODS.

    Returns:
        (side, side, 3) uint8.

    Raises:
        SettingError: `side` or `method` is none of these.

    Source: Keys 1981, "Cubic Convolution Interpolation for Digital Image Processing" (bicubic);
    Duchon 1979, "Lanczos Filtering in One and Two Dimensions". Computed by Pillow.
    """
    if method not in METHODS:
        raise SettingError("method", method, f"must be one of {', '.join(METHODS)}")
    small = picture.shape[0]
    if not small <= side <= LARGEST or side % small:
        raise SettingError("side", side, f"must be a multiple of {small} up to {LARGEST}")
    return np.asarray(Image.fromarray(picture).resize((side, side), METHODS[method]))


def reduced(picture: Pixels, side: int) -> Pixels:
    """A square picture by the mean of each block of pixels: the way back."""
    n = picture.shape[0] // side
    blocks = np.rint(picture.reshape(side, n, side, n, 3).mean(axis=(1, 3)))
    return np.asarray(blocks, np.uint8)


@dataclass(frozen=True)
class Effect:
    """What enlarging did to a picture, measured on its pixels.

    Args:
        colours_before, colours_after: how many different colours there are.
        invented: share of the new picture's pixels in a colour that the old one did not have.
        beyond: share of its values outside the range of the 3 x 3 old pixels around them: halos.
        way_back: root mean square difference, in grey levels, of the old picture from the new one
            averaged down again.
    """

    colours_before: int
    colours_after: int
    invented: float
    beyond: float
    way_back: float


def effect(small: Pixels, large: Pixels) -> Effect:
    """Measure what enlarging did; (S, S, 3) and (k S, k S, 3)."""
    old, new = _colours(small), _colours(large)
    n = large.shape[0] // small.shape[0]
    wide = np.pad(small, ((1, 1), (1, 1), (0, 0)), mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(wide, (3, 3), axis=(0, 1))  # (S, S, 3, 3, 3)
    lowest, highest = (
        each.repeat(n, axis=0).repeat(n, axis=1)
        for each in (around.min(axis=(3, 4)), around.max(axis=(3, 4)))
    )
    off = reduced(large, small.shape[0]).astype(np.float64) - small
    return Effect(
        colours_before=len(np.unique(old)),
        colours_after=len(np.unique(new)),
        invented=float((~np.isin(new, old)).mean()),
        beyond=float(((large < lowest) | (large > highest)).mean()),
        way_back=float(np.sqrt((off**2).mean())),
    )


def _colours(picture: Pixels) -> npt.NDArray[np.int64]:
    """(pixels,) red, green and blue as one number."""
    return np.asarray(picture.reshape(-1, 3).astype(np.int64) @ np.array([65536, 256, 1]))
