"""What happens in a worker process: one short turn of one run.

Invariant: a worker holds running programs and nothing else. It never opens the store; inputs arrive
as bytes, rows, snapshots and results leave as bytes, and if the program it should continue is not
there, a turn says "lost" rather than guess.
"""

import math
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, Protocol

from core.errors import GlassboxError
from core.jobs.failures import described, finite, log_unforeseen
from core.jobs.pace import Pace, n_cores, use_threads
from core.jobs.programs import PROGRAMS
from core.modality import found_at

SNAPSHOT_EVERY_S: Final = 8.0  # of a run's own time; under ten seconds even with the turn added
STEP_ROW_EVERY_S: Final = (
    0.1  # of a run's own time: a figure needs no more than ten points per second
)
UNTHINNED_STEPS: Final = 2
NICENESS: Final = 10  # training threads give way to others but are never starved
ABANDONED_AFTER_S: Final = 600.0  # a live engine gives every running program turns

SENT_TOPIC: Final = "glassbox"
"""Dask topic under which workers send what cannot wait for the end of a task."""

Row = dict[str, Any]


class Program(Protocol):
    """A run as the engine sees it: it advances in steps and can be serialised in between."""

    @property
    def finished(self) -> bool: ...

    @property
    def piece(self) -> str:
        """What the next piece of work is; pieces of one name take about equally long."""
        ...

    def __init__(
        self, inputs: Mapping[str, bytes], settings: Mapping[str, Any], snapshot: bytes | None
    ) -> None: ...

    def advance(self) -> list[Row]:
        """Do one step and report what happened, in JSON-serialisable rows with a "kind"."""
        ...

    def control(self, change: Mapping[str, Any]) -> None:
        """Change settings while it runs."""
        ...

    def snapshot(self) -> bytes:
        """Everything needed to continue with bit-identical results."""
        ...

    def result(self) -> bytes:
        """What the run has made so far."""
        ...

    def numbers(self) -> dict[str, float | int | str]:
        """The run's numbers so far, all measured."""
        ...

    def same_with_threads(self, n_threads: int) -> bool:
        """Whether the next piece gives the very same bits with one thread and with so many.

        Only such pieces are ever done by several threads: equal recipes stay equal, whatever else
        the machine was doing.
        """
        ...


@dataclass(frozen=True)
class Opening:
    """What a worker needs to start a run, or to continue one that another worker started."""

    program: str
    inputs: Mapping[str, bytes]
    settings: Mapping[str, Any]
    snapshot: bytes | None = None
    step: int = 0  # steps done by then
    seconds: float = 0.0  # of its own computing time by then


@dataclass(frozen=True)
class Order:
    """One turn, as requested by the engine."""

    run_id: str
    turn: int  # counts from 0 at each opening; a worker with another count has another state
    seconds: float  # how long to advance; 0: do not advance
    n_threads: int | None = 1  # at most; None: all cores of the worker's machine
    opening: Opening | None = None
    changes: tuple[Mapping[str, Any], ...] = ()
    leave: bool = False  # after the turn the program leaves the worker as a snapshot
    stop: bool = False  # after the turn the run ends with the result so far
    send_every_s: float = 0.1  # how often rows are sent while the turn is still running


@dataclass(frozen=True)
class Report:
    """The outcome of one turn."""

    state: Literal["more", "left", "stopped", "finished", "failed", "lost"]
    rows: list[Row] = field(default_factory=list)
    step: int = 0
    seconds: float = 0.0  # of the run's own time
    snapshot: bytes | None = None
    result: bytes | None = None
    numbers: dict[str, float | int | str] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    worker: str = ""  # where the program is, unless it has left


@dataclass
class Seat:
    """One program in this worker's memory, with what the engine needs to know about it."""

    program: Program
    seconds: float  # of the run's own time
    step: int
    turn: int = 0
    snapshot_at_s: float = 0.0
    row_at_s: float = -math.inf
    held_back: Row | None = None  # the latest step row that was thinned out
    used_at: float = 0.0
    paces: dict[str, Pace] = field(default_factory=lambda: defaultdict(Pace))  # by kind of piece

    def keep(self, row: Row) -> bool:
        """Thin step rows to one per STEP_ROW_EVERY_S, except the first two, which show that the
        loss moves. Every other row is kept.
        """
        if isinstance(step := row.get("step"), int):
            self.step = step
        if row.get("kind") != "step":
            return True
        if self.step > UNTHINNED_STEPS and self.seconds - self.row_at_s < STEP_ROW_EVERY_S:
            self.held_back = row
            return False
        self.row_at_s, self.held_back = self.seconds, None
        return True


_POLITE = threading.local()
_SEATS: dict[str, Seat] = {}  # run id -> its program, in this worker process


