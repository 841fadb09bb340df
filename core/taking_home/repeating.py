"""A run, once more: what a notebook that was taken home calls.

Invariant: the program, its inputs, its settings and every change that was made on the way are those
of the run, so on processors of one kind the result is the same, bit for bit.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.jobs.turns import Program, Row, load_program
from core.lineage import content_id
from core.training.parts import computing_with

TIMES: Final = ("seconds", "_s", "_ms", "per_s")
"""How the names of figures end that tell of the machine, not of what was computed."""
SURPRISE: Final = ("loss", "bits_per_byte")
"""What the names of figures contain that are means over thousands of tokens."""
TOLERANCE: Final = 0.02
"""Share by which such a mean may differ on another processor. There sums are added in another
order, and training makes more of the last bits. Float32 and bfloat16 differ far more than that, and
came to losses 0.2 % apart after 150 steps of a small model."""


@dataclass(frozen=True)
class Repeated:
    """How a run ended this time.

    Args:
        numbers: its figures, by name.
        result: what it made, as a file.
    """

    numbers: Mapping[str, float | int | str]
    result: bytes

    @property
    def result_id(self) -> str:
        """The id of what it made: equal ids are equal bytes."""
        return content_id(self.result)


@dataclass(frozen=True)
class Compared:
    """One figure of the run, then and now."""

    name: str
    then: float | int | str
    now: float | int | str | None

    @property
    def agrees(self) -> bool:
        """Whether they are equal; for a mean over many tokens, up to TOLERANCE.

        Figures counted on texts that a model drew have no tolerance: one other token makes another
        text. They agree on a processor of the same kind, and nothing is promised elsewhere.
        """
        if isinstance(self.then, str) or isinstance(self.now, str) or self.now is None:
            return self.then == self.now
        tolerance = TOLERANCE if self.is_held else 0.0
        return math.isclose(self.then, self.now, rel_tol=tolerance)

    @property
    def is_held(self) -> bool:
        """Whether it has to agree on any processor."""
        return isinstance(self.then, float) and any(each in self.name for each in SURPRISE)

    def __str__(self) -> str:
        sign = "=" if self.then == self.now else "~" if self.agrees else "≠"
        return f"{self.name}: {self.then} {sign} {self.now}"


def repeat(
    program: str,
    inputs: Mapping[str, bytes],
    settings: Mapping[str, Any],
    controls: Sequence[Mapping[str, Any]] = (),
    stopped_at: int | None = None,
    ended_with: Mapping[str, Any] | None = None,
    tell: Callable[[Row], None] = lambda row: None,
) -> Repeated:
    """Do a run again, from its first step to where it ended.

    Args:
        program: one of core.jobs.programs.PROGRAMS.
        inputs: what it read, by name.
        settings: as it was started.
        controls: what was changed on the way: after which step, and what.
        stopped_at: the step after which somebody stopped it; None: it came to its end.
        ended_with: the figures of a run that was stopped. It may have been stopped before, between
            or after the looks that follow a step, so this one ends as soon as it has the same.
        tell: called with every row that it reports.
    """
    with computing_with(1):  # as the engine begins; more threads are used only where no bit changes
        run = load_program(program)(inputs, settings, None)
        waiting, step = list(controls), 0
        while not run.finished:
            while waiting and waiting[0]["step"] <= step:
                run.control(waiting.pop(0)["change"])
            if stopped_at is not None and step >= stopped_at and _is_there(run, ended_with):
                break
            for row in run.advance():
                step = int(row.get("step", step))
                tell(row)
        return Repeated(run.numbers(), run.result())


def compared(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Compared]:
    """The figures of a run beside those of its repetition; without times, which differ always."""
    names = [name for name, n in then.items() if not name.endswith(TIMES) and _is_figure(n)]
    return [Compared(name, then[name], now.get(name)) for name in sorted(names)]


def _is_there(run: Program, ended_with: Mapping[str, Any] | None) -> bool:
    """Whether a stopped run ends here: its figures are the same, or the next step would begin."""
    if run.piece.split()[0] == "step":
        return True
    then = compared(ended_with or {}, run.numbers())
    return bool(then) and all(each.then == each.now for each in then)


def _is_figure(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, int | float) and math.isfinite(value))
