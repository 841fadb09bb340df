"""From a visitor's caption back to its scene, or to the reason why it was not understood.

The order of the parts is free and small mistakes in endings do no harm, but nothing is guessed
that would change the picture: a caption that denies something, counts too far, leaves the place
of a second thing open or holds an unknown word is not understood, and says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.data.pictures.owners import Holding
from core.data.pictures.scenes import LARGEST_NUMBER, Item, Scene, beside
from core.data.pictures.wording.lexemes import Mark, marks_of
from core.languages import LANGS

PROBLEMS: Final = (
    "empty",  # no words at all
    "unknown_words",  # words we do not know; `words` holds them
    "negation",  # what is not there cannot be drawn
    "number",  # 0, more than three, or "many"
    "no_number",  # a plural without a number
    "no_thing",  # nothing that we can draw
    "too_many_things",  # more than two, or several of one thing beside another
    "no_colour",  # a thing without a colour, or a colour without a thing
    "two_colours",  # a thing with more than one
    "no_place",  # two things, but not where
    "place_alone",  # a place, but only one thing
    "contradiction",  # day and night, or two places that cannot both be
    "not_owned",  # nobody of that name owns such a thing in this town
)
_FIRST: Final = {"left": ("beside", 0), "right": ("beside", 1),
                 "top": ("above", 0), "bottom": ("above", 1)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a caption means; exactly one of `scene` and `problem` is given.

    Args:
        scene: what it describes.
        problem: one of PROBLEMS.
        words: the words the problem is about.
        assumed: what it left open and was filled in: "sky" becomes day.
    """

    scene: Scene | None
    problem: str = ""
    words: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()


class _Puzzled(Exception):
    """Stops at the first problem."""

    def __init__(self, problem: str, *words: str) -> None:
        super().__init__(problem)
        self.problem, self.words = problem, words


@dataclass(slots=True)
class _Found:
    """A thing being put together from its words."""

    thing: str = ""
    colour: str = ""
    number: int = 0  # 0: not said
    plural: bool = False
    owner: str = ""
    name: str = ""


def understand(text: str, holdings: Sequence[Holding] = (), lang: str = "") -> Understanding:
    """The scene that a caption describes.

    Args:
        text: one caption in German or English.
        holdings: what is owned in the town; gives "Mrs Haller's teapot" its colour.
        lang: one of LANGS; empty: whichever fits better.
    """
    best: Understanding | None = None
    for tried in (lang,) if lang else LANGS:
        found = _understood(text, holdings, tried)
        if best is None or _rank(found) < _rank(best):
            best = found
    assert best is not None
    return best


def _rank(found: Understanding) -> tuple[bool, bool, int]:
    unknown = found.problem == "unknown_words"
    return found.scene is None, unknown, len(found.words) if unknown else 0


def _understood(text: str, holdings: Sequence[Holding], lang: str) -> Understanding:
    marks = marks_of(text, lang)
    try:
        _refuse(marks)
        night, marks = _sky(marks)
        things, order = _things(marks, holdings)
        scene = _scene(things, order, bool(night))
    except _Puzzled as puzzled:
        return Understanding(None, puzzled.problem, puzzled.words)
    return Understanding(scene, assumed=("sky",) if night is None else ())


def _refuse(marks: Sequence[Mark]) -> None:
    """Stop where a word alone already shows that the caption is not understood."""
    if not any(mark.kind != "stop" for mark in marks):
        raise _Puzzled("empty")
    for kind, problem in (("no", "negation"), ("unknown", "unknown_words")):
        if words := tuple(mark.text for mark in marks if mark.kind == kind):
            raise _Puzzled(problem, *words)
    for mark in marks:
        if mark.kind == "number" and not 1 <= int(mark.value) <= LARGEST_NUMBER:
            raise _Puzzled("number", mark.text)


def _sky(marks: Sequence[Mark]) -> tuple[bool | None, list[Mark]]:
    """Whether it is night, None if the caption does not say; and the other marks."""
    said = {mark.value for mark in marks if mark.kind == "sky"}
    if len(said) > 1:
        raise _Puzzled("contradiction", *(mark.text for mark in marks if mark.kind == "sky"))
    rest = [mark for mark in marks if mark.kind != "sky"]
    return (said == {"night"} if said else None), rest


