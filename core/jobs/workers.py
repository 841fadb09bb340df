"""The engine's worker processes: started here over TLS, or reached through a scheduler's address.

Invariant: a task whose worker is lost is reported as WorkerLost immediately and never repeated
behind the engine's back, because only the engine knows from which snapshot to continue.
"""

import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from multiprocessing import forkserver
from typing import Any, Final

import dask.config
import psutil
from distributed import Client, KilledWorker, LocalCluster
from distributed import Future as DaskFuture
from distributed.diagnostics.plugin import WorkerPlugin
from distributed.security import Security
from distributed.utils import get_mp_context

from core.jobs.cluster_log import OneLine
from core.jobs.interrupts import children_deaf_to_interrupts
from core.jobs.pace import n_cores
from core.jobs.preloading import import_everything
from core.jobs.turns import SENT_TOPIC

ALL_TOPIC: Final = "all"  # Dask's own events
PATIENCE_S: Final = 1.5  # at shutdown workers hold nothing that could be lost
CLOSE_TIMEOUT_S: Final = 8.0
ANSWER_TIMEOUT_S: Final = 60.0

DASK_SETTINGS: Final[Mapping[str, Any]] = {
    "distributed.scheduler.allowed-failures": 0,  # repeating a lost turn is the engine's job
    "distributed.scheduler.work-stealing": False,  # a run's program cannot move by itself
    "distributed.scheduler.http.routes": [],  # reveal nothing to other processes on the machine
    "distributed.worker.http.routes": [],
    # By default Dask returns memory after every tensor, only to fetch it again, which costs a third
    # of the speed. None leaves the variable unset.
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
    "distributed.nanny.pre-spawn-environ.DASK_LOGGING__DISTRIBUTED": "warning",
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,  # a paused worker would silently stall a run
    "distributed.admin.large-graph-warning-threshold": "1GB",  # inputs are sent inside the task
    "distributed.admin.tick.limit": "60s",
    # An idle cluster should do nothing: by default each of its processes wakes up some sixty times
    # a second to monitor itself.
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.admin.system-monitor.disk": False,
    "distributed.admin.system-monitor.host-cpu": False,
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.monitor-interval": "1s",
}

VARIABLES: Final[Mapping[str, str]] = {
    # A waiting thread spins only briefly: spinning without limit makes a busy machine ten times
    # slower, and not spinning at all halves the speed on an idle one (15 to 19 thousand tokens/s
    # against 9 on two cores).
    "GOMP_SPINCOUNT": "30000",
    "OMP_NUM_THREADS": "1",  # at first: each turn says how many it may use
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "DASK_LOGGING__DISTRIBUTED": "warning",
}
"""what libraries read when they are loaded, in worker processes"""

ENVIRONMENT: Final = {
    "tls_ca_file": "GLASSBOX_SCHEDULER_CA",
    "tls_client_cert": "GLASSBOX_SCHEDULER_CERT",
    "tls_client_key": "GLASSBOX_SCHEDULER_KEY",
}


log = logging.getLogger(__name__)


class WorkerLost(Exception):
    """The process that held a task is gone; the message says how, as far as it is known."""


class Warm(WorkerPlugin):
    """Prepares every worker, including later ones, for a quick first turn."""

    name = "glassbox-warm"

    def setup(self, worker: Any) -> None:
        """Called by Dask in each worker process."""
        OneLine().install()
        warming = threading.Thread(target=_import_politely)
        warming.start()
        warming.join()


def _import_politely() -> None:
    import_everything()  # already here, where workers are forked
    import torch

    torch.set_num_threads(1)


