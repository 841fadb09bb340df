"""Every drawing as the reader knows it: all things in all colours at every place of a page.

At 16 px a side they propose what might stand where, at 32 px they decide. Each is the difference
that the thing makes to the empty page, so that fitting it is a least-squares question.
"""

from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import Final

import numpy as np
import numpy.typing as npt

from core.data.pictures.drawing.backdrop import empty_page
from core.data.pictures.drawing.painting import PLACES, Place, averaged
from core.data.pictures.drawing.palette import COLOUR_NAMES
from core.data.pictures.drawing.sprites import sprite
from core.data.pictures.drawing.things import THINGS, drawing_of
from core.data.pictures.scenes import Item
from core.once import once

Block = npt.NDArray[np.float32]

COARSE: Final = 16
FINE: Final = 32
N_PHASES: Final = 4  # a thing may stand on half a fine pixel: 2 x 2 ways

ITEMS: Final = tuple(Item(thing, colour) for thing in THINGS for colour in COLOUR_NAMES)
# "row" means three here; whether two things beside each other are equal, the reader sees later.
ARRANGEMENTS: Final[dict[str, tuple[Place, ...]]] = {
    "alone": PLACES["alone", 1],
    "beside": PLACES["beside", 1],
    "above": PLACES["above", 1],
    "row": PLACES["row", 3],
}


@dataclass(frozen=True, slots=True, eq=False)
class Cutouts:
    """All things in one size and light, cut out at fine resolution.

    Args:
        keep: (items, phases, h, w, 1) share of the page that shows through.
        paint: (items, phases, h, w, 3) what is added to it, in grey levels.
        left, top: fine pixels from the middle of the foot to the corner.
    """

    keep: Block
    paint: Block
    left: int
    top: int

    def on(self, page: Block, items: npt.NDArray[np.intp]) -> Block:
        """The difference that things make to `page`, (h, w, 3): (items, phases, h, w, 3)."""
        difference: Block = self.paint[items] + (self.keep[items] - 1.0) * page
        return difference


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """One place of an arrangement, and what every thing there looks like from afar.

    Args:
        top, left: of its box, in coarse pixels.
        shape: rows and columns of its box.
        differences: (items, h * w * 3) from the empty page.
        squares: (items,) the sum of the squares of each row.
    """

    place: Place
    cutouts: Cutouts
    top: int
    left: int
    shape: tuple[int, int]
    differences: Block
    squares: Block


@cache
def page_of(night: bool, size: int) -> Block:
    """(size, size, 3) the empty page."""
    return averaged(empty_page(night), size).astype(np.float32)


@once(16)
def slots(relation: str, night: bool) -> tuple[Slot, ...]:
    """The slots of one of ARRANGEMENTS, by day or by night."""
    return tuple(_slot(place, night) for place in ARRANGEMENTS[relation])


@once(64)
def _cutouts(height: int, lift: int, in_sky: bool, night: bool) -> Cutouts:
    """All things of one height; `lift` is how far the floating ones hover, in page pixels."""
    reach = -sprite(THINGS[0], COLOUR_NAMES[0], height, night, in_sky).left
    left, top = -_even(reach), -_even(height // 2 + reach + lift)
    n_rows, n_columns = _even(2 * reach + lift + 4), _even(2 * reach + 4)
    canvas = np.zeros((len(ITEMS), N_PHASES, n_rows, n_columns, 4), np.float32)
    canvas[..., 0] = 1.0
    for i, item in enumerate(ITEMS):
        cut = sprite(item.thing, item.colour, height, night, in_sky)
        hover = lift if drawing_of(item.thing).floats else 0
        h, w = cut.paint.shape[:2]
        for phase in range(N_PHASES):
            x, y = cut.left - left + phase % 2, cut.top - hover - top + phase // 2
            canvas[i, phase, y : y + h, x : x + w, :1] = cut.keep
            canvas[i, phase, y : y + h, x : x + w, 1:] = cut.paint
    halved = softened(_halved(canvas), axes=(2, 3))
    return Cutouts(halved[..., :1].copy(), halved[..., 1:].copy(), left // 2, top // 2)


def _even(n: int) -> int:
    """The next even number."""
    return n + n % 2


def _halved(canvas: Block) -> Block:
    """Rows and columns at half the resolution: (items, phases, h, w, c) -> (.., h/2, w/2, c)."""
    rows = canvas[..., 0::2, :, :] + canvas[..., 1::2, :, :]
    means: Block = (rows[..., 0::2, :] + rows[..., 1::2, :]) * np.float32(0.25)
    return means


def softened(block: Block, axes: tuple[int, int]) -> Block:
    """Blurred over 3 x 3 pixels, so that a soft or noisy picture can be told from a wrong one.

    Args:
        axes: the rows' and the columns'. What lies beyond the edge is as the edge itself.
    """
    for axis in axes:
        n = block.shape[axis]
        before = block.take([0, *range(n - 1)], axis)
        after = block.take([*range(1, n), n - 1], axis)
        block = (before + 2.0 * block + after) / 4.0
    return block


def _slot(place: Place, night: bool) -> Slot:
    """One place, with its box cut to the page."""
    cutouts = _cutouts(place.height, place.lift, place.in_sky, night)
    top, left = place.foot // 2 + cutouts.top, place.x // 2 + cutouts.left
    phase = place.x % 2 + 2 * (place.foot % 2)
    h, w = cutouts.paint.shape[2:4]
    page = page_of(night, FINE)
    rows, columns = slice(max(0, top), min(FINE, top + h)), slice(max(0, left), min(FINE, left + w))
    whole = np.zeros((len(ITEMS), FINE, FINE, 3), np.float32)
    inside = (slice(None), slice(rows.start - top, rows.stop - top),
              slice(columns.start - left, columns.stop - left))  # fmt: skip
    keep, paint = cutouts.keep[:, phase][inside], cutouts.paint[:, phase][inside]
    whole[:, rows, columns] = paint + (keep - 1.0) * page[rows, columns]
    far = whole.reshape(len(ITEMS), COARSE, 2, COARSE, 2, 3).mean(axis=(2, 4))
    box = (slice(rows.start // 2, ceil(rows.stop / 2)),
           slice(columns.start // 2, ceil(columns.stop / 2)))  # fmt: skip
    differences = far[:, box[0], box[1]]
    shape = differences.shape[1:3]
    flat = differences.reshape(len(ITEMS), -1).copy()
    return Slot(place, cutouts, box[0].start, box[1].start, shape, flat, (flat * flat).sum(1))
