"""What the reader saw in a picture, and how far that agrees with a scene."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.data.pictures.scenes import Item, Scene, beside

REASONS: Final = (
    "sky",  # neither the sky by day nor the one by night
    "empty",  # a sky, but no thing in front of it
    "arrangement",  # two arrangements explain the picture about equally well
    "thing",  # no drawing of ours fits what stands there
    "doubt",  # two drawings fit about equally well
    "rest",  # the things are clear, but something else is there too
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing in a picture.

    Args:
        item: thing and colour that fit best.
        x, foot: where the middle of its foot is, as shares of the picture's side.
        lead: how much better it fits than any other thing or colour: 1, the picture is exactly
            this drawing; 0, it lies halfway to the next one.
        misfit: mean difference from the drawing, in grey levels, blurred over 4 x 4 pixels.
        sure: lead and misfit are good enough.
        thing_lead, colour_lead: the lead over everything that is another thing, or has another
            colour: a blur may be clearly red before it is clearly an apple.
    """

    item: Item
    x: float
    foot: float
    lead: float
    misfit: float
    sure: bool
    thing_lead: float = 0.0
    colour_lead: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What is in a picture; `reason` says why the whole cannot be read, or is empty.

    Args:
        night: None if the sky is neither.
        relation: as in a scene; empty without a sky.
        seen: every thing, from left to right or from top to bottom, even if unsure.
        rest: mean difference from the page outside the things, in grey levels, likewise blurred.
        reason: one of REASONS, or empty.
    """

    night: bool | None
    relation: str = ""
    seen: tuple[Seen, ...] = ()
    rest: float = 0.0
    reason: str = ""

    @property
    def scene(self) -> Scene | None:
        """The whole scene, or None if it cannot be read."""
        if self.reason or self.night is None:
            return None
        items = tuple(seen.item for seen in self.seen)
        if self.relation == "beside":
            return beside(items[0], items[1], self.night)
        if self.relation == "row":
            return Scene(items[:1], "row", len(items), self.night)
        return Scene(items, self.relation, 1, self.night)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a reading agrees with a scene; every part counts only what was read for sure.

    Args:
        sky: day or night.
        number: how many things there are.
        things: share of the scene's things that are there, in whatever colour and place.
        colours: share of its colours that are there, on whatever thing.
        pairs: share of its things that are there in their own colour.
        place: all things are there, each where it belongs.
        whole: all of it.
    """

    sky: bool
    number: bool
    things: float
    colours: float
    pairs: float
    place: bool
    whole: bool


def compare(reading: Reading, scene: Scene) -> Agreement:
    """Which parts of a scene a picture shows.

    Args:
        reading: of the picture; may be partly or wholly unreadable.
        scene: what it should show; whose things they are, no picture tells.
    """
    wanted = scene.unowned()
    shown = wanted.shown
    sure = [seen.item for seen in reading.seen if seen.sure]
    arranged = bool(reading.seen) and len(sure) == len(reading.seen)
    return Agreement(
        sky=reading.night == wanted.night,
        number=arranged and len(sure) == len(shown),
        things=_share([i.thing for i in shown], [i.thing for i in sure]),
        colours=_share([i.colour for i in shown], [i.colour for i in sure]),
        pairs=_share([(i.thing, i.colour) for i in shown], [(i.thing, i.colour) for i in sure]),
        place=arranged
        and _axis(reading.relation) == _axis(wanted.relation)
        and [i.thing for i in sure] == [i.thing for i in shown],
        whole=reading.scene == wanted,
    )


def _axis(relation: str) -> str:
    """Two equal things beside each other are arranged like two different ones."""
    return "beside" if relation == "row" else relation


def _share(wanted: Sequence[object], found: Sequence[object]) -> float:
    """Share of the wanted that was found; what is there too often lowers it as well."""
    common = (Counter(wanted) & Counter(found)).total()
    return common / max(len(wanted), len(found))
