"""Gives runs their turns and processes their reports: the engine's own thread.

Invariant: a run has at most one turn in flight, and whatever a turn reports is stored before
anything is concluded from it.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from typing import Any, Final

from core.errors import RunLost
from core.jobs.failures import described
from core.jobs.rounds import OPENING_TURNS, Rounds, turn_seconds
from core.jobs.runs import Book, LiveRun
from core.jobs.turns import Order, Report, Row, take_turn_in_worker
from core.jobs.workers import WorkerLost, Workers

MAX_LOSSES: Final = 3  # workers a run may lose without making progress in between
PUT_ASIDE_S: Final = 5.0  # how long closing waits for the last snapshots
RETRY_S: Final = 2.0  # between two attempts to reach the workers
AHEAD: Final = 2  # turns a slot is given at a time, so that it never waits for the engine
SEND_EVERY_S: Final = 0.1  # how often rows are sent during a turn; less often with more runs

log = logging.getLogger(__name__)


class Dispatch:
    """Which run is where, and whose turn it is."""

    def __init__(self, workers: Workers, book: Book, others_at_work: Callable[[], bool]) -> None:
        self.lock = threading.RLock()  # guards everything below; held only for moments
        self.runs: dict[str, LiveRun] = {}  # all unfinished runs
        self.rounds = Rounds()
        self.ready = threading.Event()  # the workers are warm
        self.closing = threading.Event()
        self.on_ready: Callable[[], None] = lambda: None
        self.on_sent: Callable[[Mapping[str, Any]], None] = lambda message: None
        self._workers = workers
        self._book = book
        self._others_at_work = others_at_work
        self._slots: dict[str, list[LiveRun]] = {}  # worker -> runs whose turns it has been given
        self._messages: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="engine", daemon=True)
        self._heard: list[str] = []  # newcomers whose queue position was last announced

    def start(self) -> None:
        """Start the workers and begin, without waiting for them."""
        self._thread.start()

    def close(self) -> None:
        """Take every program off its worker as a snapshot; in the store, all stay unfinished."""
        self.closing.set()
        if not self._thread.is_alive():
            return
        self.wake()
        end = time.monotonic() + PUT_ASIDE_S
        while time.monotonic() < end and any(
            run.home or run.in_flight for run in list(self.runs.values())
        ):
            time.sleep(0.01)
        self._messages.put(None)
        self._thread.join(PUT_ASIDE_S)

    def wake(self) -> None:
        """Something has changed: check whether there is a turn to give."""
        self._messages.put(lambda: None)

    def settle(self, run: LiveRun) -> None:
        """Act on a request to pause or stop, as soon as the turn in flight is back."""
        if run.in_flight:
            return
        begun = run.home is not None or run.step > 0
        if run.wish == "pause" and run.home is None:
            self.rounds.leave(run.id)
        elif run.wish == "stop" and not begun:
            self._over(run, "stopped")
        else:
            self.rounds.leave(run.id)
            self.rounds.back(run.id, first=True)
        self.wake()

    def _work(self) -> None:
        while not self.closing.is_set() and not self.ready.is_set():
            try:
                self._workers.start(self.wake, self._take_message)
                self.ready.set()
                self.on_ready()
            except Exception:
                log.exception("the workers cannot be reached; trying again")
                self._workers.close()
                self.closing.wait(RETRY_S)
        self._messages.put(lambda: None)
        while (message := self._messages.get()) is not None:
            try:
                message()
                self._give_turns()
            except Exception:
                log.exception("the engine could not take a message in")

    def _give_turns(self) -> None:
        """Fill every free slot with the run whose turn it is."""
        with self.lock:
            slots = self._workers.training
            for run in list(self.runs.values()):
                if run.home is not None and run.home not in slots and not run.in_flight:
                    self._lose(run, self._workers.last_death)
            for depth in range(AHEAD):
                for slot in slots:
                    if len(self._slots.get(slot, ())) > depth:
                        continue
                    run_id = self.rounds.next(partial(self._suits, slots, slot), len(slots))
                    if run_id is not None:
                        self._give_turn(slot, self.runs[run_id], len(slots))
            idle = [slot for slot in slots if not self._slots.get(slot)]
            if idle:
                self._move_one(slots, idle[0])
            self._tell_places()

    def _suits(self, slots: list[str], slot: str, run_id: str) -> bool:
        """Whether a run may take its turn in a slot: the one it is in, else the least busy one."""
        home = self.runs[run_id].home
        if home is not None or self.closing.is_set():
            return home == slot
        n_in = self._load()
        return n_in[slot] == min(n_in[other] for other in slots)

    def _load(self) -> Counter[str]:
        return Counter(run.home for run in self.runs.values() if run.home and run.wish == "run")

    def _move_one(self, slots: list[str], idle: str) -> None:
        """Move one run off a crowded slot if another slot is idle."""
        n_in = self._load()
        fullest = max(slots, key=lambda slot: n_in[slot])
        if n_in[fullest] < n_in[idle] + 2 or any(run.moves for run in self.runs.values()):
            return
        for run in self.runs.values():
            if run.home == fullest and run.wish == "run" and not run.in_flight:
                run.moves = True
                self.rounds.hurry(run.id)
                return

    def _give_turn(self, slot: str, run: LiveRun, n_slots: int) -> None:
        n_runs = sum(other.wish == "run" for other in self.runs.values())
        alone = n_runs == 1 and not self._others_at_work()
        goes_on = run.wish == "run" and not self.closing.is_set()
        waited_for = run.n_turns < OPENING_TURNS and any(
            other.n_turns < OPENING_TURNS and other.wish == "run" and other is not run
            for other in self.runs.values()
        )
        try:
            opening = self._book.opening(run) if run.home is None else None
            if run.home is None:
                run.turn = 0
            order = Order(
                run.id,
                run.turn,
                seconds=turn_seconds(n_runs, n_slots, waited_for) if goes_on else 0.0,
                n_threads=None if alone else 1,
                opening=opening,
                changes=tuple(run.changes),
                leave=not goes_on or run.moves,
                stop=run.wish == "stop",
                send_every_s=SEND_EVERY_S * max(1, n_runs / n_slots),
            )
        except Exception as error:  # its input is missing or corrupted
            log.exception("a run cannot be opened")
            self._over(run, "failed", error=described(error))
            return
        run.n_turns += 1
        answer = self._workers.submit(
            slot, take_turn_in_worker, order, key=f"turn-{run.id}-{run.n_turns}"
        )
        run.home, run.in_flight, run.n_received = slot, True, 0
        self._slots.setdefault(slot, []).append(run)
        if run.status == "queued":
            self._book.status(run, "running")
        answer.add_done_callback(
            lambda done: self._messages.put(partial(self._take_report, slot, run, order, done))
        )

    def _take_message(self, message: Mapping[str, Any]) -> None:
        """On a Dask thread: handle what a worker could not hold back until the end of its task."""
        if "turn" in message:
            self._messages.put(partial(self._take_rows, message))
        else:
            self.on_sent(message)

    def _take_rows(self, message: Mapping[str, Any]) -> None:
        run = self.runs.get(message["run"])
        if run is None or not run.in_flight or message["turn"] != run.turn:
            return
        rows: list[Row] = list(message["rows"])[max(0, run.n_received - message["first"]) :]
        self._book.rows(run, rows)  # if this fails, they come again with the report of the turn
        run.n_received += len(rows)

    def _take_report(self, slot: str, run: LiveRun, order: Order, answer: "Future[Report]") -> None:
        report = _report_of(answer)
        with self.lock:
            self._slots[slot].remove(run)
            if self.runs.get(run.id) is not run:
                return
            run.in_flight = False
            rows = report.rows[run.n_received :]
            if report.state == "more":
                run.home, run.turn = report.worker, run.turn + 1
                self.rounds.back(run.id, first=run.wish != "run")
            if report.state == "lost":
                self._lose(run, report.error["message"] if report.error else "")
            else:
                del run.changes[: len(order.changes)]
        self._give_turns()  # its slot keeps working while this is stored
        try:
            self._write_down(run, report, rows)
        except Exception as error:
            log.exception("what a run has said cannot be written down")
            with self.lock:
                self._over(run, "failed", error=described(error))

    def _write_down(self, run: LiveRun, report: Report, rows: list[Row]) -> None:
        if report.state == "lost":
            return
        self._book.rows(run, rows)
        if report.state == "failed":
            message = (report.error or {}).get("message")
            log.warning("run %s (%s) has failed: %s", run.id, run.record.program, message)
            with self.lock:
                self._over(run, "failed", error=report.error)
            return
        self._book.progress(run, report)
        if report.state == "left":
            with self.lock:
                run.home, run.moves = None, False
                if run.wish == "pause":
                    self.rounds.leave(run.id)
                else:
                    self.rounds.back(run.id, first=True)
        elif report.state in ("finished", "stopped"):
            result = self._book.result(run, report)
            with self.lock:
                self._over(run, report.state, result=result)

    def _lose(self, run: LiveRun, cause: str) -> None:
        """A run's worker is gone: continue from the last snapshot on another worker.

        Args:
            run: which run.
            cause: a sentence for the log.
        """
        log.warning("run %s has lost its worker: %s", run.id, cause)
        run.home, run.moves = None, False
        run.n_losses += 1
        self._book.says(run, "worker_lost")
        self.rounds.leave(run.id)
        if run.n_losses > MAX_LOSSES:
            said = f"{run.n_losses} workers were lost, the last one so: {cause}"
            error = RunLost(said, n_losses=run.n_losses)
            self._over(run, "failed", error=described(error))
        elif run.wish != "pause":
            self.rounds.back(run.id, first=True)

    def _over(self, run: LiveRun, status: str, **changes: Any) -> None:
        self.runs.pop(run.id, None)
        self.rounds.leave(run.id)
        self._book.status(run, status, **changes)
        self._book.store.claims.give_back(run.id)

    def _tell_places(self) -> None:
        newcomers = self.rounds.newcomers
        if newcomers != self._heard:
            self._heard = newcomers
            for place, run_id in enumerate(newcomers, start=1):
                event = {"kind": "engine", "event": "place", "run": run_id, "place": place}
                self._book.stream.publish(self.runs[run_id].owner, [event])


def _report_of(answer: "Future[Report]") -> Report:
    error = answer.exception()
    if error is None:
        return answer.result()
    if isinstance(error, WorkerLost):
        return Report("lost", error=described(error))
    return Report("failed", error=described(error))
