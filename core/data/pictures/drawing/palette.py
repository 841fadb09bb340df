"""The paints: six colours that name a thing, and a few fixed ones for everything else.

Only the parts called `main`, `light`, `dark` and `deep` take a thing's colour, by the same rule
for every thing, so "red" means the same on a cat as on a house. Grey levels run from 0 to 255.
"""

from typing import Final

Paint = tuple[float, float, float]  # red, green, blue

COLOURS: Final[dict[str, Paint]] = {
    "red": (212, 66, 54),
    "yellow": (243, 190, 58),
    "green": (70, 152, 88),
    "blue": (52, 108, 196),
    "violet": (142, 88, 182),
    "white": (250, 247, 240),
}
COLOUR_NAMES: Final = tuple(COLOURS)

FIXED: Final[dict[str, Paint]] = {
    "wood": (124, 86, 60),
    "bark": (98, 68, 52),
    "leaf": (92, 142, 78),
    "leaf_light": (138, 176, 96),
    "skin": (126, 140, 86),  # a tortoise's
    "cream": (253, 243, 220),
    "ink": (48, 42, 54),
    "beak": (238, 146, 54),
    "comb": (204, 70, 66),
    "rose": (234, 150, 146),
    "gold": (246, 202, 90),
    "steel": (134, 140, 154),
    "lamp": (255, 226, 142),
    "cloud": (236, 242, 246),
}
GLOWS: Final = frozenset({"lamp"})  # as bright by night as by day

INK: Final[Paint] = (46, 38, 62)
LIGHT: Final[Paint] = (255, 250, 234)
SHADOW_SHARE: Final = 0.15  # of ink in the soft shadow around a thing
MOONLIGHT: Final[Paint] = (0.85, 0.88, 0.99)  # what the night leaves of each channel

# How far a tone lies from the thing's own colour towards LIGHT or INK. White has no lighter tone
# and shows a darker one soon.
_TOWARDS: Final[dict[str, tuple[Paint, float, float]]] = {
    "main": (INK, 0.0, 0.0),
    "light": (LIGHT, 0.40, 0.5),
    "dark": (INK, 0.24, 0.17),
    "deep": (INK, 0.42, 0.32),
}
ROLES: Final = (*_TOWARDS, *FIXED)


def mixed(paint: Paint, other: Paint, share: float) -> Paint:
    """`share` of the other paint stirred into the first."""
    r, g, b = (one + (two - one) * share for one, two in zip(paint, other, strict=True))
    return r, g, b


def paint_of(role: str, colour: str, night: bool) -> Paint:
    """What a part of a thing is painted with.

    Args:
        role: one of ROLES.
        colour: the thing's, one of COLOUR_NAMES.
        night: dims everything that does not glow by itself.
    """
    if role in FIXED:
        paint = FIXED[role]
    else:
        towards, share, share_of_white = _TOWARDS[role]
        share = share_of_white if colour == "white" else share
        paint = mixed(COLOURS[colour], towards, share)
    if night and role not in GLOWS:
        r, g, b = (channel * left for channel, left in zip(paint, MOONLIGHT, strict=True))
        return r, g, b
    return paint
