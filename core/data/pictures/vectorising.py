"""Vectorising: from a picture's pixels to numbers, to patches, to one vector a patch.

The cut is that of `core.architecture.pictures.patches`, in NumPy, for pictures as they lie in a
corpus. Nothing is lost: `picture_of` leads back to the same pixels.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from core.data.pictures.drawing.painting import Pixels

Vectors = npt.NDArray[np.float32]

PATCH: Final = 4  # pixels of a patch's side (P)
HALF: Final = 127.5  # 0 becomes -1, 255 becomes 1: the model's noise has mean 0 too


def patches_of(picture: Pixels, patch: int = PATCH) -> Pixels:
    """(S, S, 3) -> (N, P, P, 3): patches row by row from the top left, N = (S / P)²."""
    n = picture.shape[0] // patch
    tiles = picture.reshape(n, patch, n, patch, 3)  # rows of patches, rows of pixels, ...
    cut: Pixels = tiles.transpose(0, 2, 1, 3, 4).reshape(n * n, patch, patch, 3)
    return cut


def vectors_of(picture: Pixels, patch: int = PATCH) -> Vectors:
    """(S, S, 3) grey levels -> (N, P * P * 3): each patch's numbers in a row, from -1 to 1."""
    rows = patches_of(picture, patch).reshape(-1, patch * patch * 3)
    return (rows / HALF - 1.0).astype(np.float32)


def picture_of(vectors: Vectors, patch: int = PATCH) -> Pixels:
    """The inverse of `vectors_of`; what lies beyond -1 or 1 is cut off."""
    n = round(len(vectors) ** 0.5)
    levels = np.rint(np.clip((vectors.astype(np.float64) + 1.0) * HALF, 0, 255)).astype(np.uint8)
    tiles = levels.reshape(n, n, patch, patch, 3)
    picture: Pixels = tiles.transpose(0, 2, 1, 3, 4).reshape(n * patch, n * patch, 3)
    return picture


def n_distinct_patches(pictures: Pixels, patch: int = PATCH) -> int:
    """How many different patches there are among all those of (M, S, S, 3) pictures."""
    m, size = pictures.shape[:2]
    n = size // patch
    tiles = pictures.reshape(m, n, patch, n, patch, 3).transpose(0, 1, 3, 2, 4, 5)
    rows = np.ascontiguousarray(tiles).reshape(m * n * n, -1)
    return len({row.tobytes() for row in rows})
