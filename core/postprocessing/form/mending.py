"""Broken JSON, mended: a few repairs that a reader can follow, each with its place and its name.

Invariant: nothing is invented. A repair adds or removes marks (quotes, commas, brackets, what
stands around the JSON) or an unfinished end; it never makes up a name or a value. Where that does
not suffice, the text stays as it is and the place is told.

Nor is a guess made: a bare word beside a string may be a piece of it, cut off by a quotation mark
within ("samsung 32" display"), and a comma between them would make two values of one.
"""

import re
from dataclasses import dataclass
from typing import Final

MAX_DEPTH: Final = 64  # brackets within brackets; deeper ones are left alone

CLOSING: Final = {'"': '"', "'": "'", "„": "“”", "“": "”“", "”": "”", "»": "«", "«": "»"}
"""What begins a string, rightly or not -> what may end it."""
WORDS: Final = {"True": "true", "False": "false", "None": "null", "undefined": "null"}
NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
BARE: Final = re.compile(r"[^\s,:{}\[\]\"]+")
_ENDS: Final = frozenset("\"'“”«»")
_KEY: Final = re.compile(r"(?:[\w-]{1,64}|[\"'„“”»][^\"'“”«»\n]{0,200}[\"'“”«»])\s{0,20}:")
CONTROL: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


@dataclass(frozen=True)
class Repair:
    """One place that was mended.

    Args:
        start, end: characters of the text as it came.
        rule: "around" (text beside the JSON removed), "quote" (another quotation mark replaced),
            "bare" (a word without quotation marks), "comma_missing", "comma_extra", "word" (True
            for true), "control" (a line break within a string), "closed" (an end added), "cut" (an
            unfinished pair at the end removed).
        replacement: what stands there now.
    """

    start: int
    end: int
    rule: str
    replacement: str


class Unmendable(Exception):
    """The repairs do not suffice; `place` is where they ended."""

    def __init__(self, place: int) -> None:
        super().__init__(f"no JSON at character {place}")
        self.place = place


def mend(text: str) -> list[Repair]:
    """The repairs that make JSON of a text, from left to right and without overlaps.

    Args:
        text: what a model wrote; objects and lists are looked for, not single words or numbers.

    Raises:
        Unmendable: the repairs do not suffice.
    """
    found = re.search(r"[{\[]", text)
    if found is None:
        raise Unmendable(0)
    mender = _Mender(text, found.start())
    mender.value(0)
    repairs = mender.repairs
    if text[: found.start()].strip():
        repairs.insert(0, Repair(0, found.start(), "around", ""))
    if text[mender.place :].strip():
        repairs.append(Repair(mender.place, len(text), "around", ""))
    return repairs


