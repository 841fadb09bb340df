"""A regular expression as somebody typed it, read into a tree.

Read is what one pass over a text can decide. What makes a reader go back and try again (a reference
to a group, looking ahead or behind, "as little as possible") is refused, by its name and its place.

Invariant: whatever its repetitions count, written out a tree has at most MAX_SIGNS signs.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from core.errors import PatternBroken, PatternEmpty, PatternTooLarge, PatternUnsupported

MAX_CHARACTERS: Final = 200  # of a pattern
MAX_SIGNS: Final = 100  # of a pattern with its repetitions written out

KINDS: Final[dict[str, Callable[[str], bool]]] = {
    "d": str.isdecimal,
    "w": lambda c: c.isalnum() or c == "_",
    "s": str.isspace,
    "D": lambda c: not c.isdecimal(),
    "W": lambda c: not (c.isalnum() or c == "_"),
    "S": lambda c: not c.isspace(),
}
"""Letter after a backslash -> the characters that it stands for."""

NAMED: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
BY_NUMBER: Final = {"x": 2, "u": 4, "U": 8}  # hexadecimal digits after the letter

_COUNT = re.compile(r"\{(\d{0,6})(,?)(\d{0,6})\}")
_GROUP = re.compile(r"\?:|\?P<[^\W\d]\w{0,40}>")
_REFUSED = re.compile(r"\?(?:<?[=!]|>|\(|P=|[a-zA-Z-]+[:)]|#|.?)")


@dataclass(frozen=True)
class Sign:
    """One character of the text.

    Args:
        ranges: first and last character of each range.
        kinds: letters of KINDS.
        negated: whether it is every other character.
        any_case: whether large and small letters are the same.
    """

    ranges: tuple[tuple[str, str], ...] = ()
    kinds: str = ""
    negated: bool = False
    any_case: bool = False

    def holds(self, character: str) -> bool:
        """Whether a character is one of these."""
        same = {character}
        if self.any_case:
            same |= {character.lower(), character.upper()}
        found = any(first <= each <= last for each in same for first, last in self.ranges)
        return (found or any(KINDS[kind](character) for kind in self.kinds)) != self.negated


@dataclass(frozen=True)
class Edge:
    """A place between two characters: ^ a line begins, $ it ends, b an end of a word, B none."""

    kind: str


@dataclass(frozen=True)
class Row:
    """One thing after the other."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Either:
    """One of several."""

    options: tuple["Node", ...]


@dataclass(frozen=True)
class Repeat:
    """The same thing several times; `most` is None where there is no limit."""

    part: "Node"
    least: int
    most: int | None


Node = Sign | Edge | Row | Either | Repeat
ANY: Final = Sign((("\n", "\n"),), negated=True)


def read_expression(pattern: str) -> Node:
    """Read a pattern, in the notation of Python's `re`; ^ and $ are the ends of a line.

    Args:
        pattern: as somebody typed it; "(?i)" at its beginning makes all letters alike.

    Raises:
        PatternBroken: it is no regular expression; `position` counts characters from 1.
        PatternUnsupported: it asks for what one pass cannot decide.
        PatternTooLarge: it is too long, or too large when written out.
        PatternEmpty: it would also fit where there is nothing.
    """
    if len(pattern) > MAX_CHARACTERS:
        raise _too_large()
    reader = _Reader(pattern)
    tree = reader.whole()
    if size(tree) > MAX_SIGNS:
        raise _too_large()
    if may_be_empty(tree):
        raise PatternEmpty("it also fits where there is nothing")
    return tree


def size(node: Node) -> int:
    """How many signs and edges a tree has with its repetitions written out."""
    match node:
        case Row(parts) | Either(parts):
            return sum(map(size, parts))
        case Repeat(part, least, most):
            return max(1, size(part)) * max(1, least + 1 if most is None else most)
        case _:
            return 1


def may_be_empty(node: Node) -> bool:
    """Whether a tree also fits where there is nothing."""
    match node:
        case Row(parts):
            return all(map(may_be_empty, parts))
        case Either(options):
            return any(map(may_be_empty, options))
        case Repeat(part, least, _):
            return least == 0 or may_be_empty(part)
        case Edge():
            return True
        case _:
            return False


