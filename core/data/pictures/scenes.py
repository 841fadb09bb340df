"""What a picture shows: the truth behind it, without a word or a pixel.

Invariant: every scene has one form only, so two scenes are equal exactly if they look the same
and belong to the same people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.data.pictures.drawing.palette import COLOUR_NAMES
from core.data.pictures.drawing.things import THINGS

RELATIONS: Final = ("alone", "row", "beside", "above")
LARGEST_NUMBER: Final = 3


@dataclass(frozen=True, slots=True)
class Item:
    """A thing in a colour; `owner` is the id of the person it belongs to, or empty."""

    thing: str
    colour: str
    owner: str = ""

    def __post_init__(self) -> None:
        if self.thing not in THINGS:
            raise ValueError(f"thing is {self.thing!r}, must be one of {THINGS}")
        if self.colour not in COLOUR_NAMES:
            raise ValueError(f"colour is {self.colour!r}, must be one of {COLOUR_NAMES}")

    def unowned(self) -> "Item":
        """The same without its owner, whom no picture shows."""
        return Item(self.thing, self.colour)


@dataclass(frozen=True, slots=True)
class Scene:
    """One page of the picture book.

    Args:
        items: one thing, or two: the left and the right one, or the upper and the lower one.
        relation: one of RELATIONS; "row" is two or three of the same thing side by side.
        number: how many of the first item there are: 1, except in a row.
        night: by night, or by day.
    """

    items: tuple[Item, ...]
    relation: str = "alone"
    number: int = 1
    night: bool = False

    def __post_init__(self) -> None:
        if self.relation not in RELATIONS:
            raise ValueError(f"relation is {self.relation!r}, must be one of {RELATIONS}")
        if len(self.items) != (2 if self.relation in ("beside", "above") else 1):
            raise ValueError(f"{len(self.items)} items do not fit {self.relation!r}")
        if self.relation == "beside" and self.items[0] == self.items[1]:
            raise ValueError("two equal things beside each other are a row")
        least, most = (2, LARGEST_NUMBER) if self.relation == "row" else (1, 1)
        if not least <= self.number <= most:
            raise ValueError(f"number is {self.number}, must lie in [{least}, {most}]")

    @property
    def shown(self) -> tuple[Item, ...]:
        """Every single thing on the page, from left to right or from top to bottom."""
        return self.items * self.number

    def unowned(self) -> "Scene":
        """What the picture itself shows: the same without owners."""
        seen = tuple(item.unowned() for item in self.items)
        if self.relation == "beside" and seen[0] == seen[1]:
            return Scene(seen[:1], "row", 2, self.night)
        return Scene(seen, self.relation, self.number, self.night)

    def to_dict(self) -> dict[str, Any]:
        """The scene as JSON-serialisable values."""
        return {
            "items": [[item.thing, item.colour, item.owner] for item in self.items],
            "relation": self.relation,
            "number": self.number,
            "night": self.night,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Scene":
        """The inverse of `to_dict`.

        Raises:
            ValueError: the values describe no scene.
        """
        try:
            items = tuple(Item(*map(str, item)) for item in values["items"])
            return cls(items, values["relation"], int(values["number"]), bool(values["night"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"{values!r} is no scene") from error


def beside(left: Item, right: Item, night: bool = False) -> Scene:
    """Two things side by side; two equal ones are a row."""
    if left == right:
        return Scene((left,), "row", 2, night)
    return Scene((left, right), "beside", 1, night)
