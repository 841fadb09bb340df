"""Short work such as cleaning and tokenising, on its own worker so training never delays it."""

import inspect
import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import Any, Final, Generic, ParamSpec, TypeVar

from core.errors import Busy, GlassboxError
from core.jobs.failures import described, log_unforeseen, rebuilt
from core.jobs.turns import SENT_TOPIC
from core.jobs.workers import WorkerLost, Workers

MAX_WAITING: Final = 100  # pieces of work running or waiting
PROGRESS_EVERY_S: Final = 0.1
N_TRIES: Final = 3  # a piece whose worker died is simply redone: it has no state
RETRY_S: Final = 1.0  # by then another worker is up

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class Stopped(Exception):
    """Inside a worker: nobody is waiting for this work any more."""


class ShortWork(Generic[T]):
    """A piece of work in progress."""

    def __init__(self, give_up: "Callable[[ShortWork[T]], None]") -> None:
        self.id = uuid.uuid4().hex
        self.progress: tuple[Any, ...] | None = None  # the arguments of the last `on_progress` call
        self._future: Future[T] = Future()
        self._give_up = give_up

    def done(self) -> bool:
        """Whether there is a result or an error."""
        return self._future.done()

    def result(self, timeout_s: float | None = None) -> T:
        """Wait for the result.

        Raises:
            GlassboxError: what the function raised.
            CancelledError: it was stopped.
            TimeoutError: it takes longer than `timeout_s`; it continues nevertheless.
        """
        return self._future.result(timeout_s)

    def stop(self) -> None:
        """Give it up. The worker stops when the function next reports progress."""
        self._give_up(self)

    def when_done(self, call: Callable[[], None]) -> None:
        """Call a function, from some thread, as soon as the work is done."""
        self._future.add_done_callback(lambda _: call())


class ShortLane:
    """Sends short work to its worker, first come, first served."""

    def __init__(self, workers: Workers, ready: threading.Event) -> None:
        self._workers = workers
        self._ready = ready
        self._lock = threading.Lock()
        self._under_way: dict[str, ShortWork[Any]] = {}
        self._early: list[Callable[[], None]] = []  # submitted before the workers were up

    def do(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> ShortWork[T]:
        """Run one of our functions in a separate process.

        Args:
            function: a module-level function; its `on_progress` parameter, if any, is filled in.
            args, kwargs: its arguments; they are sent to the process.

        Raises:
            Busy: too much is waiting already.
        """
        work: ShortWork[T] = ShortWork(self._give_up)
        with self._lock:
            if len(self._under_way) >= MAX_WAITING:
                n_waiting = len(self._under_way)
                raise Busy(f"{n_waiting} pieces of work are waiting", n_waiting=n_waiting)
            self._under_way[work.id] = work
            send = partial(self._send, work, function, args, kwargs, 1)
            if not self._ready.is_set():
                self._early.append(send)
                return work
        send()
        return work

    def begin(self) -> None:
        """The workers are up: send what was submitted early."""
        with self._lock:
            early, self._early = self._early, []
        for send in early:
            send()

    def take_progress(self, message: Mapping[str, Any]) -> None:
        """Record the arguments of an `on_progress` call."""
        work = self._under_way.get(message["work"])
        if work is not None:
            work.progress = tuple(message["progress"])

    def close(self) -> None:
        """Release everybody who is waiting."""
        with self._lock:
            left, self._under_way = list(self._under_way.values()), {}
        for work in left:
            if not work.done():
                work._future.set_exception(Busy("the engine is closing", n_waiting=0))

    def _give_up(self, work: ShortWork[Any]) -> None:
        with self._lock:
            if self._under_way.pop(work.id, None) is None:
                return
        for n_try in range(1, N_TRIES + 1):
            self._workers.cancel(_key(work, n_try))
        work._future.cancel()

    def _send(
        self,
        work: ShortWork[Any],
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        n_try: int,
    ) -> None:
        if work.done():  # stopped before it was sent
            return

        def take(answer: Future[Any]) -> None:
            if isinstance(answer.exception(), WorkerLost) and n_try < N_TRIES and not work.done():
                again = partial(self._send, work, function, args, kwargs, n_try + 1)
                retry = threading.Timer(RETRY_S, again)
                retry.daemon = True
                retry.start()
            else:
                self._finish(work, answer)

        answer = self._workers.submit(
            self._workers.short,
            do_short_work,
            work.id,
            function,
            args,
            kwargs,
            key=_key(work, n_try),
        )
        answer.add_done_callback(take)

    def _finish(self, work: ShortWork[Any], answer: Future[Any]) -> None:
        with self._lock:
            if self._under_way.pop(work.id, None) is None:
                return
        error = answer.exception()
        if error is not None:
            work._future.set_exception(rebuilt(described(error)))
            return
        failure, value = answer.result()
        if failure is not None:
            if failure["key"] == GlassboxError.key:  # its own process has logged the traceback
                log.error("short work has failed: %s", failure["message"])
            work._future.set_exception(rebuilt(failure))
        else:
            work._future.set_result(value)


def _key(work: ShortWork[Any], n_try: int) -> str:
    return f"short-{work.id}-{n_try}"


def do_short_work(
    work_id: str,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> tuple[dict[str, Any] | None, Any]:
    """In the worker: run the function and report progress.

    Returns:
        (None, its result) or (its error described, None).
    """
    filled = dict(kwargs)
    if "on_progress" in inspect.signature(function).parameters:
        filled["on_progress"] = _reporter(work_id)
    try:
        return None, function(*args, **filled)
    except Stopped as error:
        return described(error), None
    except BaseException as error:  # even SystemExit: it would end the worker, and hide the cause
        log_unforeseen("short work", error)
        return described(error), None


def _reporter(work_id: str) -> Callable[..., None]:
    from distributed import get_worker

    worker, sent_at = get_worker(), 0.0
    key = worker.get_current_task()

    def report(*progress: Any) -> None:
        nonlocal sent_at
        if time.monotonic() - sent_at >= PROGRESS_EVERY_S:
            task = worker.state.tasks.get(key)
            if task is None or task.state == "cancelled":
                raise Stopped
            worker.log_event(SENT_TOPIC, {"work": work_id, "progress": list(progress)})
            sent_at = time.monotonic()

    return report
