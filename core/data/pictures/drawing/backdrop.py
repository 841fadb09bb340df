"""The page a scene is painted on: sky with sun or moon, two hills, the ground.

Nothing in it is random: there is one page by day and one by night.
"""

from functools import cache
from typing import Final

import numpy as np

from core.data.pictures.drawing.palette import Paint
from core.data.pictures.drawing.shapes import Field, Shape, cut, disc, oval

Picture = Field  # (H, W, 3) grey levels from 0 to 255

PAGE: Final = 64  # pixels of a page's side; smaller pages are this one seen from further away
GROUND: Final = 0.80  # the ground begins at this share of the page's height

_SKY: Final[dict[bool, tuple[Paint, Paint]]] = {  # night -> (top, horizon)
    False: ((136, 190, 228), (214, 232, 230)),
    True: ((26, 32, 74), (76, 78, 132)),
}
_FAR: Final[dict[bool, Paint]] = {False: (176, 206, 176), True: (52, 66, 98)}
_NEAR: Final[dict[bool, Paint]] = {False: (150, 192, 132), True: (44, 66, 82)}
_GRASS: Final[dict[bool, Paint]] = {False: (122, 174, 100), True: (36, 60, 62)}
_SUN: Final[Paint] = (255, 234, 160)
_MOON: Final[Paint] = (252, 244, 210)
_STARS: Final = ((0.12, 0.09), (0.34, 0.19), (0.57, 0.06), (0.07, 0.33), (0.93, 0.36))
_LAMP: Final = (0.87, 0.12)  # where sun and moon stand


def laid_over(picture: Picture, paint: Paint, cover: Field) -> Picture:
    """The picture with a coat of paint; `cover` is (H, W), from 0 (bare) to 1 (hidden)."""
    return picture + (np.array(paint) - picture) * cover[..., None]


def covered(shape: Shape, x: Field, y: Field, pixel: float) -> Field:
    """How much of each pixel a shape covers: its edge is one pixel wide and soft.

    Args:
        pixel: side of a pixel in the shape's own units.
    """
    return np.clip(0.5 - shape(x, y) / pixel, 0.0, 1.0)


@cache
def empty_page(night: bool) -> Picture:
    """(PAGE, PAGE, 3) the page before anything is painted on it. Do not change it in place."""
    y, x = (np.mgrid[0:PAGE, 0:PAGE] + 0.5) / PAGE
    top, horizon = (np.array(paint) for paint in _SKY[night])
    picture = top + (horizon - top) * np.clip(y / GROUND, 0.0, 1.0)[..., None]
    picture = _with_lights(picture, x, y, night)
    pixel = 1.2 / PAGE
    hills = (
        (oval(0.16, 1.10, 0.62, 0.42), _FAR[night]),
        (oval(0.92, 1.06, 0.58, 0.33), _NEAR[night]),
        (oval(0.40, 2.60, 3.00, 1.80), _GRASS[night]),
    )
    for hill, paint in hills:
        picture = laid_over(picture, paint, covered(hill, x, y, pixel))
    near = np.clip((y - GROUND) / (1.0 - GROUND), 0.0, 1.0)  # grass is darker close by
    return laid_over(picture, (40, 70, 50), 0.14 * near)


def _with_lights(picture: Picture, x: Field, y: Field, night: bool) -> Picture:
    """Sun and its glow, or moon and stars."""
    lamp: Shape = disc(*_LAMP, 0.072)
    away = np.maximum(lamp(x, y), 0.0) / 0.11
    glow = 1.0 / (1.0 + away * away) ** 2
    if night:
        picture = laid_over(picture, _MOON, 0.16 * glow)
        for star_x, star_y in _STARS:
            picture = laid_over(picture, _MOON, 0.85 * covered(disc(star_x, star_y, 0.012), x, y,
                                                               1.6 / PAGE))  # fmt: skip
        moon = cut(lamp, disc(_LAMP[0] - 0.036, _LAMP[1] - 0.018, 0.062))
        return laid_over(picture, _MOON, covered(moon, x, y, 1.2 / PAGE))
    picture = laid_over(picture, _SUN, 0.42 * glow)
    return laid_over(picture, _SUN, covered(lamp, x, y, 1.2 / PAGE))
