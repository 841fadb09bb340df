"""One thing about a scene exchanged, and said in the same words otherwise."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Final

from core.data.pictures.drawing.palette import COLOUR_NAMES
from core.data.pictures.drawing.things import PLAIN_THINGS
from core.data.pictures.scenes import LARGEST_NUMBER, Item, Scene
from core.data.pictures.wording.captions import captions
from core.data.pictures.wording.suggesting import plainest
from core.data.pictures.wording.words import NUMBERS, colour_words, nouns

SWAP: Final = "<>"  # what stands instead of a place: the other one
_N_WORDINGS: Final = 200  # tried to find the one that was given


def exchanged(scene: Scene, part: str, item: int, lang: str) -> Mapping[str, Scene]:
    """All scenes that differ from one in one part only, by what stands there instead.

    Args:
        scene: whose owners do not count.
        part: "sky", "thing", "colour", "number" or "place".
        item: of a thing or colour: which of the scene's items.
        lang: of the names.
    """
    scene = scene.unowned()
    if part == "sky":
        said = {("de", True): "Nacht", ("de", False): "Tag",
                ("en", True): "night", ("en", False): "day"}  # fmt: skip
        return {said[lang, not scene.night]: replace(scene, night=not scene.night)}
    if part == "number":
        if scene.relation != "row":
            return {}
        others = [n for n in range(2, LARGEST_NUMBER + 1) if n != scene.number]
        return {NUMBERS[lang][n]: replace(scene, number=n) for n in others}
    if part == "place":
        if len(scene.items) < 2:
            return {}
        return {SWAP: replace(scene, items=scene.items[::-1])}
    names = {thing: noun.de if lang == "de" else noun.en for thing, noun in nouns().items()}
    found: dict[str, Scene] = {}
    now = scene.items[min(item, len(scene.items) - 1)]
    if part == "colour":
        options = {colour_words(lang)[c]: Item(now.thing, c) for c in COLOUR_NAMES}
    else:
        options = {names[thing]: Item(thing, now.colour) for thing in PLAIN_THINGS}
    for name, other in options.items():
        items = tuple(other if n == item else each for n, each in enumerate(scene.items))
        if other != now and len(set(items)) == len(items):
            found[name] = replace(scene, items=items)
    return found


def said_alike(
    scene: Scene, caption: str, other: Scene, lang: str, town_seed: int = 1
) -> tuple[str, str]:
    """A caption and another scene in the same wording; both plain where that is not the book's."""
    say = captions(lang, town_seed)
    for k in range(_N_WORDINGS):
        if say.caption(scene, Random(k)).casefold() == caption.strip().casefold():
            return caption, say.caption(other, Random(k))
    scene, other = scene.unowned(), other.unowned()
    if scene.relation == other.relation:
        for k in range(_N_WORDINGS):
            one, two = say.caption(scene, Random(k)), say.caption(other, Random(k))
            if ":" not in one and len(one.split()) == len(two.split()):
                return one, two
    return plainest(scene, lang, town_seed), plainest(other, lang, town_seed)