def _things(
    marks: Sequence[Mark], holdings: Sequence[Holding]
) -> tuple[list[tuple[Item, int]], list[tuple[Mark, int, bool]]]:
    """The things with their numbers, and each place's mark.

    A place comes with the number of things before it, and whether a comma parts it from them.
    """
    found: list[_Found] = []
    places: list[tuple[Mark, int, bool]] = []
    now, stopped, predicated = _Found(), False, False
    for mark in marks:
        if mark.kind in ("of", "at", "it"):
            places.append((mark, len(found), stopped))
        elif mark.kind == "stop":
            stopped = True
        elif mark.kind == "is":
            predicated = bool(found) and now == _Found()
        elif mark.kind == "number":
            now.number = int(mark.value)
        elif mark.kind == "colour" and predicated and now == _Found() and not found[-1].colour:
            found[-1].colour, predicated = mark.value, False  # "the teapot is red"
        elif mark.kind == "colour":
            if now.colour:
                raise _Puzzled("two_colours", mark.text)
            now.colour = mark.value
        elif mark.kind == "of_owner" and found and now == _Found():
            found[-1].owner = mark.value  # "the cat of Nora"
        elif mark.kind in ("owner", "of_owner"):
            now.owner = mark.value
        elif mark.kind == "name":
            _name(mark, found, now, holdings)
            now = _Found()
        else:
            now.thing, now.plural = mark.value, mark.kind == "things"
            if not _renamed(now, found, holdings):
                found.append(now)
            now, stopped, predicated = _Found(), False, False
    if now.colour or now.owner:
        raise _Puzzled("no_thing" if not found else "no_colour", now.colour or now.owner)
    return [_item(thing, holdings) for thing in found], places


def _name(mark: Mark, found: list[_Found], now: _Found, holdings: Sequence[Holding]) -> None:
    """A pet's name: the thing just named, or a thing by itself."""
    for holding in holdings:
        if holding.name == mark.value:
            item = holding.item
            last = found[-1] if found and now == _Found() else None
            if last and last.thing == item.thing and last.owner in ("", item.owner):
                last.owner, last.name = item.owner, mark.value
            else:
                found.append(_Found(item.thing, item.colour, 1, False, item.owner, mark.value))
            return
    raise _Puzzled("not_owned", mark.text)


def _renamed(now: _Found, found: list[_Found], holdings: Sequence[Holding]) -> bool:
    """Whether the thing is the pet just named, as in "Kasimir, Nora's pony"."""
    last = found[-1] if found else None
    return bool(last and last.name and (last.thing, last.owner) == (now.thing, now.owner))


def _item(found: _Found, holdings: Sequence[Holding]) -> tuple[Item, int]:
    """A thing with all it needs, and its number."""
    if not found.number and found.plural:
        raise _Puzzled("no_number", found.thing)
    colour = found.colour
    if found.owner:
        owned = [
            h.item for h in holdings if (h.item.thing, h.item.owner) == (found.thing, found.owner)
        ]
        if not owned:
            raise _Puzzled("not_owned", found.owner, found.thing)
        colour = colour or owned[0].colour
    if not colour:
        raise _Puzzled("no_colour", found.thing)
    return Item(found.thing, colour, found.owner), max(1, found.number)


def _scene(
    things: Sequence[tuple[Item, int]], places: Sequence[tuple[Mark, int, bool]], night: bool
) -> Scene:
    """The scene of one or two things and the places told."""
    if not things:
        raise _Puzzled("no_thing")
    if len(things) > 2:
        raise _Puzzled("too_many_things", *(item.thing for item, _ in things))
    (item, number), *others = things
    if not others:
        if places:
            raise _Puzzled("place_alone", *(mark.text for mark, _, _ in places))
        return Scene((item,), "alone" if number == 1 else "row", number, night)
    if number > 1 or others[0][1] > 1:
        raise _Puzzled("too_many_things", item.thing, others[0][0].thing)
    relation, first = _order(places)
    pair = (item, others[0][0]) if first == 0 else (others[0][0], item)
    return beside(*pair, night) if relation == "beside" else Scene(pair, "above", 1, night)


def _order(places: Sequence[tuple[Mark, int, bool]]) -> tuple[str, int]:
    """The relation of two things, and which of them is the left or upper one."""
    told: set[tuple[str, int]] = set()
    at = [place for place in places if place[0].kind == "at"]
    for mark, n_before, stopped in places:
        relation, first = _FIRST[mark.value]
        if mark.kind == "of":  # "X left of Y", or "left of Y is X"
            if n_before == 2:
                raise _Puzzled("no_place", mark.text)
            about = 0 if n_before == 1 else 1
        elif mark.kind == "it":  # "X, left of it Y": about the second thing
            if n_before == 0:
                raise _Puzzled("no_place", mark.text)
            about = 1
        elif len(at) == 2:  # the first place is the first thing's, in whatever order they come
            about = at.index((mark, n_before, stopped))
        elif len(at) > 2:
            raise _Puzzled("contradiction", *(place.text for place, _, _ in at))
        else:
            about = 0 if n_before == 0 else 1 if n_before == 2 else int(stopped)
        told.add((relation, (first + about) % 2))
    if not told:
        raise _Puzzled("no_place")
    if len(told) > 1:
        raise _Puzzled("contradiction", *(mark.text for mark, _, _ in places))
    return told.pop()
