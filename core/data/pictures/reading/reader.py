"""From a picture back to its scene: the drawing that fits best, or "cannot read" and why.

The reader knows all drawings, the places where things stand, and nothing of any caption. A thing
counts as read only if its drawing fits well in itself and clearly better than every other one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from core.data.pictures.drawing.painting import SIZES
from core.data.pictures.reading.matching import (
    PAD,
    REACH,
    SIDE,
    Indices,
    Look,
    best_of,
    far_page,
    gains_of,
    padded,
    scaled,
)
from core.data.pictures.reading.readings import Reading, Seen
from core.data.pictures.reading.templates import (
    ARRANGEMENTS,
    FINE,
    ITEMS,
    Block,
    Slot,
    page_of,
    slots,
)
from core.data.pictures.scenes import Item

# How good is good enough, in grey levels of differences blurred over 4 x 4 pixels; measured by
# tests/benchmarks/bench_pictures.py.
SKY_LIMIT: Final = 13.0
MISFIT_LIMIT: Final = 17.0
REST_LIMIT: Final = 11.0
LEAD_LIMIT: Final = 0.30
ARRANGEMENT_LEAD: Final = 1.05  # how many times worse the second best arrangement fits, at least

_N_PROPOSED: Final = 8  # things proposed from afar for a place
_CELL: Final = 4  # fine pixels of a cell in which differences are blurred
_STRAY: Final = 2  # fine pixels by which the whole page may have moved
_MOVES: Final = tuple(product(range(-_STRAY, _STRAY + 1), repeat=2))
_UNMOVED: Final = len(_MOVES) // 2
_LIGHT: Final = 0.12  # by which share a page may be lighter or darker as a whole
_CLEARLY: Final = 0.97  # share of the difference that is left if a page is moved or relit
_CLIP: Final = 24.0  # grey levels
_SKY: Final = (slice(0, 5), slice(0, 8), 2)
# Cells of the sky that no thing reaches, the lamp's left out: rows, columns.
_OPEN_SKY: Final = ((slice(0, 3), slice(0, 2)), (slice(2, 3), slice(6, 8)))
_LAMP: Final = (slice(0, 2), slice(6, 8))  # sun or moon: a shifted one makes a large difference


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
    fine = scaled(picture.astype(np.float32), FINE)
    night = _is_night(fine)
    down, right = _move_of(fine, night)
    fine = _relit(_moved(fine, -down, -right), night)
    if _sky_misfit(fine, night) > SKY_LIMIT:
        return Reading(None, reason="sky")
    return _Page(fine - page_of(night, FINE), night, (down, right)).reading()


def read_all(pictures: Sequence[npt.NDArray[Any]] | npt.NDArray[Any]) -> list[Reading]:
    """What is in each picture."""
    return [read(picture) for picture in pictures]


def _off(fine: Block, pages: Block) -> Block:
    """(pages,) how far a picture is from each page, over every second column.

    Each value counts up to a limit, so that what stands on the page has little say.
    """
    off: Block = np.abs(fine[:, ::2] - pages[:, :, ::2]).clip(max=_CLIP).sum(axis=(1, 2, 3))
    return off


def _is_night(fine: Block) -> bool:
    """Which of the two empty pages is closer."""
    day, night = _off(fine, np.stack([page_of(False, FINE), page_of(True, FINE)]))
    return bool(night < day)


def _move_of(fine: Block, night: bool) -> tuple[int, int]:
    """By how many fine pixels the whole page has moved down and right."""
    off = _off(fine, _moved_pages(night))
    best = int(off.argmin())
    if off[best] > _CLEARLY * off[_UNMOVED]:
        best = _UNMOVED
    down, right = _MOVES[best]
    return down, right


@cache
def _moved_pages(night: bool) -> Block:
    """(moves, FINE, FINE, 3) the page moved in every way."""
    return np.stack([_moved(page_of(night, FINE), *move) for move in _MOVES])


def _relit(fine: Block, night: bool) -> Block:
    """The picture in the light of our own page, if it is clearly in a somewhat different one."""
    page = page_of(night, FINE)
    blue = _cells(fine)[_SKY] / _cells(page)[_SKY]  # never near 0 or 255, where noise is cut off
    light = float(np.median(blue))
    if not 1.0 - _LIGHT <= light <= 1.0 + _LIGHT:
        return fine
    as_it_is, relit = _off(fine, page[None])[0], _off(fine / light, page[None])[0]
    return fine / light if relit < _CLEARLY * as_it_is else fine


def _moved(fine: Block, down: int, right: int) -> Block:
    """The picture moved by fine pixels; what comes in at an edge is as the edge."""
    if not down and not right:
        return fine
    wide = np.pad(fine, ((_STRAY, _STRAY), (_STRAY, _STRAY), (0, 0)), mode="edge")
    top, left = _STRAY - down, _STRAY - right
    return wide[top : top + FINE, left : left + FINE]


def _sky_misfit(fine: Block, night: bool) -> float:
    """How far the open sky is from the one drawn, in grey levels."""
    off = _cells(fine - page_of(night, FINE))
    return float(np.sqrt(np.mean([(off[cells] ** 2).mean() for cells in _OPEN_SKY])))


def _cells(difference: Block) -> Block:
    """(FINE, FINE, 3) blurred: the mean of each cell."""
    return scaled(difference, FINE // _CELL)


class _Page:
    """One picture while it is being read: all that differs from the empty page."""

    def __init__(self, difference: Block, night: bool, move: tuple[int, int]) -> None:
        self.night, self.move = night, move
        self.fine = padded(difference)

    def reading(self) -> Reading:
        """Choose an arrangement from afar, decide from near, and look at what is left over."""
        far = far_page(self.fine)[None]
        gains = {  # relation -> of every slot (shifts, items)
            relation: [gains_of(far, slot)[0] for slot in slots(relation, self.night)]
            for relation in ARRANGEMENTS
        }
        errors = sorted((self._error(far[0], relation, gains[relation]), relation)
                        for relation in ARRANGEMENTS)  # fmt: skip
        (least, relation), (second, _) = errors[:2]
        strength = [float(gain.max()) for gain in gains[relation]]
        return self._judged(relation, self._found(relation, strength), second / max(least, 1e-6))

    def _error(self, far: Block, relation: str, gains: Sequence[Block]) -> float:
        """The squared difference that an arrangement leaves unexplained at best, from afar."""
        best = [int(gain.max(axis=0).argmax()) for gain in gains]
        if relation == "row":  # the same thing everywhere
            together = np.sum([gain.max(axis=0) for gain in gains], axis=0)
            best = [int(together.argmax())] * len(gains)
        rest = far.copy()
        for slot, gain, item in zip(slots(relation, self.night), gains, best, strict=True):
            down, right = divmod(int(gain[:, item].argmax()), SIDE)
            h, w = slot.shape
            window = rest[slot.top + down : slot.top + down + h,
                          slot.left + right : slot.left + right + w]  # fmt: skip
            window -= slot.differences[item].reshape(h, w, 3)
        inner = rest[REACH:-REACH, REACH:-REACH]
        return float((inner * inner).sum())

    def _found(self, relation: str, strength: Sequence[float]) -> list["_Found"]:
        """What stands in every slot: first where it shows most, then in what that leaves over.

        So no faint thing is mistaken for a part of a bright one beside it.
        """
        places = slots(relation, self.night)
        order = sorted(range(len(places)), key=lambda i: -strength[i])
        groups = [order] if relation == "row" else [[i] for i in order]
        found: dict[int, _Found] = {}
        for group in groups:
            searches = {i: self._search(places[i], found) for i in group}
            proposed = _proposed(list(searches.values()))
            looks = {i: Look(self.night, places[i], *searches[i], proposed) for i in group}
            best, leads, contrast = best_of(list(looks.values()))
            found |= {i: _Found(look, best, leads, contrast) for i, look in looks.items()}
        return [found[i] for i in range(len(places))]

    def _search(self, slot: Slot, found: Mapping[int, "_Found"]) -> tuple[Block, Block]:
        """The page without what is found already, and each item's gain on it from afar.

        The gains are (steps, shifts, items): a step is a fine pixel, a shift a coarse one.
        """
        rest = self.fine.copy()
        for what in found.values():
            what.look.take_from(rest, what.item)
        steps = np.stack([far_page(rest, down, right) for down in (0, 1) for right in (0, 1)])
        return rest, gains_of(steps, slot)

    def _judged(self, relation: str, found: Sequence["_Found"], lead: float) -> Reading:
        """The reading, once it is clear what fits best."""
        rest = self.fine.copy()
        covers = []
        for what in found:
            what.look.take_from(rest, what.item)
            covers.append(_cells(what.look.cover(what.item))[..., 0])
        off = (_cells(rest[PAD:-PAD, PAD:-PAD]) ** 2).mean(axis=2)  # (cells, cells)
        seen = tuple(
            what.seen(off, cover, self.move) for what, cover in zip(found, covers, strict=True)
        )
        bare = 1.0 - np.clip(np.sum(covers, axis=0), 0.0, 1.0)
        bare[_LAMP] = 0.0
        left_over = float(np.sqrt((off * bare).sum() / bare.sum()))
        reason = _reason(seen, lead, left_over)
        if all(what.contrast < LEAD_LIMIT for what in found):
            reason = "empty"
        return Reading(self.night, relation, seen, left_over, reason)


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


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What a slot holds: the index of an item among those looked at, and its leads."""

    look: Look
    item: int
    leads: Block  # over every item looked at
    contrast: float  # its lead over the empty page

    def lead_where(self, differs: Callable[[Item], bool]) -> float:
        """Its least lead over the empty page and over all items that differ."""
        over = [lead for lead, item in zip(self.leads, self.look.items, strict=True)
                if differs(ITEMS[item])]  # fmt: skip
        return float(min(1.0, self.contrast, *over))

    def seen(self, off: Block, cover: Block, move: tuple[int, int]) -> Seen:
        """The thing with its figures.

        Args:
            off, cover: (cells, cells) squared differences, and shares that the thing covers.
            move: fine pixels by which the whole page has moved down and right.
        """
        area = cover.sum()  # 0: the thing lies beyond the edge
        misfit = float(np.sqrt((off * cover).sum() / area)) if area else float("inf")
        down, right, phase = self.look.spots[self.item]
        x = (2 * (self.look.base[1] + right + move[1]) + phase % 2) / (2 * FINE)
        foot = (2 * (self.look.base[0] + down + move[0]) + phase // 2) / (2 * FINE)
        item = ITEMS[self.look.items[self.item]]
        lead = self.lead_where(lambda other: other != item)
        sure = misfit <= MISFIT_LIMIT and lead >= LEAD_LIMIT
        return Seen(
            item, x, foot, lead, misfit, sure,
            thing_lead=self.lead_where(lambda other: other.thing != item.thing),
            colour_lead=self.lead_where(lambda other: other.colour != item.colour),
        )  # fmt: skip
