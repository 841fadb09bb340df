"""Scenes by chance: the same from the same seed on every machine."""

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from core.data.pictures.collecting.settings import SKEWED, PictureSettings
from core.data.pictures.drawing.palette import COLOUR_NAMES
from core.data.pictures.drawing.things import PLAIN_THINGS
from core.data.pictures.owners import Holding, town_holdings
from core.data.pictures.scenes import LARGEST_NUMBER, Item, Scene, beside

T = TypeVar("T")


def one_of(items: Sequence[T], random: Random) -> T:
    """One of the items, evenly; uses only `random.random()`, the same on any platform."""
    return items[int(random.random() * len(items))]


def draw_scene(settings: PictureSettings, random: Random) -> Scene:
    """A scene as the settings wish; it contains no pair of thing and colour that is held out."""

    def item() -> Item:
        thing = one_of(PLAIN_THINGS, random)
        if thing == SKEWED[0] and random.random() < settings.colour_skew:
            return Item(*SKEWED)
        return Item(thing, one_of(settings.colours_of(thing), random))

    night = random.random() < settings.night_share
    kind = random.random()
    if kind < settings.count_share:
        return _some(item(), random, night)
    if kind < settings.count_share + settings.fact_share:
        owned = _drawable(settings)
        if owned:
            return _owned(one_of(owned, random).item, item, settings, random, night)
    return _pair(item(), item(), settings, random, night)


def draw_held_out_scene(settings: PictureSettings, random: Random) -> Scene:
    """A scene for an exam: one thing at least is a pair never drawn in training.

    Raises:
        ValueError: nothing is held out.
    """
    if not settings.held_out:
        raise ValueError("held_out is empty, so nothing is kept for an exam")
    night = random.random() < settings.night_share
    held = Item(*one_of(settings.held_out, random))
    if random.random() < settings.count_share:
        return _some(held, random, night)
    other = Item(one_of(PLAIN_THINGS, random), one_of(COLOUR_NAMES, random))
    pair = (held, other) if random.random() < 0.5 else (other, held)
    return _pair(*pair, settings, random, night)


def draw_any_scene(settings: PictureSettings, random: Random) -> Scene:
    """A scene with every pair allowed, held out or not: what a reader must be able to read."""
    if settings.held_out and random.random() < len(settings.held_out) / 60:
        return draw_held_out_scene(settings, random)
    return draw_scene(settings, random)


def _some(item: Item, random: Random, night: bool) -> Scene:
    """One, two or three of the same."""
    number = 1 + int(random.random() * LARGEST_NUMBER)
    return Scene((item,), "alone" if number == 1 else "row", number, night)


def _pair(one: Item, other: Item, settings: PictureSettings, random: Random, night: bool) -> Scene:
    """Two things, one above the other or side by side."""
    if random.random() < settings.above_share:
        return Scene((one, other), "above", 1, night)
    return beside(one, other, night)


def _drawable(settings: PictureSettings) -> list[Holding]:
    """What is owned in the town, without the pairs of thing and colour that are held out."""
    return [
        holding
        for holding in town_holdings(settings.town_seed)
        if (holding.item.thing, holding.item.colour) not in settings.held_out
    ]


def _owned(
    owned: Item,
    item: Callable[[], Item],
    settings: PictureSettings,
    random: Random,
    night: bool,
) -> Scene:
    """What somebody owns: alone, or, equally often, together with a plain thing."""
    if random.random() < 0.5:
        return Scene((owned,), "alone", 1, night)
    other = item()
    while other == owned.unowned():  # whose is whose could not be told
        other = item()
    pair = (owned, other) if random.random() < 0.5 else (other, owned)
    return _pair(*pair, settings, random, night)
