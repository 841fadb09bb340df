"""The usual perceptual hashes, as a contrast: 64 bits of a picture's shades of grey.

They see photographs well and colours not at all, so a book in which a red apple and a green one
are two different pictures is beyond them.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from core.data.pictures.collecting.fingerprints import Pairs
from core.data.pictures.drawing.painting import Pixels

Hashes = npt.NDArray[np.bool_]  # (N, 64) one hash a row

SIDE: Final = 8  # bits of a hash's side
_WAVES_FROM: Final = 4  # the perceptual hash takes its waves from a picture this many times larger


def difference_hash(pictures: Pixels) -> Hashes:
    """Whether each cell of a grey 9 x 8 picture is darker than its right neighbour ("dHash").

    Args:
        pictures: (N, H, W, 3) grey levels.

    Source: N. Krawetz 2013, "Kind of Like That", hackerfactor.com.
    """
    grey = _grey(pictures, SIDE + 1, SIDE)
    return (grey[:, :, 1:] > grey[:, :, :-1]).reshape(-1, SIDE * SIDE)


def perceptual_hash(pictures: Pixels) -> Hashes:
    """Whether each of the 64 slowest waves of a grey picture is above their median ("pHash").

    Args:
        pictures: (N, H, W, 3) grey levels.

    Source: C. Zauner 2010, "Implementation and Benchmarking of Perceptual Image Hash Functions".
    """
    n = SIDE * _WAVES_FROM
    grey = _grey(pictures, n, n).astype(np.float64)
    cosines = _cosines(n)[:SIDE]  # (8, 32): the slowest waves alone
    slow = cosines @ grey @ cosines.T  # (N, 8, 8)
    waves = slow.reshape(-1, SIDE * SIDE)
    return waves > np.median(waves, axis=1, keepdims=True)


def equal_hashes(hashes: Hashes, limit: int = 0) -> Pairs:
    """All pairs of pictures whose hashes differ in at most `limit` of their 64 bits.

    Returns:
        (M, 2) indices, the smaller one first, in order.
    """
    packed = np.packbits(hashes, axis=1).view(np.uint64)[:, 0]  # (N,)
    found = [np.empty((0, 2), np.intp)]
    for one in range(len(packed) - 1):
        off = np.bitwise_count(packed[one + 1 :] ^ packed[one])
        others = np.flatnonzero(off <= limit) + one + 1
        found.append(np.stack([np.full_like(others, one), others], axis=1))
    pairs: Pairs = np.concatenate(found)
    return pairs


def _grey(pictures: Pixels, width: int, height: int) -> npt.NDArray[np.uint8]:
    """(N, height, width) shades of grey, scaled down as Pillow does it."""
    scaled = [
        np.asarray(Image.fromarray(each).convert("L").resize((width, height), _LANCZOS))
        for each in pictures
    ]
    return np.array(scaled, np.uint8).reshape(-1, height, width)


_LANCZOS: Final = Image.Resampling.LANCZOS


def _cosines(n: int) -> npt.NDArray[np.float64]:
    """(n, n) the discrete cosine transform of type II, a wave a row, the slowest first."""
    wave, place = np.arange(n)[:, None], np.arange(n)[None]
    return 2.0 * np.cos(np.pi * wave * (2 * place + 1) / (2 * n))
