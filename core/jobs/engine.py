"""The engine: runs everybody's training in short turns on a few worker processes.

Invariant: everything a run has reported and its last snapshot are in the store, so losing a worker
or this process costs at most the last few seconds of a run. Nobody's experiment is ever stopped
silently.
"""

import logging
import os
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, ParamSpec, TypeVar

from core.errors import EngineError, UnderWay
from core.jobs.dispatch import Dispatch
from core.jobs.events import Event, Mailbox
from core.jobs.programs import PROGRAMS, TRAINING, Known
from core.jobs.runs import Book, owned
from core.jobs.short import ShortLane, ShortWork
from core.jobs.workers import Workers
from core.store import Lane, RunRecord, Store

log = logging.getLogger(__name__)

SCHEDULER_VARIABLE: Final = "GLASSBOX_SCHEDULER"  # "tls://host:port" of a Dask scheduler
SLOTS_VARIABLE: Final = "GLASSBOX_SLOTS"  # number of runs that advance at the same time

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """A run to be started: what it reads, its settings, and its lane.

    A run without a lane is a trial: its model is kept, but the bench stays as it is.
    """

    inputs: Mapping[str, bytes | str]  # name -> bytes, or the id of one of the owner's artefacts
    settings: Mapping[str, Any] = field(default_factory=dict)
    lane: Lane | None = "a"
    name: str = ""
    program: str = TRAINING


