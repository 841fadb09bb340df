"""The finished picture is read and held against its caption, word by word.

Invariant: a word counts as kept or broken only where the reader is sure; where it is not, the word
is unreadable. What no picture can tell, such as whose teapot it is, is said to be not shown.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from core.data.pictures import (
    Agreement,
    Holding,
    Item,
    Pixels,
    Reading,
    Scene,
    compare,
    read,
)
from core.data.pictures.wording.lexemes import Mark, marks_of
from core.postprocessing.pictures.prompt_filter import Wish, judged

Outcome = Literal["kept", "broken", "unreadable", "not_shown"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("kept", "broken", "unreadable", "not_shown")

ASPECTS: Final = {
    **{"thing": "thing", "things": "thing", "colour": "colour", "number": "number"},
    **{"of": "place", "at": "place", "it": "place", "sky": "sky"},
    **{"owner": "owner", "of_owner": "owner", "name": "owner"},
}
"""Kind of a word -> the part of the picture that it is about."""


@dataclass(frozen=True)
class Word:
    """One word of a caption, or a few that belong together, and what became of it.

    Args:
        start, end: its characters in the caption.
        aspect: "thing", "colour", "number", "place", "sky" or "owner".
        outcome: one of OUTCOMES.
    """

    start: int
    end: int
    aspect: str
    outcome: Outcome


@dataclass(frozen=True)
class CaptionCheck:
    """A picture held against its caption.

    Args:
        caption: what was asked for.
        wanted: the scene it describes; None where the book does not understand it, and then no
            word is judged.
        reading: what the reader saw.
        agreement: how far both agree, part by part; None without a wanted scene.
        words: from left to right; words that carry nothing, such as "und", are not among them.
    """

    caption: str
    wanted: Scene | None
    reading: Reading
    agreement: Agreement | None
    words: tuple[Word, ...]

    @property
    def whole(self) -> bool:
        """Whether the picture shows the whole scene."""
        return self.agreement is not None and self.agreement.whole

    @property
    def counts(self) -> dict[str, int]:
        """Outcome -> number of words."""
        found = Counter(word.outcome for word in self.words)
        return {outcome: found[outcome] for outcome in OUTCOMES}


def check(picture: Pixels, wish: Wish) -> CaptionCheck:
    """Read a picture and hold it against the wish it was drawn for.

    Args:
        picture: (S, S, 3) as it was drawn, before it is enlarged; S as the reader knows it.
        wish: the caption, judged.
    """
    reading = read(picture)
    wanted = wish.understanding.scene
    if wanted is None:
        return CaptionCheck(wish.text, None, reading, None, ())
    wanted = wanted.unowned()
    words = _words(wish.text, marks_of(wish.text, wish.lang), wanted, reading)
    return CaptionCheck(wish.text, wanted, reading, compare(reading, wanted), tuple(words))


def check_caption(
    picture: Pixels, caption: str, holdings: Sequence[Holding] = (), lang: str = ""
) -> CaptionCheck:
    """The same for a caption that nobody has judged yet."""
    return check(picture, judged(caption, holdings, lang, house_rule=False))


def _words(text: str, marks: Sequence[Mark], wanted: Scene, reading: Reading) -> list[Word]:
    """The outcome of every word that is about something."""
    judge = _Judge(wanted, reading)
    mentioned = _mentions(marks, wanted)
    found: list[Word] = []
    done = 0
    for mark, item in zip(marks, mentioned, strict=True):
        start, end = _span(text, mark.text, done)
        done = end
        aspect = ASPECTS.get(mark.kind)
        if aspect is not None:
            found.append(Word(start, end, aspect, judge.outcome(aspect, item)))
    return found


def _span(text: str, words: str, begin: int) -> tuple[int, int]:
    """Where some words stand in a text, at or after a place; white space may be any."""
    pieces = r"\s*".join(re.escape(piece) for piece in words.split(" "))
    found = re.compile(rf"(?<![^\W_]){pieces}(?![^\W_])").search(text, begin)
    return found.span() if found else (begin, begin)


def _mentions(marks: Sequence[Mark], wanted: Scene) -> list[Item | None]:
    """For each mark the item of the scene that it is about; None for place, sky and the like.

    A colour belongs to the next thing, or, after "is", to the one before.
    """
    of: list[Item | None] = [None] * len(marks)
    left = list(wanted.items)
    waiting: list[int] = []
    predicated = False
    last: Item | None = None
    for i, mark in enumerate(marks):
        if mark.kind == "is":
            predicated = last is not None and not waiting
        elif mark.kind == "colour" and predicated:
            of[i], predicated = last, False
        elif mark.kind in ("colour", "number"):
            waiting.append(i)
        elif mark.kind in ("thing", "things"):
            colours = {marks[k].value for k in waiting if marks[k].kind == "colour"}
            last = _item(left, mark.value, colours) or last
            for k in (*waiting, i):
                of[k] = last
            waiting, predicated = [], False
    return of


def _item(left: list[Item], thing: str, colours: set[str]) -> Item | None:
    """The item of this name among those not mentioned yet, in this colour if one is said."""
    for item in left:
        if item.thing == thing and (not colours or item.colour in colours):
            left.remove(item)
            return item
    return None


class _Judge:
    """What became of each aspect of a scene in a picture."""

    def __init__(self, wanted: Scene, reading: Reading) -> None:
        self._wanted, self._reading = wanted, reading
        self._sure = [seen.item for seen in reading.seen if seen.sure]
        self._all_sure = bool(reading.seen) and len(self._sure) == len(reading.seen)
        self._agreement = compare(reading, wanted)

    def outcome(self, aspect: str, item: Item | None) -> Outcome:
        """The outcome for a word about this aspect, of this item where it is about one."""
        if aspect == "owner":
            return "not_shown"
        if aspect == "sky":
            if self._reading.night is None:
                return "unreadable"
            return "kept" if self._agreement.sky else "broken"
        if aspect == "thing" and item is not None:
            return self._kept(self._n_seen(item.thing) >= self._n_wanted(item.thing))
        if aspect == "colour" and item is not None:
            return self._kept(self._sure.count(item) >= self._wanted.items.count(item))
        return self._kept(self._agreement.number if aspect == "number" else self._agreement.place)

    def _kept(self, there: bool) -> Outcome:
        """What is not there is broken only if everything that is there was read for sure."""
        return "kept" if there else "broken" if self._all_sure else "unreadable"

    def _n_seen(self, thing: str) -> int:
        return sum(item.thing == thing for item in self._sure)

    def _n_wanted(self, thing: str) -> int:
        """Not counting a row: how many stand in it is the number's affair."""
        return sum(item.thing == thing for item in self._wanted.items)
