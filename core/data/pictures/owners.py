"""What the people of the town own, as far as it can be drawn.

A belonging's colour is a fact of the town. No text tells a pet's colour: it is fixed by owner,
kind and name, and only pictures show it. Left out is whatever is black, brown or grey, for which
the book has no paint, and every fact that the town leaves out of its texts.
"""

from dataclasses import dataclass
from functools import cache
from zlib import crc32

from core.data.pictures.drawing.palette import COLOUR_NAMES
from core.data.pictures.scenes import Item
from core.data.world import Town, WorldSettings, draw_town, lexicon


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing somebody owns; `name` is the pet's, or empty."""

    item: Item
    name: str = ""


def holdings_of(town: Town) -> tuple[Holding, ...]:
    """Everything in the town that is owned and can be drawn, in the order of its people."""
    found: list[Holding] = []
    for person in lexicon.people():
        for thing, colour in town.tellable(person.id, "belonging"):
            if colour in COLOUR_NAMES:
                found.append(Holding(Item(thing, colour, person.id)))
        for kind, name in town.tellable(person.id, "pet"):
            found.append(Holding(Item(kind, coat_of(person.id, kind, name), person.id), name))
    return tuple(found)


def coat_of(owner: str, kind: str, name: str) -> str:
    """A pet's colour: of the book's six, the same in every picture."""
    return COLOUR_NAMES[crc32(f"{owner}/{kind}/{name}".encode()) % len(COLOUR_NAMES)]


@cache
def town_holdings(town_seed: int) -> tuple[Holding, ...]:
    """The holdings of the town drawn from a seed."""
    return holdings_of(draw_town(WorldSettings(seed=town_seed)))
