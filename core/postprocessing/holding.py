"""Filters on a text that is still being written: what is shown is never taken back.

Invariant: what was let out is a beginning of what the stages make of the whole text. A character
leaves only when no rule can any more begin at it or extend over it, whatever comes.

How long it waits: at most as long as the longest match of a rule, and nearly always one word. A
stage that needs the whole text, such as a classifier, makes it wait for the end.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final, Protocol, runtime_checkable

import regex

from core.postprocessing.privacy.patterns import LOOK_AHEAD, Rule
from core.postprocessing.stages import Context, Stage, StageSetting, made, replaced

_NEVER: Final = "\uffff"  # no character: a pattern that ends in it never ends
CUT_ABOVE: Final = 2000  # characters remembered before finished lines are forgotten


@runtime_checkable
class Streaming(Protocol):
    """A stage that can work on the beginning of a text."""

    def settled(self, text: str) -> int:
        """How many characters of an unfinished text nothing that may follow can change.

        Args:
            text: the stage's input so far.
        """


@cache
def _unending(pattern: str, flags: int) -> "regex.Pattern[str]":
    return regex.compile(pattern + _NEVER, flags)


def open_from(rule: Rule, text: str) -> int:
    """Where the first match of a rule begins that is not decided yet; the text's length if none is.

    A match is undecided while the text could go on so that it begins there, grows or is judged
    otherwise. The first is asked of the regular expression engine: a pattern that can never be
    satisfied has a partial match exactly where the text ends in the middle of it.
    """
    pattern = _unending(rule.pattern.pattern, int(rule.pattern.flags))
    n = len(text)
    for start in range(max(0, n - rule.longest - LOOK_AHEAD), n):
        if start and text[start - 1].isalnum() and text[start].isalnum():
            continue  # every rule begins at the beginning of a word
        if pattern.match(text, start, partial=True):
            return start
        whole = rule.pattern.match(text, start)
        if whole and whole.end() > n - LOOK_AHEAD:
            return start
    return n


class _Held:
    """One stage on a text that is still coming."""

    def __init__(self, stage: Stage, context: Context) -> None:
        self.stage = stage
        self.context = context
        self.text = ""
        self.n_out = 0  # characters of its output that have left, of the text remembered
        self.n_waiting = 0  # characters of its input that are not decided yet
        self.held_back = False

    def push(self, piece: str) -> str:
        self.text += piece
        self.n_waiting = len(self.text)
        if not isinstance(self.stage, Streaming):
            return ""
        n = self.stage.settled(self.text)
        findings = self.stage.apply(self.text, self.context).findings
        for finding in findings:
            if finding.start < n < finding.end:
                n = finding.start
        done = [finding for finding in findings if finding.end <= n]
        out = replaced(self.text[:n], done)
        leaving, self.n_out = out[self.n_out :], max(self.n_out, len(out))
        self.n_waiting = len(self.text) - n
        self._forget(n, done)
        return leaving

    def _forget(self, n: int, done: Sequence[Any]) -> None:
        """Drop finished lines: they decide about nothing that comes, and long texts stay fast."""
        cut = self.text.rfind("\n", 0, n) + 1
        if cut <= CUT_ABOVE or any(f.start < cut < f.end for f in done):
            return
        self.n_out -= len(replaced(self.text[:cut], [f for f in done if f.end <= cut]))
        self.text = self.text[cut:]

    def finish(self) -> str:
        whole = self.stage.apply(self.text, self.context)
        self.held_back = whole.held_back
        return whole.text[self.n_out :]


class HoldBack:
    """A line of stages on a text that comes piece by piece."""

    def __init__(self, stages: Sequence[StageSetting], context: Context) -> None:
        """
        Args:
            stages: the line, as `run_stages` takes it.
            context: what the stages may know.

        Raises:
            SettingError: a stage has no such name or setting.
        """
        self._line = [_Held(stage, context) for stage in made(stages)]
        self.received = ""  # everything pushed so far
        self.released = ""  # everything let out so far
        self.held_back = False  # whether a stage kept the whole text back, known at the end

    @property
    def n_held(self) -> int:
        """Characters that have come and wait at one of the stages."""
        return sum(held.n_waiting for held in self._line)

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The stages that need the whole text, for which everything waits."""
        stages = (held.stage for held in self._line)
        return tuple(stage.name for stage in stages if not isinstance(stage, Streaming))

    def push(self, piece: str) -> str:
        """Take the next piece; what may be shown now, often nothing."""
        self.received += piece
        for held in self._line:
            if not piece:
                break
            piece = held.push(piece)
        self.released += piece
        return piece

    def finish(self) -> str:
        """The text is complete: let out what is left."""
        rest = ""
        for held in self._line:
            leaving = held.push(rest) if rest else ""
            rest = leaving + held.finish()
            if held.held_back:
                self.held_back = True
                break
        self.released += rest
        return rest
