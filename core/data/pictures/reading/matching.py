"""Fitting drawings to a place on a page: from afar which might stand there, from near how well.

By how much a drawing lessens the squared difference between the picture and the empty page is its
gain. All pages here are differences from the empty page, with a margin of PAD fine pixels.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from core.data.pictures.reading.templates import (
    COARSE,
    FINE,
    N_PHASES,
    Block,
    Slot,
    page_of,
    softened,
)

Indices = npt.NDArray[np.intp]

PAD: Final = 14
REACH: Final = 1  # coarse pixels that a thing is searched off its place
SIDE: Final = 2 * REACH + 1
_NEAR: Final = 2  # fine pixels around the place found from afar


def padded(difference: Block) -> Block:
    """(FINE, FINE, 3) softened, as the drawings are, and with the margin."""
    soft = softened(difference, axes=(0, 1))
    return np.pad(soft, ((PAD, PAD), (PAD, PAD), (0, 0)))


def scaled(picture: Block, size: int) -> Block:
    """A square picture by the mean of each block of pixels."""
    n = picture.shape[0] // size
    total = np.zeros((size, size, 3), np.float32)
    for row in range(n):  # quicker than a mean over two axes
        for column in range(n):
            total += picture[row::n, column::n]
    total /= n * n
    return total


def far_page(fine: Block, down: int = 0, right: int = 0) -> Block:
    """The padded page at coarse resolution, first moved up and left by so many fine pixels."""
    moved = fine[down : down + len(fine) - 2, right : right + len(fine) - 2]
    edge = PAD - 2 * REACH
    inner = moved[edge : edge + FINE + 4 * REACH, edge : edge + FINE + 4 * REACH]
    return scaled(inner, COARSE + 2 * REACH)


def gains_of(far: Block, slot: Slot) -> Block:
    """(n, shifts, items) by how much each item lessens the squared difference of n far pages."""
    h, w = slot.shape
    side = SIDE
    windows = np.empty((len(far), side, side, h, w, 3), np.float32)
    for down in range(side):
        for right in range(side):
            windows[:, down, right] = far[:, slot.top + down : slot.top + down + h,
                                          slot.left + right : slot.left + right + w]  # fmt: skip
    flat = windows.reshape(len(far) * side * side, -1)
    gains: Block = 2.0 * (flat @ slot.differences.T) - slot.squares
    return gains.reshape(len(far), side * side, -1)


class Look:
    """One slot from near: every proposed item, where it fits best."""

    def __init__(self, night: bool, slot: Slot, fine: Block, far: Block, items: Indices) -> None:
        self.slot, self.items = slot, items
        self.shape = slot.cutouts.paint.shape[2:4]
        step, shift = divmod(int(far[:, :, items[0]].argmax()), far.shape[1])
        down, right = divmod(shift, SIDE)
        self.base = (slot.place.foot // 2 + 2 * (down - REACH) + step // 2,
                     slot.place.x // 2 + 2 * (right - REACH) + step % 2)  # fmt: skip
        ground, inside = _padded_page(night)
        here = self._window(0, 0)
        nearby = slot.cutouts.on(ground[here], items) * inside[here]  # (items, phases, h, w, 3)
        self.spots = self._best_spots(fine, nearby)
        # What an item changes depends on the ground it stands on: once more, now at its spot.
        self.differences = []
        for item, (spot_down, spot_right, phase) in zip(items, self.spots, strict=True):
            here = self._window(spot_down, spot_right)
            one = slot.cutouts.on(ground[here], np.array([item]))[0, phase]
            self.differences.append(one * inside[here])
        self.gains = np.array([self._gain(fine, item) for item in range(len(items))])

    def _window(self, down: int, right: int, margin: int = 0) -> tuple[slice, slice]:
        """Where the cutout lies on the padded page, so many fine pixels off the place proposed."""
        top = self.base[0] + self.slot.cutouts.top + down + PAD
        left = self.base[1] + self.slot.cutouts.left + right + PAD
        return (slice(top - margin, top + self.shape[0] + margin),
                slice(left - margin, left + self.shape[1] + margin))  # fmt: skip

    def _best_spots(self, fine: Block, nearby: Block) -> list[tuple[int, int, int]]:
        """For every item: fine pixels down and right of the place proposed, and the phase."""
        flat = nearby.reshape(len(self.items) * N_PHASES, -1)
        around = fine[self._window(0, 0, margin=_NEAR)]
        views = np.lib.stride_tricks.sliding_window_view(around, self.shape, axis=(0, 1))
        windows = views.transpose(0, 1, 3, 4, 2).reshape(-1, flat.shape[1])
        gains = 2.0 * (windows @ flat.T) - (flat * flat).sum(axis=1)
        by_item = gains.reshape(len(windows), len(self.items), N_PHASES).transpose(1, 0, 2)
        spots = []
        for best in by_item.reshape(len(self.items), -1).argmax(axis=1):
            shift, phase = divmod(int(best), N_PHASES)
            down, right = divmod(shift, 2 * _NEAR + 1)
            spots.append((down - _NEAR, right - _NEAR, phase))
        return spots

    def _gain(self, fine: Block, item: int) -> float:
        """By how much an item at its spot lessens the squared difference."""
        difference = self.differences[item]
        window = fine[self._window(*self.spots[item][:2])]
        return float((difference * (2.0 * window - difference)).sum())

    def take_from(self, rest: Block, item: int) -> None:
        """Subtract an item from the padded page, in place."""
        rest[self._window(*self.spots[item][:2])] -= self.differences[item]

    def cover(self, item: int) -> Block:
        """(FINE, FINE, 3) how much of each pixel an item covers."""
        whole = np.zeros((FINE + 2 * PAD, FINE + 2 * PAD, 3), np.float32)
        keep = self.slot.cutouts.keep[self.items[item], self.spots[item][2]]
        whole[self._window(*self.spots[item][:2])] = 1.0 - keep
        return whole[PAD:-PAD, PAD:-PAD]

    def distances(self, item: int) -> Block:
        """(items,) squared differences of all items, each at its spot, from one of them."""
        h, w = self.shape
        frames = np.zeros((len(self.items), h + 2 * _NEAR, w + 2 * _NEAR, 3), np.float32)
        for frame, difference, spot in zip(frames, self.differences, self.spots, strict=True):
            top, left = spot[0] + _NEAR, spot[1] + _NEAR
            frame[top : top + h, left : left + w] = difference
        apart = frames - frames[item]
        squares: Block = (apart * apart).sum(axis=(1, 2, 3))
        return squares


def best_of(group: Sequence[Look]) -> tuple[int, Block, float]:
    """The item that fits a group of slots best.

    Returns:
        Its index, its lead over every item looked at (infinite over itself), and its lead over
        the empty page: 1 where the picture is exactly the drawing, 0 halfway to the other, as in
        a blend of both.
    """
    gains = np.sum([look.gains for look in group], axis=0)
    best = int(gains.argmax())
    apart = np.sum([look.distances(best) for look in group], axis=0)
    leads = np.minimum((gains[best] - gains) / np.maximum(apart, 1e-6), 1.0)
    leads[best] = np.inf
    whole = sum(float((look.differences[best] ** 2).sum()) for look in group)
    return best, leads, float(min(1.0, gains[best] / whole))


@cache
def _padded_page(night: bool) -> tuple[Block, Block]:
    """The empty page with a margin, and 1 wherever it is no margin."""
    margin = ((PAD, PAD), (PAD, PAD), (0, 0))
    page = page_of(night, FINE)
    return np.pad(page, margin, mode="edge"), np.pad(np.ones_like(page), margin)
