"""Captions close to one that was not understood: what is missing filled in, in two ways.

Nothing is hidden in them: the visitor reads what was filled in and picks one, or neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random
from typing import Final

from core.data.pictures.collecting.settings import HELD_OUT
from core.data.pictures.drawing.palette import COLOUR_NAMES
from core.data.pictures.drawing.things import PLAIN_THINGS
from core.data.pictures.owners import Holding
from core.data.pictures.scenes import LARGEST_NUMBER, Item, Scene, beside
from core.data.pictures.wording.captions import captions
from core.data.pictures.wording.lexemes import Mark, marks_of
from core.data.pictures.wording.understanding import understand

_PLAINEST_OF: Final = 12  # wordings tried for a scene


@dataclass(frozen=True)
class _Part:
    """A thing of a caption as far as it was said."""

    thing: str
    colour: str = ""
    number: int = 1


def suggested(text: str, lang: str, town_seed: int = 1) -> tuple[str, ...]:
    """Two captions near a text that was not understood, as the book would say them.

    Args:
        text: one caption.
        lang: one of LANGS: of the text, and of what is suggested.
        town_seed: whose town's facts tell what is owned.
    """
    scenes = _scenes(marks_of(text, lang))
    return tuple(dict.fromkeys(plainest(scene, lang, town_seed) for scene in scenes))[:2]


@lru_cache(maxsize=1024)
def plainest(scene: Scene, lang: str, town_seed: int = 1) -> str:
    """The shortest of a few wordings for a scene."""
    say = captions(lang, town_seed)
    wordings = [say.caption(scene, Random(k)) for k in range(_PLAINEST_OF)]
    return min(wordings, key=lambda one: (":" in one, len(one), one))


def language_of(text: str, languages: Sequence[str], holdings: Sequence[Holding] = ()) -> str:
    """The language in which a caption is understood best; the first of equals."""

    def unknown(lang: str) -> tuple[bool, int]:
        marks = marks_of(text, lang)
        not_understood = understand(text, holdings, lang).scene is None
        return not_understood, sum(mark.kind == "unknown" for mark in marks)

    return min(languages, key=unknown)


def _scenes(marks: Sequence[Mark]) -> list[Scene]:
    """What could be meant, the likeliest first; never fewer than two."""
    night = any(mark.value == "night" for mark in marks if mark.kind == "sky")
    parts, above = _parts(marks), _is_above(marks)
    if not parts:
        colour = next((mark.value for mark in marks if mark.kind == "colour"), "")
        parts = [_Part(thing, colour) for thing in ("cat", "house")][: 1 if colour else 2]
    first = _filled(parts[0], 0)
    if len(parts) > 1:
        second = _filled(parts[1], 1)
        if (first.thing, first.colour) == (second.thing, second.colour):
            second = replace(second, colour=_colours(second.thing, 2)[1])
        pair = (Item(first.thing, first.colour), Item(second.thing, second.colour))
        two = [beside(*pair, night), Scene(pair, "above", 1, night)]
        return two[::-1] if above else two
    colours = [first.colour] if parts[0].colour else _colours(first.thing, 2)
    scenes = [_alone(first.thing, colour, first.number, night) for colour in colours]
    other = first.number - 1 if first.number > 1 else 2
    return [*scenes, _alone(first.thing, first.colour, other, night),
            _alone(first.thing, first.colour, first.number, not night)]  # fmt: skip


def _parts(marks: Sequence[Mark]) -> list[_Part]:
    """The first two things that are wanted, without what is denied."""
    found: list[_Part] = []
    colour, number, denied = "", 1, False
    for mark in marks:
        if mark.kind == "no":
            denied = True
        elif mark.kind == "colour" and not colour:
            colour = mark.value
        elif mark.kind == "number":
            number = min(max(int(mark.value), 1), LARGEST_NUMBER)
        elif mark.kind in ("thing", "things"):
            if mark.kind == "things" and number == 1:
                number = 2
            if not denied:
                found.append(_Part(mark.value, colour, number))
            colour, number, denied = "", 1, False
        elif mark.kind == "stop":
            denied = False
    return found[:2]


def _is_above(marks: Sequence[Mark]) -> bool:
    places = [mark.value for mark in marks if mark.kind in ("of", "at", "it")]
    return any(place in ("top", "bottom") for place in places)


def _filled(part: _Part, place: int) -> _Part:
    """The same with a colour."""
    return part if part.colour else replace(part, colour=_colours(part.thing, 2)[place])


def _colours(thing: str, n: int) -> list[str]:
    """The first colours in which the book shows a thing."""
    shown = [colour for colour in COLOUR_NAMES if (thing, colour) not in HELD_OUT]
    return shown[:n] if thing in PLAIN_THINGS else list(COLOUR_NAMES[:n])


def _alone(thing: str, colour: str, number: int, night: bool) -> Scene:
    item = (Item(thing, colour),)
    return Scene(item, "alone", 1, night) if number == 1 else Scene(item, "row", number, night)
