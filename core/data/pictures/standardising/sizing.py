"""Sizes: every picture becomes a square of one size, and what that costs is counted.

Invariant: each target pixel is the mean of the pixels that it covers, as in the book's own small
pictures. Means are taken of the numbers as stored, not of light, as most tools do.
"""

from typing import Final

import numpy as np
from PIL import Image

from core.data.pictures.standardising.colour import PAPER
from core.data.pictures.standardising.steps import Values

FITS: Final = ("crop", "pad", "scale")
"""Cut the longer sides off; lay paper along the shorter ones; or stretch."""


def to_square(image: Image.Image, size: int, fit: str) -> tuple[Image.Image, Values]:
    """The image as a square.

    Args:
        image: in RGB.
        size: of the square's side, in pixels.
        fit: one of FITS.

    Returns:
        The square, and, counted in pixels: `width` and `height` before, `cut` (share of the
        image's pixels that are gone), `paper` (share of the square that is paper now), `stretched`
        (how much wider things have become, 1 for not at all), `merged` (how many pixels became
        one; below 1 pixels were repeated), `lost` (mean difference in grey levels between what was
        there and the small picture enlarged again).
    """
    if fit not in FITS:
        raise ValueError(f"fit is {fit!r}, must be one of {FITS}")
    width, height = image.size
    inner, covered = _framed(image, fit)
    square = inner.resize((size, size), Image.Resampling.BOX)
    paper = np.asarray(covered.resize((size, size), Image.Resampling.BOX)) < 128
    kept = int(np.count_nonzero(np.asarray(covered)))
    values: Values = {
        "width": width,
        "height": height,
        "fit": fit,
        "cut": 1.0 - kept / (width * height),
        "paper": float(paper.mean()),
        "stretched": height / width if fit == "scale" else 1.0,
        "merged": inner.width * inner.height / size**2,
        "lost": _lost(inner, square),
    }
    return square, values


def _framed(image: Image.Image, fit: str) -> tuple[Image.Image, Image.Image]:
    """The part that will be scaled, and where in it the image's own pixels are (255) or not (0)."""
    width, height = image.size
    covered = Image.new("L", image.size, 255)
    if width == height or fit == "scale":
        return image, covered
    side = min(width, height) if fit == "crop" else max(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    if fit == "crop":
        box = (left, top, left + side, top + side)
        return image.crop(box), covered.crop(box)
    framed = Image.new("RGB", (side, side), PAPER)
    framed.paste(image, (-left, -top))
    mask = Image.new("L", (side, side), 0)
    mask.paste(covered, (-left, -top))
    return framed, mask


def _lost(inner: Image.Image, square: Image.Image) -> float:
    """The mean difference of an image, and of its small version enlarged to its size again."""
    shown = inner
    if max(inner.size) > 1024:  # to bound the memory: enough to see what is lost
        shown = inner.copy()
        shown.thumbnail((1024, 1024), Image.Resampling.BOX)
    again = square.resize(shown.size, Image.Resampling.NEAREST)
    off = np.asarray(shown, np.int16) - np.asarray(again, np.int16)
    return float(np.abs(off).mean())
