"""The engine: every training run of the room, in short turns on a few worker processes.

Invariant: what a run has said and its last snapshot are in the store, so neither the loss of a
worker nor the end of this process costs more than the last seconds of a run. Nobody's experiment is
ever stopped silently.
"""

import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, ParamSpec, TypeVar

from core.errors import EngineError, UnderWay
from core.jobs.dispatch import Dispatch
from core.jobs.events import Event, Mailbox
from core.jobs.runs import Book, owned
from core.jobs.short import ShortLane, ShortWork
from core.jobs.turns import PROGRAMS, TRAINING
from core.jobs.workers import Workers
from core.lineage import Kind
from core.store import Lane, RunRecord, Store

SCHEDULER_VARIABLE: Final = "GLASSBOX_SCHEDULER"  # "tls://host:port" of a Dask scheduler
SLOTS_VARIABLE: Final = "GLASSBOX_SLOTS"  # how many runs advance at the same time

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """One run to be: what it reads, how it is set, and in which lane it runs.

    A run in no lane is a trial: its model is kept, and the bench stays as it is.
    """

    inputs: Mapping[str, bytes | str]  # name -> bytes, or the id of an artefact of the owner
    settings: Mapping[str, Any] = field(default_factory=dict)
    lane: Lane | None = "a"
    name: str = ""
    program: str = TRAINING


class Engine:
    """Runs in turns. Every method may be called from any thread; none waits for a worker."""

    def __init__(
        self,
        store: Store,
        scheduler_address: str | None = None,
        *,
        n_slots: int | None = None,
        programs: Mapping[str, Kind] = PROGRAMS,
        others_at_work: Callable[[], bool] = lambda: False,
    ) -> None:
        """
        Args:
            store: where runs and what they make are kept.
            scheduler_address: of a Dask scheduler elsewhere; None: GLASSBOX_SCHEDULER, else
                processes of this machine.
            n_slots: runs that advance at the same time; None: GLASSBOX_SLOTS, else one a core.
            programs: what may be run, as "module:Class", and the kind of what it makes.
            others_at_work: whether something else on this machine wants a core right now.
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

    # Beginning and end

    def start(self) -> None:
        """Take up unfinished runs and bring the workers up, without waiting for them.

        A run that was running when the last process ended goes on by itself; a paused one waits.
        """
        for record in self._store.unfinished_runs():
            run = self._dispatch.runs[record.id] = self._book.take_up(record)
            if run.status == "paused":
                run.wish = "pause"
                continue
            run.wish = "stop" if run.status == "stopping" else "run"
            if run.wish == "run":
                self._book.status(run, "queued")
            self._dispatch.rounds.arrive(run.id)
        self._dispatch.start()

    def wait_until_ready(self, timeout_s: float | None = None) -> bool:
        """Wait for warm workers; False if they take longer."""
        return self._dispatch.ready.wait(timeout_s)

    def close(self) -> None:
        """Put every run aside so that the next process goes on with it, and end the workers."""
        self._dispatch.close()
        self._short.close()
        self._workers.close()
        self._book.stream.close()

    # What a person does

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
        """Start an experiment of a single run; see `experiment`. Returns the run's id."""
        plan = Plan(inputs, settings, lane, name, program)
        return self.experiment(owner, [plan], replace=replace)[0]

    def experiment(self, owner: str, plans: Sequence[Plan], *, replace: bool = False) -> list[str]:
        """Start an experiment: one run, or several that belong together, as a pair does.

        Args:
            owner: whose it is; one person has one experiment at a time.
            plans: its runs.
            replace: stop the one that goes on (it keeps its models so far) instead of refusing.

        Returns:
            the ids of the runs.

        Raises:
            UnderWay: this person's experiment is still going on, paused counts; ask first.
            NotFound: an input is no artefact of this owner.
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
                run = self._book.begin(_record(owner, plan), inputs)
                self._dispatch.runs[run.id] = run
                self._dispatch.rounds.arrive(run.id)
                started.append(run.id)
        self._dispatch.wake()
        return started

    def pause(self, owner: str, run_id: str) -> None:
        """Give a run no more turns until it is resumed; what it holds is kept as a snapshot."""
        with self._dispatch.lock:
            run = owned(self._dispatch.runs.get(run_id), owner)
            if run.wish != "run":
                raise EngineError(f"a run that is {run.status} cannot pause", status=run.status)
            run.wish = "pause"
            self._book.status(run, "paused")
            self._dispatch.settle(run)

    def resume(self, owner: str, run_id: str) -> None:
        """Go on with a paused run."""
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
        """End a run; the model it has made so far is kept and put on the bench."""
        with self._dispatch.lock:
            run = owned(self._dispatch.runs.get(run_id), owner)
            if run.wish != "stop":
                run.wish = "stop"
                self._book.status(run, "stopping")
                self._dispatch.settle(run)

    def control(self, owner: str, run_id: str, change: Mapping[str, Any]) -> None:
        """Change settings of a run with its next turn; a row says whether its program took them."""
        with self._dispatch.lock:
            owned(self._dispatch.runs.get(run_id), owner).changes.append(dict(change))

    def short(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> ShortWork[T]:
        """Do short work in a process of its own; see `ShortLane.do`."""
        return self._short.do(function, *args, **kwargs)

    # What a page asks

    def under_way(self, owner: str) -> list[RunRecord]:
        """The runs of a person's experiment that are not over, in the order they came."""
        own = [run.id for run in list(self._dispatch.runs.values()) if run.owner == owner]
        return [self._store.run(run_id) for run_id in own]

    def run(self, owner: str, run_id: str) -> RunRecord:
        """One run, over or not.

        Raises:
            NotFound: there is none, or it belongs to somebody else.
        """
        return self._store.run(run_id, owner)

    def place(self, owner: str, run_id: str) -> int:
        """A run's place among those that wait for their first turn; 0: it does not wait."""
        with self._dispatch.lock:
            run = self._dispatch.runs.get(run_id)
            return self._dispatch.rounds.place(run_id) if run and run.owner == owner else 0

    def rows(self, owner: str, run_id: str, after_seq: int = 0) -> list[Event]:
        """All a run has said after `after_seq`; `events.course` makes one course of it."""
        self._store.run(run_id, owner)
        return self._store.rows(run_id, after_seq)

    def listen(self, owner: str, after_seq: int | None = None) -> Mailbox[Event]:
        """Everything the person's runs say, as it happens; see `EventStream.listen`."""
        return self._book.stream.listen(owner, after_seq)

    @property
    def n_training(self) -> int:
        """Runs that take turns or wait for their first, of everybody."""
        return sum(run.wish == "run" for run in list(self._dispatch.runs.values()))

    def _inputs(self, owner: str, inputs: Mapping[str, bytes | str]) -> dict[str, bytes]:
        return {
            name: self._store.read(owner, given) if isinstance(given, str) else given
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
