"""The database behind the store: SQLite by default, any other one by URL.

Invariant: a transaction that will write takes SQLite's write lock before it reads, so two writers
wait for each other instead of failing; readers never wait.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, create_engine, event, inspect, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from core.errors import NewerSchema
from core.store.causes import causes_told
from core.store.migrations import migrate
from core.store.tables import REVISION, SCHEMA_VERSION, Base, RevisionRow, SchemaRow

OWNERS_HASHED_IN: Final = 5  # the first schema version without cookies in it

BUSY_TIMEOUT_S: Final = 30
"""How long a writer waits for another one before giving up."""


class Database:
    """Sessions on one database, safe to open from any thread.

    Args:
        url: a SQLAlchemy URL such as `sqlite:////home/me/glassbox.sqlite` or
            `postgresql+psycopg://user@host/glassbox`.

    Raises:
        NewerSchema: a newer version of this program has written to it.
        DiskFull, ReadOnly, DamagedDatabase: it cannot be used, for this reason; reading and writing
            raise them too.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.is_postgresql = parsed.get_backend_name() == "postgresql"
        self._where = parsed.render_as_string(hide_password=True)
        self._engine = create_engine(url, pool_size=8, max_overflow=32)
        if self.is_sqlite:
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
        self._writing_engine = self._engine.execution_options(writes=True)
        self.n_written = 0
        """rises with everything that is written through this object"""
        self._prepare_tables()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one consistent state and writes nothing."""
        with causes_told(self._where), Session(self._engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes all take effect at the end of the block, or none of them."""
        with (
            causes_told(self._where),
            Session(self._writing_engine) as session,
            session.begin(),
        ):
            yield session
        self.n_written += 1

    def connection(self) -> Connection:
        """A connection of its own, without transactions, for whoever closes it again."""
        alone = create_engine(self._engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        return alone.connect()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _prepare_tables(self) -> None:
        # In one writing transaction, so two processes starting at once do not both create tables.
        with self.writing() as session:
            found = _version_of(session)
            if found is None:
                Base.metadata.create_all(session.connection())
                session.add_all(
                    [SchemaRow(version=SCHEMA_VERSION), RevisionRow(version_num=REVISION)]
                )
            elif found > SCHEMA_VERSION:
                raise NewerSchema(
                    f"the store has schema version {found}, this program knows up to "
                    f"{SCHEMA_VERSION}: update the program or choose another GLASSBOX_HOME",
                    found=found,
                    known=SCHEMA_VERSION,
                )
            elif found < SCHEMA_VERSION:
                migrate(session.connection())
                session.execute(update(SchemaRow).values(version=SCHEMA_VERSION))
        if found is not None and found < OWNERS_HASHED_IN and self.is_sqlite:
            self._leave_nothing_behind()

    def _leave_nothing_behind(self) -> None:
        """Overwrite what was changed: SQLite leaves old rows in free pages and in its log."""
        raw = self._engine.raw_connection()
        try:
            raw.driver_connection.execute("VACUUM")  # type: ignore[union-attr]
            raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
        finally:
            raw.close()


def _version_of(session: Session) -> int | None:
    """The schema version of the tables that are there; None if there are none yet."""
    if not inspect(session.connection()).has_table(SchemaRow.__tablename__):
        return None
    return session.scalar(select(SchemaRow.version)) or SCHEMA_VERSION


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    """Set up a new SQLite connection."""
    connection.isolation_level = None  # we say BEGIN ourselves, in `_begin_sqlite`
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_S * 1000}",
        "journal_mode = WAL",  # readers and the writer do not wait for each other
        "synchronous = NORMAL",  # kill -9 loses nothing; a power cut may lose the last commits
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def now_utc() -> datetime:
    """The current time, with time zone."""
    return datetime.now(UTC)


def as_utc(moment: datetime) -> datetime:
    """A moment read from the database, with the time zone that SQLite dropped."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
