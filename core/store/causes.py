"""Why something could not be stored or read: a full disk, a missing permission, a damaged file.

Invariant: a cause is only named if the system has named it; everything else stays what it was.
"""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError

from core.errors import DamagedDatabase, DiskFull, ReadOnly, StoreError

FULL: Final = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
FORBIDDEN: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})

SQLITE_KINDS: Final[dict[int, type[StoreError]]] = {
    sqlite3.SQLITE_FULL: DiskFull,
    sqlite3.SQLITE_READONLY: ReadOnly,
    sqlite3.SQLITE_CANTOPEN: ReadOnly,
    sqlite3.SQLITE_PERM: ReadOnly,
    sqlite3.SQLITE_CORRUPT: DamagedDatabase,
    sqlite3.SQLITE_NOTADB: DamagedDatabase,
}
SQLSTATES: Final[dict[str, type[StoreError]]] = {  # of PostgreSQL
    "53100": DiskFull,
    "25006": ReadOnly,
    "XX001": DamagedDatabase,
    "XX002": DamagedDatabase,
}


@contextmanager
def causes_told(where: str) -> Iterator[None]:
    """Raise what the system says about disk and database as an error of our tree.

    Args:
        where: the folder or database, for the log.

    Raises:
        DiskFull, ReadOnly, DamagedDatabase: it could not be written or read for this reason.
    """
    try:
        yield
    except (OSError, sqlite3.Error, DBAPIError) as error:
        kind = kind_of(error)
        if kind is None:
            raise
        raise kind(f"{where}: {_said(error)}") from error


def kind_of(error: Exception) -> type[StoreError] | None:
    """The kind of error that the system names; None if it names none that we know."""
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, OSError):
        return DiskFull if original.errno in FULL else _if_forbidden(original)
    if isinstance(original, sqlite3.Error):
        return _of_sqlite(original)
    return SQLSTATES.get(getattr(original, "sqlstate", None) or "")


def _if_forbidden(error: OSError) -> type[StoreError] | None:
    return ReadOnly if error.errno in FORBIDDEN else None


def _of_sqlite(error: sqlite3.Error) -> type[StoreError] | None:
    code = getattr(error, "sqlite_errorcode", None)  # the extended one: its low byte is the kind
    if code is None:
        return None
    if code & 0xFF == sqlite3.SQLITE_IOERR and code in (
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
        sqlite3.SQLITE_IOERR_TRUNCATE,
    ):
        return DiskFull  # what could not be written there had no room
    return SQLITE_KINDS.get(code & 0xFF)


def _said(error: Exception) -> str:
    original = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return f"{type(original).__name__}: {original}"
