"""From a scene to its picture: where everything stands, and laying it onto the page.

All places are whole pixels of a page of PAGE pixels; a smaller picture is the page averaged, so
a 32 px picture is the 64 px picture seen from twice as far.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

import numpy as np
import numpy.typing as npt

from core.data.pictures.drawing.backdrop import PAGE, Picture, empty_page
from core.data.pictures.drawing.sprites import sprite
from core.data.pictures.drawing.things import drawing_of
from core.data.pictures.scenes import Scene

Pixels = npt.NDArray[np.uint8]  # (H, W, 3)

SIZES: Final = (32, 64)  # pixels of a picture's side


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing stands, in page pixels."""

    x: int  # middle of its foot
    foot: int
    height: int
    sway_x: int = 3  # how far it may stand off its place
    sway_y: int = 2
    lift: int = 4  # how far a thing that floats is above the ground
    in_sky: bool = False


# One entry a thing, in the order of `Scene.shown`.
PLACES: Final[dict[tuple[str, int], tuple[Place, ...]]] = {
    ("alone", 1): (Place(32, 59, 40),),
    ("row", 2): (Place(17, 59, 28), Place(47, 59, 28)),
    ("row", 3): (Place(11, 59, 20, 1), Place(32, 59, 20, 1), Place(53, 59, 20, 1)),
    ("beside", 1): (Place(17, 59, 28), Place(47, 59, 28)),
    ("above", 1): (Place(32, 28, 26, lift=0, in_sky=True), Place(32, 61, 26, lift=0)),
}
Shift = tuple[int, int]  # page pixels to the right and down


def draw_shifts(scene: Scene, random: Random) -> tuple[Shift, ...]:
    """How far each thing stands off its place: a little, as in any hand-made book."""
    return tuple(
        (
            _between(-place.sway_x, place.sway_x, random),
            _between(-place.sway_y, place.sway_y, random),
        )
        for place in PLACES[scene.relation, scene.number]
    )


def _between(low: int, high: int, random: Random) -> int:
    """A whole number from low to high; uses only `random.random()`, the same on any platform."""
    return low + int(random.random() * (high - low + 1))


def paint(scene: Scene, size: int = 32, shifts: Sequence[Shift] = ()) -> Pixels:
    """The picture of a scene.

    Args:
        scene: what to show; owners leave no trace.
        size: of the picture's side in pixels, one of SIZES.
        shifts: one a thing, in the order of `scene.shown`; empty: everything at its place.

    Returns:
        (size, size, 3) uint8; equal arguments give equal pixels on every machine.
    """
    if size not in SIZES:
        raise ValueError(f"size is {size}, must be one of {SIZES}")
    page = empty_page(scene.night).copy()
    places = PLACES[scene.relation, scene.number]
    shown = zip(scene.shown, places, shifts or [(0, 0)] * len(places), strict=True)
    for item, place, (right, down) in shown:
        lay(page, item.thing, item.colour, scene.night, place, (right, down))
    return np.rint(np.clip(averaged(page, size), 0.0, 255.0)).astype(np.uint8)


def lay(
    page: Picture, thing: str, colour: str, night: bool, place: Place, shift: Shift = (0, 0)
) -> None:
    """Lay one thing onto the page, in place; what reaches beyond the page is cut off."""
    cut = sprite(thing, colour, place.height, night, place.in_sky)
    n_rows, n_columns = cut.paint.shape[:2]
    foot = place.foot - (place.lift if drawing_of(thing).floats else 0)
    left, top = place.x + shift[0] + cut.left, foot + shift[1] + cut.top
    rows, columns = slice(max(0, -top), PAGE - top), slice(max(0, -left), PAGE - left)
    below = page[max(0, top) : top + n_rows, max(0, left) : left + n_columns]
    below *= cut.keep[rows, columns]
    below += cut.paint[rows, columns]


def averaged(picture: Picture, size: int) -> Picture:
    """A square picture scaled down to `size`, which divides its side, by the mean of each block."""
    n = picture.shape[0] // size
    if n == 1:
        return picture
    scaled: Picture = picture.reshape(size, n, size, n, 3).mean(axis=(1, 3))
    return scaled
