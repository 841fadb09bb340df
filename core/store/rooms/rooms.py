"""Rooms themselves: opened, changed, ended, and forgotten after a while.

Invariant: a host has one room open at a time, and no two open rooms have one code.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.errors import NotFound, RoomError
from core.store.database import as_utc, now_utc
from core.store.remembering import remembered
from core.store.rooms.people import RoomPeople
from core.store.rooms.questions import RoomQuestions
from core.store.rooms.records import RoomRecord, record_of
from core.store.rooms.words import RoomWords
from core.store.tables import (
    RoomHandRow,
    RoomHereRow,
    RoomPersonRow,
    RoomQuestionRow,
    RoomRow,
    RoomSayingRow,
    RoomVoteRow,
)


class Rooms(RoomPeople, RoomQuestions, RoomWords):
    """The part of the store that keeps rooms.

    Args:
        database: where rows are stored.
    """

    def open(
        self,
        id_: str,
        host: str,
        lead: str,
        lesson: Mapping[str, Any],
        state: Mapping[str, Any],
        code_of: Callable[[set[str]], str],
    ) -> RoomRecord:
        """Open a room.

        Args:
            id_: of the room.
            host: who opens it; one person has one room open at a time.
            lead: hash of the facilitator's secret.
            lesson: what is taught.
            state: where it begins.
            code_of: makes a code that none of the given rooms has.

        Raises:
            RoomError: this host has a room open.
        """
        now = now_utc()
        with self._database.writing() as session:
            open_rooms = session.scalars(select(RoomRow).where(RoomRow.ended_at.is_(None)))
            others = {row.code: row.host for row in open_rooms}
            if host in others.values():
                raise RoomError("has_room")
            row = RoomRow(
                id=id_, code=code_of(set(others)), host=host, lead=lead, lesson=dict(lesson),
                state=dict(state), version=1, n_said=0, created_at=now, used_at=now, ended_at=None,
            )  # fmt: skip
            session.add(row)
            session.flush()
            return record_of(row)

    def get(self, room_id: str) -> RoomRecord:
        """A room by its id.

        Raises:
            NotFound: there is none.
        """
        with self._database.reading() as session:
            return record_of(_room(session, room_id))

    def by_code(self, code: str) -> RoomRecord | None:
        """The open room with a code, or else the last one that had it; None if none ever did."""
        with self._database.reading() as session:
            query = select(RoomRow).where(RoomRow.code == code)
            rows = session.scalars(query.order_by(RoomRow.created_at.desc())).all()
            found = next((row for row in rows if row.ended_at is None), rows[0] if rows else None)
            return record_of(found) if found else None

    @remembered
    def of_host(self, host: str) -> list[RoomRecord]:
        """All rooms that somebody opened, the latest first."""
        with self._database.reading() as session:
            query = select(RoomRow).where(RoomRow.host == host)
            rows = session.scalars(query.order_by(RoomRow.created_at.desc()))
            return [record_of(row) for row in rows]

    def versions(self, room_id: str) -> tuple[int, int]:
        """What rises with every change: for phones, and for those who watch the room."""
        with self._database.reading() as session:
            row = session.execute(
                select(RoomRow.version, RoomRow.n_said).where(RoomRow.id == room_id)
            ).one_or_none()
            return (row[0], row[1]) if row else (0, 0)

    def change(
        self, room_id: str, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    ) -> RoomRecord:
        """Change where the lesson stands; `change` is given the state and returns another.

        Raises:
            NotFound: there is no such room.
            RoomError: it has ended, or `change` refuses.
        """
        with self._changing(room_id) as (_, row):
            row.state = dict(change(row.state))
            row.version += 1
            return record_of(row)

    def replace_lesson(self, room_id: str, lesson: Mapping[str, Any]) -> RoomRecord:
        """Teach another lesson from here on; what was asked stays."""
        with self._changing(room_id) as (_, row):
            row.lesson = dict(lesson)
            row.version += 1
            return record_of(row)

    def change_lead(self, room_id: str, lead: str) -> RoomRecord:
        """Let another secret make the facilitator; the one before no longer does."""
        with self._changing(room_id) as (_, row):
            row.lead = lead
            row.version += 1  # whoever leads is told, and who no longer may is sent out
            return record_of(row)

    def end(self, room_id: str) -> RoomRecord:
        """Close the room; what was said stays until it is forgotten."""
        with self._changing(room_id, also_ended=True) as (_, row):
            row.ended_at = row.ended_at or now_utc()
            row.version += 1
            return record_of(row)


def forget_rooms(session: Session, before: datetime) -> int:
    """Forget rooms that nobody has used since `before`; returns how many."""
    old = [
        row.id for row in session.scalars(select(RoomRow)) if as_utc(row.used_at) < before
    ]  # fmt: skip
    for room_id in old:
        for table in (
            RoomHereRow,
            RoomVoteRow,
            RoomSayingRow,
            RoomHandRow,
            RoomQuestionRow,
            RoomPersonRow,
        ):
            session.execute(delete(table).where(table.room_id == room_id))
        session.execute(delete(RoomRow).where(RoomRow.id == room_id))
    return len(old)


def _room(session: Session, room_id: str) -> RoomRow:
    row = session.get(RoomRow, room_id)
    if row is None:
        raise NotFound("there is no such room")
    return row
