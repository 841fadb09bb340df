"""A regular expression followed through a text in one pass, all ways at once.

A reader that tries one way after the other can take for ever: for "(a+)+$" and thirty letters it
tries a thousand million ways. Here every way that is still open is remembered as a place in the
pattern, and each character of the text moves all of them one step. There are never more of them
than the pattern has places, so the time grows with the length of the text and no faster.

What is found: every stretch of characters that fits, from its earliest beginning to its latest end;
stretches that overlap are one.

Source: Thompson 1968, "Regular Expression Search Algorithm", CACM 11(6); the steps are remembered
as in Cox 2010, "Regular Expression Matching in the Wild".
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from core.postprocessing.privacy.expressions import (
    Edge,
    Either,
    Node,
    Repeat,
    Row,
    Sign,
    read_expression,
)

MAX_STEPS: Final = 4_000  # remembered for one pattern; then it begins to remember anew

Span = tuple[int, int]
Fork = tuple[int, int]
Instruction = Sign | Edge | Fork | None
"""What stands at a place of the pattern: a sign to read, an edge, two ways, or the end."""

LINE, WORD, OTHER = "line", "word", "other"  # what stands before a place of the text


@dataclass(eq=False)
class _State:
    """All ways that are open at some place of a text, those that began earliest first."""

    places: tuple[int, ...]  # in the pattern
    before: str
    steps: "dict[str | None, _Step]" = field(default_factory=dict)


_Step = tuple[_State, tuple[int, ...], int]
"""The state after a character; for each of its ways the one it comes from, -1 for one that begins;
and the earliest way that had come to the end of the pattern before that character, -1 for none."""


_Move = tuple[tuple[int, ...], bool]
"""Where one place of the pattern leads over a character; and whether it led to the end before."""


class Automaton:
    """A pattern, ready to be followed.

    Args:
        pattern: as `read_expression` takes it.

    Raises:
        PatternError: it cannot be used.
    """

    def __init__(self, pattern: str) -> None:
        self._program: list[Instruction] = []
        self._write(read_expression(pattern))
        self._program.append(None)
        self._moves: dict[tuple[str, str | None], dict[int, _Move]] = {}
        self._states: dict[tuple[tuple[int, ...], str], _State] = {}
        self._n_steps = 0
        self.start = self._state((), LINE)

    def step(self, state: _State, character: str | None) -> _Step:
        """Move all ways over one character; None is the end of the text."""
        known = state.steps.get(character)
        if known is not None:
            return known
        if self._n_steps >= MAX_STEPS:
            self._states, self._moves, self._n_steps = {}, {}, 0
            self.start = self._state((), LINE)  # or all that is forgotten could be reached from it
            state = self._state(state.places, state.before)
        self._n_steps += 1
        state.steps[character] = step = self._moved(state, character)
        return step

    def _moved(self, state: _State, character: str | None) -> _Step:
        moves = self._moves.setdefault((state.before, character), {})
        moved: dict[int, int] = {}  # place -> the way it comes from, the earliest
        ended = -1
        for way, place in [*enumerate(state.places), (-1, 0)]:
            known = moves.get(place)
            if known is None:
                known = moves[place] = self._from(place, state.before, character)
            following, ends = known
            if ends and ended < 0:
                ended = way
            for each in following:
                moved.setdefault(each, way)
        after = self._state(tuple(moved), _kind(character))
        return after, tuple(moved.values()), ended

    def _from(self, place: int, before: str, character: str | None) -> _Move:
        """Where one comes from a place over a character, and whether the end is reached before."""
        reached, under_way, after = set(), [place], _kind(character)
        following, ends = [], False
        while under_way:
            here = under_way.pop()
            if here in reached:
                continue
            reached.add(here)
            match self._program[here]:
                case None:
                    ends = True
                case Sign() as sign:
                    if character is not None and sign.holds(character):
                        following.append(here + 1)
                case Edge(kind):
                    under_way += [here + 1] if _is_edge(kind, before, after) else []
                case fork:
                    under_way += fork
        return tuple(following), ends

    def _state(self, places: tuple[int, ...], before: str) -> _State:
        key = places, before
        return self._states.setdefault(key, _State(places, before))

    def _write(self, node: Node) -> None:
        """Append the program of a tree, every repetition written out."""
        program = self._program
        match node:
            case Sign() | Edge():
                program.append(node)
            case Row(parts):
                for part in parts:
                    self._write(part)
            case Either(options):
                self._write_either(options)
            case Repeat(part, least, most):
                for _ in range(least):
                    self._write(part)
                if most is None:
                    self._write_loop(part)
                else:
                    self._write_optional(part, most - least)

    def _write_either(self, options: tuple[Node, ...]) -> None:
        program, jumps = self._program, []
        for option in options[:-1]:
            fork = len(program)
            program.append(None)
            self._write(option)
            jumps.append(len(program))
            program.append(None)
            program[fork] = (fork + 1, len(program))
        self._write(options[-1])
        for jump in jumps:
            program[jump] = (len(program), len(program))

    def _write_loop(self, part: Node) -> None:
        program, begin = self._program, len(self._program)
        program.append(None)
        self._write(part)
        program.append((begin, begin))
        program[begin] = (begin + 1, len(program))

    def _write_optional(self, part: Node, n: int) -> None:
        program, forks = self._program, []
        for _ in range(n):
            forks.append(len(program))
            program.append(None)
            self._write(part)
        for fork in forks:
            program[fork] = (fork + 1, len(program))


@lru_cache(maxsize=32)
def automaton(pattern: str) -> Automaton:
    """The automaton of a pattern; what it has learned serves all texts."""
    return Automaton(pattern)


class Scan:
    """One text under an automaton's eyes; where it only grew, only what is new is read."""

    def __init__(self, followed: Automaton) -> None:
        self._automaton = followed
        self._begin()

    def _begin(self) -> None:
        self._text, self._state = "", self._automaton.start
        self._starts: list[int] = []  # where each open way began
        self._found: list[Span] = []

    def read(self, text: str) -> list[Span]:
        """Every stretch that fits if the text ends here, from left to right, none overlapping."""
        if not text.startswith(self._text):
            self._begin()
        begun, self._text = len(self._text), text
        state, starts, step = self._state, self._starts, self._automaton.step
        for at in range(begun, len(text)):
            character = text[at]
            state, comes_from, ended = state.steps.get(character) or step(state, character)
            if ended >= 0:
                _add(self._found, starts[ended], at)
            if comes_from or starts:
                starts = [starts[way] if way >= 0 else at for way in comes_from]
        self._state, self._starts = state, starts
        found, (_, _, ended) = list(self._found), step(state, None)
        if ended >= 0:
            _add(found, starts[ended], len(text))
        return found

    def open_from(self, text: str) -> int:
        """Where the first way began that what may follow decides about; the length if none."""
        self.read(text)
        return self._starts[0] if self._starts else len(text)


def _add(found: list[Span], start: int, end: int) -> None:
    """Add a stretch that ends behind all others; those it overlaps become one with it."""
    while found and start < found[-1][1]:
        start = min(start, found.pop()[0])
    found.append((start, end))


def _kind(character: str | None) -> str:
    if character is None or character == "\n":
        return LINE
    return WORD if character.isalnum() or character == "_" else OTHER


def _is_edge(kind: str, before: str, after: str) -> bool:
    match kind:
        case "^":
            return before == LINE
        case "$":
            return after == LINE
        case "b":
            return (before == WORD) != (after == WORD)
        case _:
            return (before == WORD) == (after == WORD)
