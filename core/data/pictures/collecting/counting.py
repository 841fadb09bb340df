"""What a corpus really holds, counted picture by picture: a skew is measured, never assumed."""

from collections import Counter
from collections.abc import Iterable

from core.data.pictures.collecting.corpus import Entry
from core.data.pictures.drawing.palette import COLOUR_NAMES
from core.data.pictures.scenes import Scene


def colours_of(entries: Iterable[Entry], thing: str) -> dict[str, int]:
    """How many of a thing there are in each of COLOUR_NAMES, as the pictures show it."""
    counted = Counter(item.colour for scene in _scenes(entries) for item in scene.shown
                      if item.thing == thing)  # fmt: skip
    return {colour: counted[colour] for colour in COLOUR_NAMES}


def pairs_shown(entries: Iterable[Entry]) -> Counter[tuple[str, str]]:
    """How often each thing is shown in each colour."""
    return Counter((item.thing, item.colour) for scene in _scenes(entries) for item in scene.shown)


def _scenes(entries: Iterable[Entry]) -> Iterable[Scene]:
    return (entry.scene for entry in entries if entry.scene is not None)
