"""From which step on a reader is sure of each word of a caption: measured on the model's guesses.

The reader knows no caption. A word counts as seen where what the reader names has it, and leads
clearly over everything that has not, even if the picture is still a blur; it is sure from the
first step after which it stays seen to the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from core.data.pictures.owners import Holding
from core.data.pictures.reading.reader import LEAD_LIMIT
from core.data.pictures.reading.readings import Reading, Seen
from core.data.pictures.scenes import Item, Scene
from core.data.pictures.wording.lexemes import Mark, marks_of
from core.data.pictures.wording.understanding import understand
from core.languages import LANGS

Part = Literal["sky", "thing", "colour", "number", "place"]
_ABOUT_PLACE: Final = ("at", "of", "it")


@dataclass(frozen=True)
class CaptionWord:
    """One word of a caption that a picture can show.

    Args:
        text: as it is written.
        part: what it says something about.
        item: of a thing or colour: which of the scene's items; of a place: whose it is.
    """

    text: str
    part: Part
    item: int = 0


def caption_words(caption: str, holdings: Sequence[Holding] = ()) -> tuple[CaptionWord, ...]:
    """The words of a caption that a picture can show, in their order; none if not understood.

    Whose a thing is, no picture shows: owners are left out.
    """
    found = [(understand(caption, holdings, lang), lang) for lang in LANGS]
    meant, lang = min(found, key=lambda one: one[0].scene is None)
    if meant.scene is None:
        return ()
    marks = marks_of(caption, lang)
    return tuple(_words(marks, meant.scene, holdings))


def _words(marks: Sequence[Mark], scene: Scene, holdings: Sequence[Holding]) -> list[CaptionWord]:
    """One word for each mark that names a part of the scene."""
    named = {holding.name: holding.item.thing for holding in holdings if holding.name}
    things = [i for i, mark in enumerate(marks) if mark.kind in ("thing", "things", "name")]
    about: dict[int, int] = {}  # place among the marks -> item
    begun = 0
    for place in things:
        mark = marks[place]
        thing = named.get(mark.value, mark.value)
        colours = [each.value for each in marks[begun:place] if each.kind == "colour"]
        about[place] = _item_of(thing, colours, scene, set(about.values()))
        begun = place + 1
    found = []
    for i, mark in enumerate(marks):
        nearest = _nearest(i, mark, things)
        item = about.get(nearest, 0)
        part = _part(mark)
        if part:
            found.append(CaptionWord(mark.text, part, item))
    return found


def _part(mark: Mark) -> Part | None:
    if mark.kind in ("thing", "things", "name"):
        return "thing"
    if mark.kind == "number":
        return "number" if int(mark.value) > 1 else None
    if mark.kind in _ABOUT_PLACE:
        return "place"
    parts: dict[str, Part] = {"sky": "sky", "colour": "colour"}
    return parts.get(mark.kind)


def _nearest(i: int, mark: Mark, things: Sequence[int]) -> int:
    """The thing a mark belongs to: the next one, or else the last."""
    return next((place for place in things if place >= i), things[-1] if things else -1)


def _item_of(thing: str, colours: Sequence[str], scene: Scene, taken: set[int]) -> int:
    """Which of the scene's items is meant; two of one thing differ in their colour."""
    fits = [i for i, item in enumerate(scene.items) if item.thing == thing]
    told = [i for i in fits if scene.items[i].colour in colours and i not in taken]
    free = [i for i in fits if i not in taken]
    return (told or free or fits or [0])[0]


def is_seen(word: CaptionWord, reading: Reading, scene: Scene) -> bool:
    """Whether the reader sees in a picture what a word says."""
    wanted = scene.unowned()
    if word.part == "sky":
        return reading.night == wanted.night
    things = _at(reading, wanted)
    if word.part == "thing":
        return any(
            one.item.thing == item.thing and one.thing_lead >= LEAD_LIMIT
            for one, item in _about(word, reading, wanted)
        )
    if word.part == "colour":
        return any(
            one.item.colour == item.colour and one.colour_lead >= LEAD_LIMIT
            for one, item in _about(word, reading, wanted)
        )
    return things  # number and place: the arrangement


def _about(word: CaptionWord, reading: Reading, wanted: Scene) -> list[tuple[Seen, Item]]:
    """What stands where the word's item should stand; anything, if it is arranged otherwise."""
    item = wanted.items[min(word.item, len(wanted.items) - 1)]
    if len(reading.seen) == len(wanted.shown) and len(wanted.items) > 1:
        return [(reading.seen[word.item], item)]
    return [(one, item) for one in reading.seen]


def _at(reading: Reading, wanted: Scene) -> bool:
    """Whether as many things as wanted are arranged as wanted, all of them more than a blur."""
    shown = wanted.shown
    if len(reading.seen) != len(shown):
        return False
    axes = {"row": "beside"}
    if axes.get(reading.relation, reading.relation) != axes.get(wanted.relation, wanted.relation):
        return False
    return all(
        (one.item.thing == item.thing and one.thing_lead >= LEAD_LIMIT)
        or (one.item.colour == item.colour and one.colour_lead >= LEAD_LIMIT)
        for one, item in zip(reading.seen, shown, strict=True)
    )


def sure_from(
    words: Sequence[CaptionWord], readings: Sequence[Reading], scene: Scene
) -> tuple[int | None, ...]:
    """For each word the first step from which on the reader always sees it; None if never.

    Args:
        words: of the caption.
        readings: of the guesses, step by step, the finished picture last.
        scene: that the caption describes.
    """
    return tuple(_since([is_seen(word, reading, scene) for reading in readings]) for word in words)


def _since(seen: Sequence[bool]) -> int | None:
    """The place after the last False; None if that is the last."""
    last = max((i for i, yes in enumerate(seen) if not yes), default=-1)
    return last + 1 if last + 1 < len(seen) else None
