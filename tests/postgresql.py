"""A PostgreSQL server to throw away, where its programs are installed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """The folder of PostgreSQL's server programs."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders and (folders[-1] / "initdb").exists() else None


PROGRAMS = programs()
USER = "postgres" if hasattr(os, "getuid") and os.getuid() == 0 else None  # it refuses to be root


@contextmanager
def throwaway_server() -> Iterator[str]:
    """A server of its own behind a socket; its address as SQLAlchemy reads it."""
    assert PROGRAMS is not None
    folder = Path(tempfile.mkdtemp(prefix="gb-pg-"))  # a socket's path must be short
    if USER:
        shutil.chown(folder, USER)

    def run(program: str, *arguments: str) -> None:
        """One of its programs, to its end."""
        subprocess.run(
            [str(PROGRAMS / program), *arguments],
            check=True,
            user=USER,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "glassbox", "-A", "trust", "-N", "-E", "UTF8")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    yield f"postgresql+psycopg://glassbox@/postgres?host={folder}"
    run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    shutil.rmtree(folder)