def take_turn(order: Order, send: Callable[[int, list[Row]], None] | None = None) -> Report:
    """Let one run advance for a moment; any failure of its program ends only this run.

    Args:
        order: which run, how long, and what to do before and after.
        send: called with (index of the first row in this turn, rows) during the turn.

    Returns:
        a report with every row of the turn, including those already sent.
    """
    _drop_abandoned()
    try:
        seat = _seat_of(order)
        if seat is None:
            _SEATS.pop(order.run_id, None)
            return Report("lost", error=described(RuntimeError("its worker has forgotten it")))
        return _advance(seat, order, send)
    except BaseException as error:  # even SystemExit: it would end the worker, and hide the cause
        log_unforeseen("a run's program", error)
        seat = _SEATS.pop(order.run_id, None)
        return Report("failed", step=seat.step if seat else 0, error=described(error))


def _seat_of(order: Order) -> Seat | None:
    if order.opening is not None:
        opening = order.opening
        use_threads(1)
        program = load_program(opening.program)(opening.inputs, opening.settings, opening.snapshot)
        seat = Seat(program, opening.seconds, opening.step, snapshot_at_s=opening.seconds)
        _SEATS[order.run_id] = seat
        return seat
    found = _SEATS.get(order.run_id)
    return found if found is not None and found.turn == order.turn else None


def _advance(seat: Seat, order: Order, send: Callable[[int, list[Row]], None] | None) -> Report:
    program, rows, n_sent = seat.program, list[Row](), 0
    seat.turn += 1
    n_most = n_cores() if order.n_threads is None else order.n_threads
    for change in order.changes:
        rows.append(_control(seat, change))

    begin = before = sent_at = time.monotonic()
    n_pieces, elapsed = 0, 0.0
    # Others rely on the length of a turn: do not start a piece that would overrun it.
    while not program.finished and elapsed + elapsed / max(1, n_pieces) < order.seconds:
        pace = seat.paces[program.piece]
        n_threads = pace.threads(n_most)
        if n_threads > 1 and not program.same_with_threads(n_threads):
            n_threads = 1  # several only where all bits stay the same
        use_threads(n_threads)
        started = time.monotonic()
        new = program.advance()
        now = time.monotonic()
        if n_most > 1:
            pace.took(n_threads, now - started)
        seat.seconds += now - before
        before, elapsed, n_pieces = now, now - begin, n_pieces + 1
        rows += [finite(row) for row in new if seat.keep(row)]
        if send is not None and len(rows) > n_sent and now - sent_at >= order.send_every_s:
            send(n_sent, rows[n_sent:])
            n_sent, sent_at = len(rows), now
    seat.used_at = time.monotonic()

    return Report(rows=rows, **_ending(seat, order, rows))


def _ending(seat: Seat, order: Order, rows: list[Row]) -> dict[str, Any]:
    """How a turn ends: whether the program stays, and what it hands out."""
    program, snapshot = seat.program, None
    over = program.finished or order.stop
    if (over or order.leave) and seat.held_back is not None:
        rows.append(finite(seat.held_back))
        seat.held_back = None
    due = seat.seconds - seat.snapshot_at_s >= SNAPSHOT_EVERY_S
    if not over and (due or order.leave or order.changes):
        snapshot, seat.snapshot_at_s = program.snapshot(), seat.seconds
    if over or order.leave:
        del _SEATS[order.run_id]
    stays = "left" if order.leave else "more"
    return {
        "state": "finished" if program.finished else "stopped" if order.stop else stays,
        "step": seat.step,
        "seconds": seat.seconds,
        "snapshot": snapshot,
        "result": program.result() if over else None,
        "numbers": program.numbers(),
    }


def _control(seat: Seat, change: Mapping[str, Any]) -> Row:
    """Apply a change; if the program rejects it, the row says so and the run continues."""
    row: Row = {"kind": "control", "step": seat.step, "change": finite(dict(change))}
    try:
        seat.program.control(change)
    except GlassboxError as error:
        row["refused"] = described(error)
    return row


def load_program(name: str) -> type[Program]:
    """Find a program by its name, or one beside these by "module:Class".

    The engine has already checked it against its list.
    """
    program: type[Program] = found_at(PROGRAMS[name].place if name in PROGRAMS else name)
    return program


def be_polite() -> None:
    """Give pages, the writer and short work priority over this thread and those it starts."""
    if sys.platform == "linux" and not getattr(_POLITE, "yet", False):
        os.nice(NICENESS)  # on Linux only this thread, elsewhere the whole process
        _POLITE.yet = True


def _drop_abandoned() -> None:
    now = time.monotonic()
    for run_id, seat in list(_SEATS.items()):
        if seat.used_at and now - seat.used_at > ABANDONED_AFTER_S:
            del _SEATS[run_id]


def take_turn_in_worker(order: Order) -> Report:
    """`take_turn` as a Dask task: rows are sent while it runs."""
    from distributed import get_worker

    worker = get_worker()
    be_polite()

    def send(first: int, rows: list[Row]) -> None:
        message = {"run": order.run_id, "turn": order.turn, "first": first, "rows": rows}
        worker.log_event(SENT_TOPIC, message)

    return replace(take_turn(order, send), worker=worker.address)
