"""From a picture back to its scene: the drawing that fits best, or "cannot read" and why.

The reader knows all drawings, the places where things stand, and nothing of any caption. A thing
counts as read only if its drawing fits well in itself and clearly better than every other one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from core.data.pictures.painting import SIZES
from core.data.pictures.reading import Reading, Seen
from core.data.pictures.templates import (
    ARRANGEMENTS,
    COARSE,
    FINE,
    ITEMS,
    N_PHASES,
    Block,
    Slot,
    page_of,
    slots,
    softened,
)

Indices = npt.NDArray[np.intp]

# How good is good enough, in grey levels of differences blurred over 4 x 4 pixels; measured by
# tests/benchmarks/bench_pictures.py.
SKY_LIMIT: Final = 13.0
MISFIT_LIMIT: Final = 17.0
REST_LIMIT: Final = 11.0
LEAD_LIMIT: Final = 0.30
ARRANGEMENT_LEAD: Final = 1.05  # how many times worse the second best arrangement fits, at least

_PAD: Final = 14  # fine pixels around the page, so that things may be searched beyond its edge
_REACH: Final = 2  # coarse pixels that a thing is searched off its place
_NEAR: Final = 2  # fine pixels around the place found from afar
_N_ROUNDS: Final = 2  # of searching every slot on the page without the others
_N_PROPOSED: Final = 8  # things proposed from afar for a place
_CELL: Final = 4  # fine pixels of a cell in which differences are blurred
# Corners of the sky that no thing reaches: rows, columns.
_OPEN_SKY: Final = ((slice(0, 12), slice(0, 8)), (slice(0, 12), slice(24, 32)))


def read(picture: npt.NDArray[Any]) -> Reading:
    """What is in a picture.

    Args:
        picture: (size, size, 3) grey levels from 0 to 255, whole numbers or floats; size is one
            of SIZES.

    Raises:
        ValueError: the picture has another shape.
    """
    if picture.shape not in [(size, size, 3) for size in SIZES]:
        raise ValueError(f"shape is {picture.shape}, must be (size, size, 3), size in {SIZES}")
    fine = _scaled(picture.astype(np.float32), FINE)
    night, misfit = _sky(fine)
    if misfit > SKY_LIMIT:
        return Reading(None, reason="sky")
    return _Page(fine - page_of(night, FINE), night).reading()


def read_all(pictures: Sequence[npt.NDArray[Any]] | npt.NDArray[Any]) -> list[Reading]:
    """What is in each picture."""
    return [read(picture) for picture in pictures]


def _scaled(picture: Block, size: int) -> Block:
    """A square picture by the mean of each block of pixels."""
    n = picture.shape[0] // size
    scaled: Block = picture.reshape(size, n, size, n, 3).mean(axis=(1, 3))
    return scaled


def _sky(fine: Block) -> tuple[bool, float]:
    """Whether it is night, and how far the open sky is from the one drawn, in grey levels."""
    found = []
    for night in (False, True):
        off = _cells(fine - page_of(night, FINE))
        square = np.mean([(off[_down(r), _down(c)] ** 2).mean() for r, c in _OPEN_SKY])
        found.append((float(np.sqrt(square)), night))
    misfit, night = min(found)
    return night, misfit


def _down(pixels: slice) -> slice:
    return slice(pixels.start // _CELL, pixels.stop // _CELL)


def _cells(difference: Block) -> Block:
    """(FINE, FINE, 3) blurred: the mean of each cell."""
    return _scaled(difference, FINE // _CELL)


class _Page:
    """One picture while it is being read: all that differs from the empty page."""

    def __init__(self, difference: Block, night: bool) -> None:
        self.night = night
        soft = softened(difference, axes=(0, 1))
        self.fine = np.pad(soft, ((_PAD, _PAD), (_PAD, _PAD), (0, 0)))

    def reading(self) -> Reading:
        """Choose an arrangement from afar, decide from near, and look at what is left over."""
        far = _far(self.fine)
        errors = sorted((self._error(far, relation), relation) for relation in ARRANGEMENTS)
        (least, relation), (second, _) = errors[:2]
        found = self._found(relation, far)
        return self._judged(relation, found, second / max(least, 1e-6))

    def _error(self, far: Block, relation: str) -> float:
        """The squared difference that an arrangement leaves unexplained at best, from afar."""
        found = slots(relation, self.night)
        gains = [_gains(far, slot) for slot in found]  # each (shifts, items)
        best = [int(gain.max(axis=0).argmax()) for gain in gains]
        if relation == "row":  # the same thing everywhere
            together = np.sum([gain.max(axis=0) for gain in gains], axis=0)
            best = [int(together.argmax())] * len(found)
        rest = far.copy()
        for slot, gain, item in zip(found, gains, best, strict=True):
            down, right = divmod(int(gain[:, item].argmax()), 2 * _REACH + 1)
            h, w = slot.shape
            rest[slot.top + down : slot.top + down + h,
                 slot.left + right : slot.left + right + w] -= (
                slot.differences[item].reshape(h, w, 3))  # fmt: skip
        inner = rest[_REACH:-_REACH, _REACH:-_REACH]
        return float((inner * inner).sum())

    def _found(self, relation: str, far: Block) -> list["_Found"]:
        """What stands in every slot; each is searched on the page without the others."""
        places = slots(relation, self.night)
        strength = [float(_gains(far, slot).max()) for slot in places]
        order = sorted(range(len(places)), key=lambda i: -strength[i])
        groups = [order] if relation == "row" else [[i] for i in order]
        found: dict[int, _Found] = {}
        for _ in range(_N_ROUNDS if len(places) > 1 else 1):
            for group in groups:
                searches = {i: self._search(places[i], i, found) for i in group}
                proposed = _proposed(list(searches.values()))
                looks = {i: _Look(self.night, places[i], *searches[i], proposed) for i in group}
                best, lead = _best(list(looks.values()))
                found |= {i: _Found(look, best, lead) for i, look in looks.items()}
        return [found[i] for i in range(len(places))]

    def _search(self, slot: Slot, i: int, found: Mapping[int, "_Found"]) -> tuple[Block, Block]:
        """The page without what stands in the other slots, and each item's gain on it from afar.

        The gains are (shifts, items), at shifts of whole fine pixels.
        """
        rest = self.fine.copy()
        for other, what in found.items():
            if other != i:
                what.look.take_from(rest, what.item)
        steps = [_gains(_far(rest, down, right), slot) for down in (0, 1) for right in (0, 1)]
        return rest, np.stack(steps, axis=1)

    def _judged(self, relation: str, found: Sequence["_Found"], lead: float) -> Reading:
        """The reading, once it is clear what fits best."""
        rest = self.fine.copy()
        covers = []
        for what in found:
            what.look.take_from(rest, what.item)
            covers.append(_cells(what.look.cover(what.item))[..., 0])
        off = (_cells(rest[_PAD:-_PAD, _PAD:-_PAD]) ** 2).mean(axis=2)  # (cells, cells)
        seen = tuple(what.seen(off, cover) for what, cover in zip(found, covers, strict=True))
        bare = 1.0 - np.clip(np.sum(covers, axis=0), 0.0, 1.0)
        left_over = float(np.sqrt((off * bare).sum() / bare.sum()))
        return Reading(self.night, relation, seen, left_over, _reason(seen, lead, left_over))


def _far(fine: Block, down: int = 0, right: int = 0) -> Block:
    """The padded page at coarse resolution, first moved up and left by so many fine pixels."""
    moved = fine[down : down + len(fine) - 2, right : right + len(fine) - 2]
    edge = _PAD - 2 * _REACH
    inner = moved[edge : edge + FINE + 4 * _REACH, edge : edge + FINE + 4 * _REACH]
    return _scaled(inner, COARSE + 2 * _REACH)


def _gains(far: Block, slot: Slot) -> Block:
    """(shifts, items) by how much each item lessens the squared difference, from afar."""
    h, w = slot.shape
    views = np.lib.stride_tricks.sliding_window_view(far, (h, w), axis=(0, 1))
    side = 2 * _REACH + 1
    windows = views[slot.top : slot.top + side, slot.left : slot.left + side]
    flat = windows.transpose(0, 1, 3, 4, 2).reshape(side * side, -1)
    gains: Block = 2.0 * (flat @ slot.differences.T) - slot.squares
    return gains


def _proposed(searches: Sequence[tuple[Block, Block]]) -> Indices:
    """The items that fit best from afar, in all slots of a group together."""
    gains = np.sum([gains.max(axis=(0, 1)) for _, gains in searches], axis=0)
    return np.argsort(-gains)[:_N_PROPOSED]


def _reason(seen: Sequence[Seen], lead: float, rest: float) -> str:
    """Why the page cannot be read, or nothing."""
    if any(thing.misfit > MISFIT_LIMIT for thing in seen):
        return "thing"
    if any(not thing.sure for thing in seen):
        return "doubt"
    if lead < ARRANGEMENT_LEAD:
        return "arrangement"
    return "rest" if rest > REST_LIMIT else ""


class _Look:
    """One slot from near: every proposed item, where it fits best."""

    def __init__(self, night: bool, slot: Slot, fine: Block, far: Block, items: Indices) -> None:
        self.slot, self.items = slot, items
        self.shape = slot.cutouts.paint.shape[2:4]
        shift, step = divmod(int(far[:, :, items[0]].argmax()), N_PHASES)
        down, right = divmod(shift, 2 * _REACH + 1)
        self.base = (slot.place.foot // 2 + 2 * (down - _REACH) + step // 2,
                     slot.place.x // 2 + 2 * (right - _REACH) + step % 2)  # fmt: skip
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
        top = self.base[0] + self.slot.cutouts.top + down + _PAD
        left = self.base[1] + self.slot.cutouts.left + right + _PAD
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
        whole = np.zeros((FINE + 2 * _PAD, FINE + 2 * _PAD, 3), np.float32)
        keep = self.slot.cutouts.keep[self.items[item], self.spots[item][2]]
        whole[self._window(*self.spots[item][:2])] = 1.0 - keep
        return whole[_PAD:-_PAD, _PAD:-_PAD]

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


def _best(group: Sequence[_Look]) -> tuple[int, float]:
    """The item that fits a group of slots best, and its lead over every other one."""
    gains = np.sum([look.gains for look in group], axis=0)
    best = int(gains.argmax())
    apart = np.sum([look.distances(best) for look in group], axis=0)
    others = np.arange(len(gains)) != best
    leads = (gains[best] - gains[others]) / np.maximum(apart[others], 1e-6)
    return best, float(min(1.0, leads.min()))


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What a slot holds: the index of an item among those looked at, and its lead."""

    look: _Look
    item: int
    lead: float

    def seen(self, off: Block, cover: Block) -> Seen:
        """The thing with its figures; `off` and `cover` are (cells, cells)."""
        misfit = float(np.sqrt((off * cover).sum() / cover.sum()))
        down, right, phase = self.look.spots[self.item]
        x = (2 * (self.look.base[1] + right) + phase % 2) / (2 * FINE)
        foot = (2 * (self.look.base[0] + down) + phase // 2) / (2 * FINE)
        sure = misfit <= MISFIT_LIMIT and self.lead >= LEAD_LIMIT
        item = ITEMS[self.look.items[self.item]]
        return Seen(item, x, foot, self.lead, misfit, sure)


@cache
def _padded_page(night: bool) -> tuple[Block, Block]:
    """The empty page with a margin, and 1 wherever it is no margin."""
    margin = ((_PAD, _PAD), (_PAD, _PAD), (0, 0))
    page = page_of(night, FINE)
    return np.pad(page, margin, mode="edge"), np.pad(np.ones_like(page), margin)