class Engine:
    """Runs that take turns. Every method may be called from any thread; none waits for a worker."""

    def __init__(
        self,
        store: Store,
        scheduler_address: str | None = None,
        *,
        n_slots: int | None = None,
        programs: Mapping[str, Known] = PROGRAMS,
        others_at_work: Callable[[], bool] = lambda: False,
    ) -> None:
        """
        Args:
            store: where runs and their results are kept.
            scheduler_address: address of a remote Dask scheduler; None: GLASSBOX_SCHEDULER, or else
                processes on this machine.
            n_slots: runs that advance at the same time; None: GLASSBOX_SLOTS, or else one per core.
            programs: what may be run, by name.
            others_at_work: tells whether something else on this machine needs a core right now.
        """
        slots = n_slots or int(os.environ.get(SLOTS_VARIABLE, "0")) or None
        self._workers = Workers(scheduler_address or os.environ.get(SCHEDULER_VARIABLE), slots)
        self._store = store
        self._book = Book(store, programs)
        self._programs = frozenset(programs)
        self._dispatch = Dispatch(self._workers, self._book, others_at_work)
        self._short = ShortLane(self._workers, self._dispatch.ready)
        self._dispatch.on_ready = self._short.begin
        self._dispatch.on_sent = self._short.take_progress

    # Start and end

    def start(self) -> None:
        """Resume unfinished runs and start the workers, without waiting for them.

        A run that was running when the last process ended continues by itself; a paused one waits.
        Runs of another process that uses the same home or the same database are left alone.
        """
        lease = self._store.lease
        left_alone = lease is not None and not lease.take()
        if lease is not None and left_alone:
            log.warning("another server uses %s: this one leaves its runs alone", lease.home)
        for record in () if left_alone else self._claimed():
            run = self._dispatch.runs[record.id] = self._book.take_up(record)
            if run.status == "paused":
                run.wish = "pause"
                continue
            run.wish = "stop" if run.status == "stopping" else "run"
            if run.wish == "run":
                self._book.status(run, "queued")
            self._dispatch.rounds.arrive(run.id)
        self._dispatch.start()

    def _claimed(self) -> Iterator[RunRecord]:
        """Unfinished runs that no other process has, as they are now."""
        for record in self._store.runs.unfinished():
            if self._store.claims.take(record.id):
                now = self._store.runs.get(record.id)
                if not now.is_finished:
                    yield now

    def wait_until_ready(self, timeout_s: float | None = None) -> bool:
        """Wait until the workers are warm; False if that takes longer than the time-out."""
        return self._dispatch.ready.wait(timeout_s)

    def close(self) -> None:
        """Suspend every run so that the next process can continue it, and stop the workers."""
        self._dispatch.close()
        self._short.close()
        self._workers.close()
        self._book.stream.close()
        self._store.claims.close()
        if self._store.lease is not None:
            self._store.lease.give_back()

    # What a user does

    def submit(
        self,
        owner: str,
        inputs: Mapping[str, bytes | str],
        settings: Mapping[str, Any],
        *,
        program: str = TRAINING,
        lane: Lane = "a",
        name: str = "",
        replace: bool = False,
    ) -> str:
        """Start an experiment with a single run; see `experiment`. Returns the run's id."""
        plan = Plan(inputs, settings, lane, name, program)
        return self.experiment(owner, [plan], replace=replace)[0]

    def experiment(self, owner: str, plans: Sequence[Plan], *, replace: bool = False) -> list[str]:
        """Start an experiment: one run, or several that belong together, such as a pair.

        Args:
            owner: whose experiment it is; a user has one experiment at a time.
            plans: its runs.
            replace: stop the current one (keeping its models so far) instead of refusing.

        Returns:
            the ids of the runs.

        Raises:
            UnderWay: this user's experiment is still running or paused; ask first.
            NotFound: an input is not an artefact of this owner.
            ValueError: a program is not on the list.
        """
        if unknown := {plan.program for plan in plans} - self._programs:
            raise ValueError(f"{unknown} may not be run")
        read = [self._inputs(owner, plan.inputs) for plan in plans]
        with self._dispatch.lock:
            before = self.under_way(owner)
            if before and not replace:
                names = [record.name for record in before]
                raise UnderWay(f"{len(names)} runs are still going on", names=names)
            for record in before:
                self.stop(owner, record.id)
            started = []
            for plan, inputs in zip(plans, read, strict=True):
                record = _record(owner, plan)
                self._store.claims.take(record.id)  # before another process can find it unfinished
                run = self._book.begin(record, inputs)
                self._dispatch.runs[run.id] = run
                self._dispatch.rounds.arrive(run.id)
                started.append(run.id)
        self._dispatch.wake()
        return started

    def pause(self, owner: str, run_id: str) -> None:
        """Give a run no more turns until it is resumed; its state is kept as a snapshot."""
        with self._dispatch.lock:
            run = owned(self._dispatch.runs.get(run_id), owner)
            if run.wish != "run":
                raise EngineError(f"a run that is {run.status} cannot pause", status=run.status)
            run.wish = "pause"
            self._book.status(run, "paused")
            self._dispatch.settle(run)

    def resume(self, owner: str, run_id: str) -> None:
        """Continue a paused run."""
        with self._dispatch.lock:
            run = owned(self._dispatch.runs.get(run_id), owner)
            if run.wish != "pause":
                raise EngineError(f"a run that is {run.status} cannot resume", status=run.status)
            run.wish = "run"
            begun = run.in_flight or run.home is not None
            self._book.status(run, "running" if begun else "queued")
            if not begun:
                self._dispatch.rounds.arrive(run.id)
        self._dispatch.wake()

    def stop(self, owner: str, run_id: str) -> None:
        """End a run; the model made so far is kept and put on the bench."""
        with self._dispatch.lock:
            run = owned(self._dispatch.runs.get(run_id), owner)
            if run.wish != "stop":
                run.wish = "stop"
                self._book.status(run, "stopping")
                self._dispatch.settle(run)

    def control(self, owner: str, run_id: str, change: Mapping[str, Any]) -> None:
        """Change settings of a run from its next turn; a row says if the program accepted them."""
        with self._dispatch.lock:
            owned(self._dispatch.runs.get(run_id), owner).changes.append(dict(change))

    def short(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> ShortWork[T]:
        """Do short work in a separate process; see `ShortLane.do`."""
        return self._short.do(function, *args, **kwargs)

    # What pages ask for

    def under_way(self, owner: str) -> list[RunRecord]:
        """The unfinished runs of a user's experiment, in order of arrival."""
        own = [run.id for run in list(self._dispatch.runs.values()) if run.owner == owner]
        return [self._store.runs.get(run_id) for run_id in own]

    def run(self, owner: str, run_id: str) -> RunRecord:
        """One run, finished or not.

        Raises:
            NotFound: it does not exist or belongs to somebody else.
        """
        stored = self._store.runs.get(run_id, owner)
        return self._book.unstored.get(run_id, stored)

    def place(self, owner: str, run_id: str) -> int:
        """A run's position among those waiting for their first turn; 0 if it is not waiting."""
        with self._dispatch.lock:
            run = self._dispatch.runs.get(run_id)
            return self._dispatch.rounds.place(run_id) if run and run.owner == owner else 0

    def rows(self, owner: str, run_id: str, after_seq: int = 0) -> list[Event]:
        """All a run has reported after `after_seq`; `events.course` makes one sequence of it."""
        self._store.runs.get(run_id, owner)
        return self._store.runs.rows(run_id, after_seq)

    def listen(self, owner: str, after_seq: int | None = None) -> Mailbox[Event]:
        """Everything the user's runs report, as it happens; see `EventStream.listen`."""
        return self._book.stream.listen(owner, after_seq)

    @property
    def n_training(self) -> int:
        """Everybody's runs that take turns or wait for their first."""
        return sum(run.wish == "run" for run in list(self._dispatch.runs.values()))

    def _inputs(self, owner: str, inputs: Mapping[str, bytes | str]) -> dict[str, bytes]:
        return {
            name: self._store.artifacts.read(owner, given) if isinstance(given, str) else given
            for name, given in inputs.items()
        }


def _record(owner: str, plan: Plan) -> RunRecord:
    return RunRecord(
        id=uuid.uuid4().hex,
        owner=owner,
        program=plan.program,
        settings=dict(plan.settings),
        lane=plan.lane or "",
        name=plan.name,
    )