class Workers:
    """Processes that run tasks, one at a time each; one of them does the short work."""

    def __init__(self, address: str | None, n_slots: int | None) -> None:
        """
        Args:
            address: "tls://host:port" of a scheduler; None: processes on this machine.
            n_slots: how many of those take turns; None: one per core.
        """
        self._address = address
        self._n_slots = n_slots if n_slots is not None else n_cores()
        self._cluster: LocalCluster | None = None
        self._client: Client | None = None
        self._lock = threading.Lock()
        self._on_change: Callable[[], None] = lambda: None
        self._there: list[str] = []  # addresses
        self._short: str | None = None
        self._pending: dict[Future[Any], str] = {}  # a pending answer -> its worker
        self._is_closing = False
        self._death = ""  # how the last worker process ended that was not meant to

    def start(
        self, on_change: Callable[[], None], on_sent: Callable[[Mapping[str, Any]], None]
    ) -> None:
        """Start the workers and return when all are warm; takes seconds.

        Args:
            on_change: called on a Dask thread when workers come or go.
            on_sent: called on a Dask thread with what a worker sends during a task.
        """
        dask.config.set(DASK_SETTINGS)
        self._is_closing = False
        OneLine(lambda: self._is_closing, self._note_death).install()
        with children_deaf_to_interrupts():
            if sys.platform == "linux" and self._address is None:
                _fork_from_one_that_has_imported()
            self._client = self._connect()
        self._client.register_plugin(Warm())
        found = self._client.scheduler_info(n_workers=-1)["workers"]
        with self._lock:
            self._there = sorted(found, key=lambda address: (str(found[address]["name"]), address))
            self._short = self._there[-1] if len(self._there) > 1 else None
            self._on_change = on_change
        self._client.subscribe_topic(ALL_TOPIC, self._take_cluster_event)
        self._client.subscribe_topic(SENT_TOPIC, lambda event: on_sent(event[1]))

    def submit(
        self, worker: str | None, function: Callable[..., Any], *args: Any, key: str
    ) -> Future[Any]:
        """Run a function on one particular worker.

        Returns:
            a future that fails with WorkerLost if the worker is gone, before or during the task.
        """
        answer: Future[Any] = Future()
        with self._lock:
            client = self._client
            if client is None or worker not in self._there:
                answer.set_exception(WorkerLost("this worker is gone"))
                return answer
            self._pending[answer] = worker
        task = client.submit(function, *args, key=key, workers=[worker], pure=False)
        # From here on the callback keeps the task alive: Dask forgets tasks nobody references.
        task.add_done_callback(lambda done: self._hand_over(done, answer))
        answer.add_done_callback(lambda _: task.release())
        return answer

    def cancel(self, key: str) -> None:
        """Drop a task, whether waiting or running; does nothing if there is none."""
        if self._client is not None and key in self._client.futures:
            self._client.cancel([DaskFuture(key, self._client)])

    @property
    def all(self) -> list[str]:
        """Addresses of all workers."""
        with self._lock:
            return list(self._there)

    @property
    def training(self) -> list[str]:
        """Addresses of the workers that take turns."""
        with self._lock:
            return [address for address in self._there if address != self._short]

    @property
    def short(self) -> str | None:
        """Address of the worker for short work; while it is down, of one that also trains."""
        with self._lock:
            return self._short or (self._there[-1] if self._there else None)

    @property
    def last_death(self) -> str:
        """How the last worker process ended that was not meant to, as a sentence."""
        return self._death or "the worker died"

    def _note_death(self, sentence: str) -> None:
        self._death = sentence

    def close(self) -> None:
        """Stop all processes started here, and disconnect from those that were found."""
        self._is_closing = True
        client, cluster, self._client, self._cluster = self._client, self._cluster, None, None
        self._on_change = lambda: None
        if client is not None:
            for topic in (ALL_TOPIC, SENT_TOPIC):
                with suppress(ValueError):  # a failed start may not have got this far
                    client.unsubscribe_topic(topic)
            client.close(timeout=CLOSE_TIMEOUT_S)
        if cluster is not None:
            _end(cluster)

    def _connect(self) -> Client:
        if self._address:
            security = security_from_environment()
            return Client(self._address, security=security, set_as_default=False)
        security = Security.temporary()
        self._cluster = LocalCluster(
            n_workers=self._n_slots + 1,
            threads_per_worker=1,
            host="tls://127.0.0.1",
            security=security,
            dashboard_address=None,
            scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
            silence_logs=False,  # core.jobs.cluster_log shortens what is said
        )
        return Client(self._cluster, security=security, set_as_default=False)

    def _take_cluster_event(self, event: tuple[float, Any]) -> None:
        """Notice, on a Dask thread, that a worker came or went."""
        message = event[1] if isinstance(event[1], Mapping) else {}
        action, worker = message.get("action"), str(message.get("worker"))
        if action == "remove-worker":
            self._remove(worker)
        elif action == "add-worker":
            with self._lock:
                if worker in self._there:
                    return
                self._there.append(worker)
                if self._short is None and len(self._there) > 1:
                    self._short = worker
            self._on_change()

    def _remove(self, worker: str) -> None:
        with self._lock:
            if worker not in self._there:
                return
            self._there.remove(worker)
            self._short = None if worker == self._short else self._short
            lost = [answer for answer, where in self._pending.items() if where == worker]
        for answer in lost:  # some had not started and would wait for this worker forever
            self._settle(answer, error=WorkerLost(self.last_death))
        self._on_change()

    def _hand_over(self, task: Any, answer: Future[Any]) -> None:
        """Pass Dask's answer on; anything but the task's own error counts as a lost worker."""
        try:
            error = task.exception(timeout=ANSWER_TIMEOUT_S) if task.status == "error" else None
            if isinstance(error, KilledWorker):
                self._remove(error.last_worker.address)  # Dask's own notification may come later
                self._settle(answer, error=WorkerLost(str(error)))
            elif error is not None:
                self._settle(answer, error=error)
            elif task.status == "finished":
                self._settle(answer, task.result(timeout=ANSWER_TIMEOUT_S))
            else:
                self._settle(answer, error=WorkerLost(f"its task was {task.status}"))
        except BaseException as failure:
            log.exception("the answer of a worker could not be read")
            cause = f"its answer could not be read: {type(failure).__name__}: {failure}"
            self._settle(answer, error=WorkerLost(cause))

    def _settle(
        self, answer: Future[Any], result: Any = None, error: BaseException | None = None
    ) -> None:
        """Answer only once: a death is noticed in more than one way."""
        with self._lock:
            if self._pending.pop(answer, None) is None:
                return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(result)


