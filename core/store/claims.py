"""Which process has which run, where several web processes use one PostgreSQL database.

Invariant: a claim is a lock of the database's own that belongs to one connection, so it is gone as
soon as its process is, however that ends. Beside SQLite everything may be claimed: there the lease
of the home decides.
"""

import threading
from contextlib import suppress
from hashlib import blake2b
from typing import Final

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.functions import Function

from core.store.database import Database


class Claims:
    """The runs of this process.

    Args:
        database: of all processes.
    """

    def __init__(self, database: Database) -> None:
        self._database: Final = database
        self._lock: Final = threading.Lock()
        self._connection: Connection | None = None  # that holds all claims

    def take(self, run_id: str) -> bool:
        """Claim a run; False while another process has it."""
        return self._asked(func.pg_try_advisory_lock(_number(run_id)))

    def give_back(self, run_id: str) -> None:
        """Let another process have it, or nobody: it has ended."""
        with suppress(DBAPIError):  # without its connection it is given back already
            self._asked(func.pg_advisory_unlock(_number(run_id)))

    def close(self) -> None:
        """Give back everything."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _asked(self, question: Function[bool]) -> bool:
        """What the database says, on the connection that holds the claims."""
        if not self._database.is_postgresql:
            return True
        with self._lock:
            try:
                return bool(self._held().scalar(select(question)))
            except DBAPIError:  # the database was away; with the connection went its claims
                self._connection = None
                return bool(self._held().scalar(select(question)))

    def _held(self) -> Connection:
        if self._connection is None:
            self._connection = self._database.connection()
        return self._connection


def _number(run_id: str) -> int:
    """A run's id as the signed 64 bits by which PostgreSQL knows a lock."""
    return int.from_bytes(blake2b(run_id.encode(), digest_size=8).digest(), signed=True)