class _Reader:
    """Reads a pattern from left to right; every method reads one thing and stops behind it."""

    def __init__(self, pattern: str) -> None:
        self._any_case = pattern.startswith("(?i)")
        self._pattern = pattern
        self._at = 4 if self._any_case else 0

    def whole(self) -> Node:
        tree = self._either()
        if self._at < len(self._pattern):  # only a closing bracket stops it
            raise self._broken("unopened", self._at)
        return tree

    @property
    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self, text: str) -> bool:
        """Go on behind a text, if it stands here."""
        here = self._pattern.startswith(text, self._at)
        self._at += len(text) if here else 0
        return here

    def _either(self) -> Node:
        options = [self._row()]
        while self._take("|"):
            options.append(self._row())
        return options[0] if len(options) == 1 else Either(tuple(options))

    def _row(self) -> Node:
        parts: list[Node] = []
        while self._next not in ("", "|", ")"):
            parts.append(self._repeated(self._one()))
        return parts[0] if len(parts) == 1 else Row(tuple(parts))

    def _repeated(self, part: Node) -> Node:
        begun, count = self._at, self._count()
        if count is None:
            return part
        least, most = count
        if isinstance(part, Edge) and self._pattern[begun - 1] != ")":
            raise self._broken("nothing_to_repeat", begun)
        if most is not None and most < least:
            raise self._broken("reversed_count", begun)
        if self._next in ("?", "+"):  # as little as possible, or never giving back
            raise self._unsupported(begun, self._at + 1)
        again = self._at
        if self._next and self._count() is not None:
            raise self._broken("nothing_to_repeat", again)
        return Repeat(part, least, most)

    def _count(self) -> tuple[int, int | None] | None:
        """How often: *, +, ?, {3}, {3,}, {,5} or {3,5}; None where nothing of it stands here."""
        for sign, count in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(sign):
                return count
        found = _COUNT.match(self._pattern, self._at)
        if not found or not (found[1] or found[2]):
            return None
        self._at = found.end()
        least = int(found[1] or 0)
        return least, least if not found[2] else int(found[3]) if found[3] else None

    def _one(self) -> Node:
        begun = self._at
        if self._count() is not None:
            raise self._broken("nothing_to_repeat", begun)
        if self._take("("):
            return self._group(begun)
        if self._take("["):
            return self._class(begun)
        if self._take("\\"):
            return self._escaped(begun)
        self._at += 1
        sign = self._pattern[begun]
        if sign in ("^", "$"):
            return Edge(sign)
        return ANY if sign == "." else self._exactly(sign)

    def _exactly(self, sign: str) -> Sign:
        return Sign(((sign, sign),), any_case=self._any_case)

    def _group(self, begun: int) -> Node:
        if self._next == "?":
            opening = _GROUP.match(self._pattern, self._at)
            if not opening:
                refused = _REFUSED.match(self._pattern, self._at)
                raise self._unsupported(begun, refused.end() if refused else self._at + 1)
            self._at = opening.end()
        inside = self._either()
        if not self._take(")"):
            raise self._broken("unclosed_group", begun)
        return inside

    def _escaped(self, begun: int) -> Node:
        letter = self._next
        self._at += 1
        if letter in KINDS:
            return Sign(kinds=letter)
        if letter in ("b", "B"):
            return Edge(letter)
        if letter.isdigit() or letter in ("A", "Z", "N"):
            raise self._unsupported(begun, self._at)
        return self._exactly(self._character(letter, begun))

    def _character(self, letter: str, begun: int) -> str:
        """The one character that a letter behind a backslash stands for."""
        if letter in NAMED:
            return NAMED[letter]
        if letter in BY_NUMBER:
            digits = self._pattern[self._at : self._at + BY_NUMBER[letter]]
            self._at += len(digits)
            if re.fullmatch(rf"[0-9a-fA-F]{{{BY_NUMBER[letter]}}}", digits) and (
                int(digits, 16) < 0x110000
            ):
                return chr(int(digits, 16))
            raise self._broken("bad_escape", begun)
        if not letter or (letter.isascii() and letter.isalnum()):
            raise self._broken("bad_escape", begun)
        return letter

    def _class(self, begun: int) -> Sign:
        """What stands in square brackets."""
        negated = self._take("^")
        found, first = Sign(any_case=self._any_case), True
        while first or self._next != "]":
            first = False
            low = self._in_class(begun)
            at = self._at
            if self._next == "-" and self._pattern[at + 1 : at + 2] not in ("]", ""):
                self._at += 1
                high = self._in_class(begun)
                if low in KINDS_NAMED or high in KINDS_NAMED or high < low:
                    raise self._broken("reversed_range", at)
                found = replace(found, ranges=(*found.ranges, (low, high)))
            elif low in KINDS_NAMED:
                found = replace(found, kinds=found.kinds + low[1])
            else:
                found = replace(found, ranges=(*found.ranges, (low, low)))
        self._at += 1
        return replace(found, negated=negated)

    def _in_class(self, begun: int) -> str:
        """One character, or one of KINDS_NAMED."""
        here, sign = self._at, self._next
        self._at += 1
        if not sign:
            raise self._broken("unclosed_class", begun)
        if sign != "\\":
            return sign
        letter = self._next
        self._at += 1
        if letter in KINDS:
            return f"\\{letter}"
        return "\b" if letter == "b" else self._character(letter, here)

    def _broken(self, reason: str, at: int) -> PatternBroken:
        message = f"it breaks at character {at + 1}: {reason.replace('_', ' ')}"
        return PatternBroken(message, position=at + 1, reason=reason)

    def _unsupported(self, begun: int, end: int) -> PatternUnsupported:
        what = self._pattern[begun:end]
        message = f"{what} at character {begun + 1} is not supported"
        return PatternUnsupported(message, position=begun + 1, what=what)


KINDS_NAMED: Final = frozenset(f"\\{letter}" for letter in KINDS)


def _too_large() -> PatternTooLarge:
    message = f"at most {MAX_CHARACTERS} characters, and {MAX_SIGNS} with repetitions written out"
    return PatternTooLarge(message, characters=MAX_CHARACTERS, signs=MAX_SIGNS)
