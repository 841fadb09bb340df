"""Copies among thousands of pictures: a fingerprint that sees colours, and groups of equal ones.

The usual perceptual hashes compare shades of grey: to them a red apple is a green one. Ours keeps
the colours and takes away what a copy may change: brightness, and a pixel to any side.
"""

from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt

from core.data.pictures.drawing.painting import Pixels

Prints = npt.NDArray[np.float32]  # (N, P) one fingerprint a row
Pairs = npt.NDArray[np.intp]  # (M, 2) indices of pictures, the smaller one first

SIDE: Final = 7  # cells of a fingerprint's side
LIMIT: Final = 1.5  # root mean square difference, in grey levels, up to which prints are equal
_MEAN: Final = 128.0  # brightness that every print is brought to
_N_AXES: Final = 6  # of the grid in which close prints are looked up
# Half of the moves by one pixel: the other half leads from the copy back to the original.
MOVES: Final = ((0, 0), (0, 1), (1, -1), (1, 0), (1, 1))


def fingerprints(pictures: Pixels, down: int = 0, right: int = 0) -> Prints:
    """What is left of each picture seen from afar, on 7 x 7 cells, once brightness is divided out.

    Args:
        pictures: (N, size, size, 3) grey levels.
        down, right: pixels by which to move the part that is looked at, -1 to 1.

    Returns:
        (N, 147) grey levels; the mean of each row is 128.
    """
    cell = pictures.shape[1] // (SIDE + 1)  # half a cell is left out at every edge
    top, left = cell // 2 + down, cell // 2 + right
    inner = pictures[:, top : top + SIDE * cell, left : left + SIDE * cell].astype(np.float32)
    cells = inner.reshape(-1, SIDE, cell, SIDE, cell, 3).mean(axis=(2, 4)).reshape(len(inner), -1)
    brightness = np.maximum(cells.mean(axis=1, keepdims=True), 1.0)
    prints: Prints = cells * (_MEAN / brightness)
    return prints


def equal_pairs(pictures: Pixels, limit: float = LIMIT) -> Pairs:
    """All pairs of pictures whose fingerprints are equal, one of them moved by a pixel at most.

    Every print is filed in a grid along the directions in which prints differ most, and compared
    only with those in the boxes that come closer to it than the limit: none is missed, and few
    are compared.

    Args:
        pictures: (N, size, size, 3) grey levels.
        limit: root mean square difference up to which two prints are equal.
    """
    if len(pictures) < 2:
        return np.empty((0, 2), dtype=np.intp)
    prints = fingerprints(pictures)
    radius = limit * prints.shape[1] ** 0.5
    centre = prints.mean(axis=0)
    spread = (prints - centre).astype(np.float64)
    axes = np.linalg.eigh(spread.T @ spread)[1][:, -_N_AXES:].astype(np.float32)  # (P, axes)
    keys = _boxes((prints - centre) @ axes, radius)
    order = np.argsort(keys, kind="stable")
    found: set[tuple[int, int]] = set()
    for move in MOVES:
        moved = fingerprints(pictures, *move)
        along = (moved - centre) @ axes
        for corner in product((-1.0, 1.0), repeat=_N_AXES):
            touched = _boxes(along, radius, np.array(corner, np.float32))
            found |= _equal(moved, prints, touched, keys[order], order, limit)
    return np.array(sorted(found), dtype=np.intp).reshape(-1, 2)


def _boxes(along: Prints, radius: float, corner: Prints | None = None) -> npt.NDArray[np.int64]:
    """The box of the grid that holds each print, or the corner of the cube around it.

    Boxes are four radii wide, so the cube around a print touches two of them along each axis.
    """
    if corner is not None:
        along = along + radius * corner
    box = np.floor(along / (4.0 * radius)).astype(np.int64)
    key = np.zeros(len(box), np.int64)
    for axis in range(_N_AXES):
        key = key * 1024 + box[:, axis] + 512
    return key


def _equal(
    moved: Prints,
    prints: Prints,
    touched: npt.NDArray[np.int64],
    keys: npt.NDArray[np.int64],
    order: Pairs,
    limit: float,
) -> set[tuple[int, int]]:
    """The pairs of a moved print and a print in the box it touches that are equal."""
    first, last = (np.searchsorted(keys, touched, side) for side in ("left", "right"))
    n_inside = last - first
    one = np.repeat(np.arange(len(moved)), n_inside)
    within = np.arange(len(one)) - np.repeat(np.cumsum(n_inside) - n_inside, n_inside)
    other = order[np.repeat(first, n_inside) + within]
    found: set[tuple[int, int]] = set()
    for start in range(0, len(one), 100_000):  # to bound the memory
        a, b = one[start : start + 100_000], other[start : start + 100_000]
        a, b = a[a != b], b[a != b]
        near = ((moved[a] - prints[b]) ** 2).mean(axis=1) <= limit * limit
        pairs = zip(np.minimum(a, b)[near], np.maximum(a, b)[near], strict=True)
        found |= {(int(low), int(high)) for low, high in pairs}
    return found


def groups_of(n: int, pairs: Pairs) -> list[tuple[int, ...]]:
    """Every group of at least two pictures that hang together by equal pairs, in order."""
    leader = list(range(n))

    def leads(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i

    for one, other in pairs.tolist():
        low, high = sorted((leads(one), leads(other)))
        leader[high] = low
    members: dict[int, list[int]] = {}
    for i in range(n):
        members.setdefault(leads(i), []).append(i)
    return [tuple(group) for group in members.values() if len(group) > 1]
