"""A change of one room, and what every part of the store that keeps rooms shares.

Invariant: two changes of one room follow each other, and whoever watches it is told of each once it
is through.
"""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy.orm import Session

from core.errors import NotFound, RoomError
from core.store.database import Database, now_utc
from core.store.tables import RoomRow


class Watched:
    """Rows of rooms in a database, and those who are told of every change.

    Args:
        database: where rows are stored.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watchers: list[Callable[[str], None]] = []
        self.is_alone: Final = database.is_sqlite
        """Whether only this process writes here, so that nobody need look for others' changes."""

    def watch(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Be told the id of every room that this process changes; returns how to end that."""
        self._watchers.append(callback)
        return lambda: self._watchers.remove(callback)

    def tell(self, room_id: str) -> None:
        """Tell those who watch that there is something new to see, which is not kept here."""
        for each in tuple(self._watchers):
            each(room_id)

    def _changing(self, room_id: str, *, also_ended: bool = False) -> "Changing":
        return Changing(self._database, self._watchers, room_id, also_ended)


class Changing:
    """A transaction on one room that tells everybody who watches it once it is through.

    The room's row is locked first, so that two changes of one room follow each other on every
    database.
    """

    def __init__(
        self,
        database: Database,
        watchers: list[Callable[[str], None]],
        room_id: str,
        also_ended: bool,
    ) -> None:
        self._writing = database.writing()
        self._watchers, self._room_id, self._also_ended = watchers, room_id, also_ended

    def __enter__(self) -> tuple[Session, RoomRow]:
        session = self._writing.__enter__()
        try:
            row = session.get(RoomRow, self._room_id, with_for_update=True)
            if row is None:
                raise NotFound("there is no such room")
            if row.ended_at is not None and not self._also_ended:
                raise RoomError("ended")
            row.used_at = now_utc()
        except BaseException as error:
            self._writing.__exit__(type(error), error, error.__traceback__)
            raise
        return session, row

    def __exit__(self, *error: Any) -> None:
        self._writing.__exit__(*error)
        if error[0] is None:
            for tell in tuple(self._watchers):
                tell(self._room_id)