class _Mender:
    """Reads a text as JSON would be read, and notes what it had to overlook."""

    def __init__(self, text: str, place: int) -> None:
        self.text, self.place = text, place
        self.repairs: list[Repair] = []

    def value(self, depth: int) -> None:
        """Any JSON value."""
        if depth > MAX_DEPTH:
            raise Unmendable(self.place)
        sign = self._next()
        if sign == "{":
            self._items("}", depth)
        elif sign == "[":
            self._items("]", depth)
        elif sign in CLOSING and sign:
            self._string()
        else:
            self._word()

    def _next(self) -> str:
        """The next sign that is no white space; empty at the end."""
        while self.place < len(self.text) and self.text[self.place].isspace():
            self.place += 1
        return self.text[self.place : self.place + 1]

    def _note(self, rule: str, replacement: str, start: int, end: int | None = None) -> None:
        end = start if end is None else end
        self.repairs.append(Repair(start, end, rule, replacement))

    def _items(self, end: str, depth: int) -> None:
        """What stands between two brackets."""
        self.place += 1
        kept_to = self.place  # up to here everything is complete
        n_repairs = len(self.repairs)
        while (sign := self._next()) != end:
            try:
                if not sign:
                    raise Unmendable(self.place)
                self._item(end, depth)
            except Unmendable:
                if self._next():  # in the middle of the text: nothing to be done
                    raise
                del self.repairs[n_repairs:]
                self._close(kept_to, end)
                return
            kept_to, n_repairs = self.place, len(self.repairs)
            if not self._separator(end):
                return
        self.place += 1

    def _item(self, end: str, depth: int) -> None:
        if end == "}":
            self._key()
            if self._next() != ":":
                raise Unmendable(self.place)
            self.place += 1
        if not self._next():
            raise Unmendable(self.place)
        self.value(depth + 1)

    def _separator(self, end: str) -> bool:
        """Between two items; False if the text ended here and the bracket was closed."""
        place = self.place
        sign = self._next()
        if not sign:
            self._close(place, end)
            return False
        if sign == ",":
            comma = self.place
            self.place += 1
            if self._next() == end:
                self._note("comma_extra", "", comma, comma + 1)
        elif sign in "}]" and sign != end:
            raise Unmendable(self.place)
        elif sign != end:
            self._refuse_pieces(place)
            self._note("comma_missing", ",", place)
        return True

    def _refuse_pieces(self, place: int) -> None:
        """Where a comma is missing, refuse what may be pieces of one string or of one word.

        Between two items stands a line's end, or at least one of them is a number, a bracket or a
        string on its own; a bare word or a string glued to a string is none of that.
        """
        before, sign = self.text[place - 1 : place], self.text[self.place]
        gap = self.text[place : self.place]
        is_bare = sign not in CLOSING and sign not in "{[" and not self._is_plain()
        glued = not gap and (before in _ENDS or sign in CLOSING)
        in_pair = self._is_key()
        if "\n" not in gap and not in_pair and (is_bare or glued):
            raise Unmendable(self.place)

    def _is_plain(self) -> bool:
        """Whether a number, true, false or null stands here."""
        bare = BARE.match(self.text, self.place)
        known = bare and (bare[0] in WORDS or bare[0] in WORDS.values())
        return bool(known or (bare and NUMBER.fullmatch(bare[0])))

    def _is_key(self) -> bool:
        """Whether a name and a colon stand here: the next pair of an object, surely."""
        return _KEY.match(self.text, self.place) is not None

    def _close(self, place: int, end: str) -> None:
        """End a bracket at the end of the text; what is unfinished goes."""
        rest = self.text[place:]
        if rest.strip(" \t\r\n,"):
            self._note("cut", end, place, len(self.text))
        else:
            self._note("closed", end, place, len(self.text))
        self.place = len(self.text)

    def _key(self) -> None:
        if self._next() in CLOSING:
            self._string()
            return
        bare = BARE.match(self.text, self.place)
        if bare is None:
            raise Unmendable(self.place)
        self._quoted(bare)

    def _quoted(self, bare: "re.Match[str]") -> None:
        inner = bare[0].replace("\\", "\\\\")
        self._note("bare", f'"{inner}"', bare.start(), bare.end())
        self.place = bare.end()

    def _word(self) -> None:
        """A number, true, false, null, or a word that lost its quotation marks."""
        bare = BARE.match(self.text, self.place)
        if bare is None:
            raise Unmendable(self.place)
        if bare[0] in WORDS:
            self._note("word", WORDS[bare[0]], bare.start(), bare.end())
        elif not NUMBER.fullmatch(bare[0]) and bare[0] not in WORDS.values():
            self._quoted(bare)
        self.place = bare.end()

    def _string(self) -> None:
        opening, begin = self.text[self.place], self.place
        if opening != '"':
            self._note("quote", '"', begin, begin + 1)
        place = begin + 1
        while place < len(self.text):
            sign = self.text[place]
            if sign in CLOSING[opening]:
                if sign != '"':
                    self._note("quote", '"', place, place + 1)
                self.place = place + 1
                return
            if sign == "\\":
                if self.text[place + 1 : place + 2] in ("", "'"):  # escapes nothing in JSON
                    self._note("quote", "", place, place + 1)
                place += 1
            elif sign in CONTROL:
                self._note("control", CONTROL[sign], place, place + 1)
            elif sign == '"':
                self._note("quote", '\\"', place, place + 1)
            place += 1
        self.place = len(self.text)
        self._note("closed", '"', len(self.text))
