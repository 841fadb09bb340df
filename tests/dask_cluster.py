"""A Dask scheduler and its workers to throw away, each a process of its own, speaking over TLS."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from distributed.security import Security

ROOT = Path(__file__).parents[1]
LIMIT_S = 40


@contextmanager
def throwaway_scheduler(folder: Path, n_workers: int = 2) -> Iterator[dict[str, str]]:
    """A scheduler with workers.

    Args:
        folder: for certificates and what is said.
        n_workers: processes.

    Yields:
        the variables with which the app finds them.
    """
    told = folder / "scheduler.json"
    names = _certificates(folder)
    options = [
        *(part for name in names for part in (f"--{name.replace('_', '-')}", names[name])),
        *("--scheduler-file", str(told), "--host", "127.0.0.1", "--protocol", "tls"),
        "--no-dashboard",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    commands = [
        ["scheduler", "--port", "0"],
        ["worker", "--nworkers", str(n_workers), "--nthreads", "1"],
    ]
    begun: list[subprocess.Popen[bytes]] = []
    with (folder / "dask.log").open("wb") as log:
        for what, *more in commands:
            command = [sys.executable, "-m", "dask", what, *more, *options]
            begun.append(
                subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
            )
        try:
            address = _address(told, folder / "dask.log")
            yield {
                "GLASSBOX_SCHEDULER": address,
                "GLASSBOX_SCHEDULER_CA": names["tls_ca_file"],
                "GLASSBOX_SCHEDULER_CERT": names["tls_cert"],
                "GLASSBOX_SCHEDULER_KEY": names["tls_key"],
            }
        finally:
            for process in reversed(begun):
                process.terminate()
            for process in begun:
                process.wait(LIMIT_S)


def _certificates(folder: Path) -> dict[str, str]:
    """Files with a certificate that everybody shares, by the names that Dask has for them."""
    made = Security.temporary()
    files = {
        "tls_ca_file": made.tls_ca_file,
        "tls_cert": made.tls_scheduler_cert,
        "tls_key": made.tls_scheduler_key,
    }
    for name, text in files.items():
        (folder / f"{name}.pem").write_text(str(text))
    return {name: str(folder / f"{name}.pem") for name in files}


def _address(told: Path, log: Path) -> str:
    """Where the scheduler listens, as it has written it down."""
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        if told.exists() and told.stat().st_size:
            return str(json.loads(told.read_text())["address"])
        time.sleep(0.1)
    raise TimeoutError(f"no scheduler:\n{log.read_text()[-2000:]}")