def _fork_from_one_that_has_imported() -> None:
    """Let local workers begin as copies of one process that has imported everything.

    Each would otherwise import torch and all programs for itself, which takes seconds of a core and
    280 MB a worker. Elsewhere than on Linux a copy of a process that has loaded so much may crash.
    """
    dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})
    # Dask names what to import when it first asks for the context, so what is named later holds.
    get_mp_context().set_forkserver_preload(["distributed", "core.jobs.forked"])
    ours = {name: os.environ.get(name) for name in VARIABLES}
    os.environ.update(VARIABLES)  # Dask would prefer what the web process has set for itself
    try:
        forkserver.ensure_running()
    finally:
        for name, value in ours.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def security_from_environment() -> Security:
    """Certificates for a scheduler on another machine; never connects without them.

    Raises:
        ValueError: one of the files is not configured.
    """
    missing = [name for name in ENVIRONMENT.values() if not os.environ.get(name)]
    if missing:
        raise ValueError(f"a scheduler by address needs TLS: set {', '.join(missing)}")
    files = {option: os.environ[name] for option, name in ENVIRONMENT.items()}
    return Security(require_encryption=True, **files)


def _end(cluster: LocalCluster) -> None:
    """Stop the processes started here: politely first, then by force if they take too long."""
    processes = []
    for nanny in list(cluster.workers.values()):
        with suppress(psutil.Error, ValueError, AttributeError):  # it has none right now
            processes.append(psutil.Process(nanny.pid))

    def kill() -> None:
        for process in processes:
            with suppress(psutil.Error):
                process.kill()

    impatience = threading.Timer(PATIENCE_S, kill)
    impatience.start()
    try:
        cluster.close(timeout=CLOSE_TIMEOUT_S)
    except Exception:
        log.exception("the workers did not end in order")
        kill()
    finally:
        impatience.cancel()
