"""The store: the single entry point to artefacts, benches, runs and choices.

Invariant: only the web process opens it; the engine's workers receive and return bytes.
"""

import os
from datetime import datetime
from pathlib import Path
from typing import Final

import platformdirs

from core.store.artifacts import Artifacts
from core.store.ballots import Ballots
from core.store.belongings import Belongings
from core.store.benches import Benches
from core.store.causes import causes_told
from core.store.claims import Claims
from core.store.database import Database
from core.store.files import ArtifactFiles
from core.store.keys import Keys
from core.store.lease import Lease
from core.store.outbox import Outbox
from core.store.retention import Swept, sweep
from core.store.rooms import Rooms
from core.store.runs import Runs

HOME_VARIABLE: Final = "GLASSBOX_HOME"
DATABASE_VARIABLE: Final = "GLASSBOX_DATABASE_URL"
ARTIFACTS_VARIABLE: Final = "GLASSBOX_ARTIFACTS_URL"


class Store:
    """Everything that is stored, from artefacts to rooms, each part under its name.

    Safe to use from any thread.

    Args:
        database_url: where rows are stored, as an SQLAlchemy URL.
        artifacts_url: where bytes are stored, as an fsspec URL or a path.
        lease: who may take up unfinished runs; None: whoever starts, as where the database is on
            another machine; there each run is claimed by itself.

    Raises:
        NewerSchema: a newer version of this program has written to the database.
        DiskFull, ReadOnly, DamagedDatabase: home or database cannot be used, for this reason.
    """

    def __init__(self, database_url: str, artifacts_url: str, lease: Lease | None = None) -> None:
        self._database = Database(database_url)
        self._files = ArtifactFiles(artifacts_url)
        self.artifacts: Final = Artifacts(self._database, self._files)
        self.benches: Final = Benches(self._database, self.artifacts)
        self.runs: Final = Runs(self._database, self._files)
        self.ballots: Final = Ballots(self._database, self.artifacts)
        self.outbox: Final = Outbox(self._database)
        self.belongings: Final = Belongings(self._database)
        self.keys: Final = Keys(self._database)
        self.rooms: Final = Rooms(self._database)
        self.lease: Final = lease
        self.claims: Final = Claims(self._database)

    @classmethod
    def at(cls, home: Path) -> "Store":
        """A store in one folder: a SQLite file and a folder of artefacts."""
        return cls(_sqlite_url(home), str(home / "artifacts"), Lease(home))

    @classmethod
    def from_environment(cls) -> "Store":
        """The store this machine is configured for, from three variables or their defaults."""
        home = home_folder()
        database_url = os.environ.get(DATABASE_VARIABLE)
        artifacts_url = os.environ.get(ARTIFACTS_VARIABLE)
        if not database_url and not artifacts_url:
            return cls.at(home)
        lease = None if database_url else Lease(home)
        artifacts = artifacts_url or str(home / "artifacts")
        return cls(database_url or _sqlite_url(home), artifacts, lease)

    def sweep(self, now: datetime | None = None) -> Swept:
        """Remove what has expired; ages are measured from `now`, with time zone, or this moment."""
        return sweep(self._database, self._files, now)

    def close(self) -> None:
        """Close all connections; stored data stays."""
        self.claims.close()
        self._database.close()


def home_folder() -> Path:
    """Where data is stored on this machine: GLASSBOX_HOME, or else the platform's usual place."""
    chosen = os.environ.get(HOME_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    return Path(platformdirs.user_data_dir("glassbox", appauthor=False))


def _sqlite_url(home: Path) -> str:
    """A SQLite file in a folder that is made if need be; nobody else on the machine may read it.

    SQLite gives the files it keeps beside it (-wal, -shm) the same permissions.
    """
    file = home / "glassbox.sqlite"
    with causes_told(str(home)):
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
        file.chmod(0o600)
    return f"sqlite:///{file.as_posix()}"
