"""Things ready to be laid onto a page: every thing, colour, height and light drawn once and kept.

Laying one down is `page * keep + paint`, pixel by pixel.
"""

from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import Final

import numpy as np

from core.data.pictures.drawing.backdrop import Picture, covered
from core.data.pictures.drawing.palette import INK, SHADOW_SHARE, paint_of
from core.data.pictures.drawing.parts import Part
from core.data.pictures.drawing.shapes import Field, Shape, disc, oval, union
from core.data.pictures.drawing.things import drawing_of

_MARGIN: Final = 0.30  # room around a drawing's square for its shadow and its cloud
_EDGE: Final = 1.1  # pixels over which an edge fades
_CLOUD: Final = union(
    oval(0, 1.06, 1.02, 0.16),
    disc(-0.54, 0.94, 0.24),
    disc(-0.14, 0.92, 0.26),
    disc(0.42, 0.90, 0.29),
)


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A thing cut out, with its shadow.

    Args:
        keep: (h, w, 1) share of the page that shows through.
        paint: (h, w, 3) what is added to it, in grey levels.
        left, top: page pixels from the middle of the thing's foot to the sprite's corner.
    """

    keep: Picture
    paint: Picture
    left: int
    top: int


@cache
def sprite(thing: str, colour: str, height: int, night: bool, on_cloud: bool = False) -> Sprite:
    """One thing as seen on the page.

    Args:
        thing: one of THINGS.
        colour: one of COLOUR_NAMES.
        height: of its drawing, in pixels of the page; even.
        on_cloud: it is in the sky; unless it floats by itself, a cloud carries it.
    """
    covers, light = _covers(thing, height, on_cloud)
    n_rows, n_columns = light.shape
    keep, paint = np.ones((n_rows, n_columns)), np.zeros((n_rows, n_columns, 3))
    for role, cover in covers:
        pot = np.array(INK) if role == "shadow" else np.array(paint_of(role, colour, night))
        coat = np.clip(pot * light[..., None], 0.0, 255.0)
        paint = paint + (coat - paint) * cover[..., None]
        keep = keep * (1.0 - cover)
    reach = ceil((1.0 + _MARGIN) * height / 2)
    return Sprite(keep[..., None], paint, -reach, -height // 2 - reach)


@cache
def _covers(thing: str, height: int, on_cloud: bool) -> tuple[list[tuple[str, Field]], Field]:
    """(role, how much it covers) from back to front, and the light that falls on the thing."""
    drawing = drawing_of(thing)
    reach = ceil((1.0 + _MARGIN) * height / 2)
    y, x = (np.mgrid[-reach:reach, -reach:reach] + 0.5) / (height / 2)
    pixel = _EDGE * 2 / height
    found: list[tuple[str, Field]] = []
    parts = drawing.parts
    if on_cloud and not drawing.floats:
        parts = (Part("cloud", _CLOUD), *parts)
    elif not drawing.floats:
        found.append(("shadow", 0.26 * _soft(oval(0.04, 0.98, 0.74, 0.10), x, y)))
    outline = union(*(part.shape for part in parts))
    found.append(("shadow", SHADOW_SHARE * _soft(outline, x - 0.06, y - 0.05)))
    found += [(part.role, covered(part.shape, x, y, pixel)) for part in parts]
    return found, np.clip(1.03 - 0.05 * (x + y), 0.92, 1.10)


def _soft(shape: Shape, x: Field, y: Field) -> Field:
    """A shadow of the shape: it fades over a fifth of the drawing's height."""
    return np.clip(0.5 - shape(x, y) / 0.26, 0.0, 1.0)
