"""An unfinished run, and the book in which the engine records its progress.

Invariant: whatever a listener hears is already in the store, so a reload shows the same; where the
store cannot be written, how a run ended is kept here.
"""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from core.errors import NotFound, StoreError
from core.jobs.events import EventStream
from core.jobs.programs import PROGRAMS, Known
from core.jobs.turns import Opening, Report, Row
from core.store import RunRecord, Store

log = logging.getLogger(__name__)

Wish = Literal["run", "pause", "stop"]


@dataclass
class LiveRun:
    """A run in this process that is queued, running, paused or stopping."""

    record: RunRecord  # as submitted; what changes is below
    status: str
    wish: Wish = "run"
    step: int = 0
    seconds: float = 0.0  # of its own computing time
    numbers: dict[str, Any] = field(default_factory=dict)
    home: str | None = None  # the worker that holds its program
    turn: int = 0  # turn counter of the program in that worker
    n_turns: int = 0  # in total
    in_flight: bool = False
    n_received: int = 0  # rows already received from the turn in flight
    changes: list[Mapping[str, Any]] = field(default_factory=list)
    controls: list[dict[str, Any]] = field(default_factory=list)  # accepted changes
    n_losses: int = 0  # workers lost since it last made progress
    furthest_step: int = 0
    moves: bool = False  # it is on its way to another worker

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def owner(self) -> str:
        return self.record.owner


class Book:
    """Records runs and notifies listeners."""

    def __init__(self, store: Store, programs: Mapping[str, Known] = PROGRAMS) -> None:
        """
        Args:
            store: where everything is recorded.
            programs: by name; what each makes of which kind of data.
        """
        self.store = store
        self._programs = programs
        self.stream = EventStream(store.runs.rows_of_owner)
        self.unstored: dict[str, RunRecord] = {}  # runs whose status could not be stored
        self._in_order = threading.Lock()  # rows are announced in the order they are stored

    def begin(self, record: RunRecord, inputs: Mapping[str, bytes]) -> LiveRun:
        """Record a new run."""
        run = LiveRun(self.store.runs.start(record, inputs), "queued")
        self.status(run, "queued")
        return run

    def take_up(self, record: RunRecord) -> LiveRun:
        """Resume a run that an earlier process left unfinished."""
        run = LiveRun(
            record,
            record.status,
            step=record.step,
            seconds=record.seconds,
            numbers=dict(record.numbers),
            furthest_step=record.step,
        )
        rows = self.store.runs.rows(record.id)
        run.controls = [_accepted(row) for row in rows if _is_accepted(row)]
        return run

    def rows(self, run: LiveRun, rows: Sequence[Row]) -> None:
        """Record what a run reports, and pass it on."""
        run.controls += [_accepted(row) for row in rows if _is_accepted(row)]
        if rows:
            with self._in_order:
                self.stream.publish(run.owner, self.store.runs.append(run.id, rows))

    def says(self, run: LiveRun, event: str, **values: Any) -> None:
        """Record a message from the engine about a run."""
        self.rows(run, [{"kind": "engine", "event": event, "step": run.step, **values}])

    def status(self, run: LiveRun, status: str, **changes: Any) -> None:
        """Change a run's status and announce it."""
        run.status = status
        known: dict[str, Any] = {"step": run.step, "seconds": run.seconds, "numbers": run.numbers}
        about = {"lane": run.record.lane, "name": run.record.name, "status": status}
        try:
            self.store.runs.update(run.id, status=status, **known, **changes)
            self.says(run, "status", **about, **changes)
        except StoreError as error:  # whoever looks shall see it all the same
            log.error("that run %s is %s cannot be stored: %s", run.id, status, error)
            ended: dict[str, Any] = {**known, **changes, "status": status}
            self.unstored[run.id] = replace(run.record, **ended)
            told = {"kind": "engine", "event": "status", "run": run.id, "step": run.step}
            self.stream.publish(run.owner, [{**told, **about, **changes}])
        else:
            self.unstored.pop(run.id, None)

    def progress(self, run: LiveRun, report: Report) -> None:
        """Record how far a run is; keep the snapshot if the report has one."""
        run.step, run.seconds, run.numbers = report.step, report.seconds, report.numbers
        if run.step > run.furthest_step:
            run.furthest_step, run.n_losses = run.step, 0
        if report.snapshot is not None:
            self.says(run, "snapshot")
            self.store.runs.save_snapshot(run.id, report.snapshot, run.step, run.seconds)
            self.store.runs.update(run.id, step=run.step, seconds=run.seconds, numbers=run.numbers)

    def opening(self, run: LiveRun) -> Opening:
        """What a worker needs to start the run, or to continue from its last snapshot."""
        snapshot = self.store.runs.snapshot(run.id)
        inputs = self.store.runs.inputs(run.id)
        if run.step or snapshot is not None:
            run.step = snapshot.step if snapshot else 0
            run.seconds = snapshot.seconds if snapshot else 0.0
            self.says(run, "resumed")
        data = snapshot.data if snapshot else None
        record = run.record
        return Opening(record.program, inputs, record.settings, data, run.step, run.seconds)

    def result(self, run: LiveRun, report: Report) -> str | None:
        """Keep what a run has made and put it on its owner's bench.

        Returns:
            the id of what was made; None if no step was done and there is nothing.
        """
        if report.result is None or not report.step:
            return None
        record, settings = run.record, dict(run.record.settings)
        program = self._programs[record.program]
        if report.state == "stopped":  # otherwise the recipe would promise the finished model
            settings["stopped_at_step"] = report.step
        if run.controls:
            settings["controls"] = run.controls
        artifact = self.store.artifacts.keep(
            run.owner,
            program.kind,
            report.result,
            parents=self._parents(record),
            modality=program.modality,
            settings=settings,
            seed=settings.get("seed"),
            numbers=report.numbers,
        )
        for lane in self.store.benches.of(run.owner, artifact.modality).lanes:
            if lane == record.lane:  # a trial has none, and a pair may have been removed meanwhile
                self.store.benches.put(run.owner, lane, artifact.id)
        return artifact.id

    def _parents(self, record: RunRecord) -> list[str]:
        """The inputs that are artefacts in the owner's chain, by name."""
        parents = []
        for name in sorted(record.inputs):
            try:
                parents.append(self.store.artifacts.get(record.owner, record.inputs[name]).id)
            except NotFound:
                continue
        return parents


def _is_accepted(row: Row) -> bool:
    return row.get("kind") == "control" and "refused" not in row


def _accepted(row: Row) -> dict[str, Any]:
    return {"step": row["step"], "change": row["change"]}


def owned(run: LiveRun | None, owner: str) -> LiveRun:
    """The run, provided it belongs to the owner.

    Raises:
        NotFound: it does not, or there is no such live run.
    """
    if run is None or run.owner != owner:
        raise NotFound("there is no such run that goes on")
    return run
