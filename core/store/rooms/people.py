"""The people of a room: who is in it, who has a hand up, who has a page open.

Invariant: whoever comes back is the same person, with the same number.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.errors import NotFound, RoomError
from core.store.database import as_utc, now_utc
from core.store.rooms.changing import Watched
from core.store.rooms.records import Hand, Person, person_of
from core.store.tables import (
    RoomHandRow,
    RoomHereRow,
    RoomPersonRow,
    RoomRow,
    RoomSayingRow,
    RoomVoteRow,
)

MOST_PEOPLE: Final = 200


class RoomPeople(Watched):
    """The part of the store that keeps who is in a room."""

    def enter(
        self,
        room_id: str,
        person: str,
        nickname: str,
        owner: str | None,
        *,
        is_simulated: bool = False,
    ) -> Person:
        """Let somebody in, or back in: the same person keeps number and votes.

        Args:
            room_id: of an open room.
            person: who, from their cookie.
            nickname: an empty one changes nothing; others may have the same.
            owner: of the bench that their browser has; None: it has none.
            is_simulated: whether it is nobody, but one of a rehearsal.

        Raises:
            RoomError: the room has ended or is full.
        """
        with self._changing(room_id) as (session, room):
            row = session.get(RoomPersonRow, (room_id, person))
            if row is None:
                of_room = RoomPersonRow.room_id == room_id
                n = session.scalar(select(func.max(RoomPersonRow.number)).where(of_room)) or 0
                if n >= MOST_PEOPLE:
                    raise RoomError("full")
                row = RoomPersonRow(
                    room_id=room_id, person=person, number=n + 1, nickname="", owner=None,
                    has_hand_up=False, shows=False, is_simulated=is_simulated, joined_at=now_utc(),
                )  # fmt: skip
                session.add(row)
            row.nickname = nickname or row.nickname
            row.owner = owner or row.owner
            room.n_said += 1
            session.flush()
            return person_of(row)

    def about(self, room_id: str, person: str, *, shows: bool) -> Person:
        """Note whether somebody lets their bench be shown.

        Raises:
            NotFound: nobody of that name is in the room.
        """
        with self._changing(room_id) as (session, room):
            row = _row_of(session, room_id, person)
            row.shows = shows
            room.n_said += 1
            return person_of(row)

    def raise_hand(self, room_id: str, person: str, at: int) -> Person:
        """Put somebody's hand up; one that is up already is not put up again.

        Args:
            room_id: of an open room.
            person: whose hand it is.
            at: the step, counted from 0.

        Raises:
            NotFound: nobody of that name is in the room.
        """
        with self._changing(room_id) as (session, room):
            row = _row_of(session, room_id, person)
            if not row.has_hand_up:
                own = (RoomHandRow.room_id == room_id, RoomHandRow.person == person)
                n = session.scalar(select(func.max(RoomHandRow.n)).where(*own)) or 0
                session.add(
                    RoomHandRow(room_id=room_id, person=person, n=n + 1, at=at, raised_at=now_utc())
                )
            row.has_hand_up = True
            room.n_said += 1
            return person_of(row)

    def lower_hand(self, room_id: str, person: str) -> Person:
        """Take somebody's hand down; their phone is told, whoever did it.

        Raises:
            NotFound: nobody of that name is in the room.
        """
        with self._changing(room_id) as (session, room):
            row = _row_of(session, room_id, person)
            row.has_hand_up = False
            room.version += 1
            room.n_said += 1
            return person_of(row)

    def hands(self, room_id: str) -> list[Hand]:
        """Every hand that was put up, the first first; those that are down again are among them."""
        with self._database.reading() as session:
            query = select(RoomHandRow).where(RoomHandRow.room_id == room_id)
            rows = session.scalars(query.order_by(RoomHandRow.raised_at))
            return [Hand(row.person, row.at) for row in rows]

    def send_away(self, room_id: str, person: str) -> None:
        """Forget somebody with their votes, words and hands; whoever comes back is somebody new."""
        with self._changing(room_id) as (session, room):
            for table in (RoomVoteRow, RoomSayingRow, RoomHandRow, RoomPersonRow):
                session.execute(
                    delete(table).where(table.room_id == room_id, table.person == person)
                )
            room.version += 1
            room.n_said += 1

    def people(self, room_id: str) -> list[Person]:
        """Everybody in a room, in the order they came."""
        with self._database.reading() as session:
            query = select(RoomPersonRow).where(RoomPersonRow.room_id == room_id)
            return [person_of(row) for row in session.scalars(query.order_by(RoomPersonRow.number))]

    def person(self, room_id: str, person: str) -> Person | None:
        """Somebody in a room; None if nobody of that name is there."""
        with self._database.reading() as session:
            row = session.get(RoomPersonRow, (room_id, person))
            return person_of(row) if row else None

    def note_here(self, room_id: str, process: str, people: Sequence[str]) -> None:
        """Note who has a page open at one web process, for the others.

        Args:
            room_id: of a room; an unknown one changes nothing.
            process: which; it says so again from time to time, or is taken to be gone.
            people: who; none takes the note away.
        """
        now = sorted(people)
        with self._database.writing() as session:
            room = session.get(RoomRow, room_id, with_for_update=True)
            if room is None:
                return
            row = session.get(RoomHereRow, (room_id, process))
            if row is None and now:
                row = RoomHereRow(room_id=room_id, process=process, people=[], seen_at=now_utc())
                session.add(row)
            if row is None:
                return
            if row.people != now:
                room.n_said += 1  # so that the others look again
            row.people, row.seen_at = now, now_utc()
            if not now:
                session.delete(row)

    def here(self, room_id: str, process: str, since: datetime) -> list[str]:
        """Who has a page open at another process than this one, by notes no older than `since`."""
        with self._database.reading() as session:
            query = select(RoomHereRow).where(
                RoomHereRow.room_id == room_id, RoomHereRow.process != process
            )
            rows = [row for row in session.scalars(query) if as_utc(row.seen_at) >= since]
            return [person for row in rows for person in row.people]


def _row_of(session: Session, room_id: str, person: str) -> RoomPersonRow:
    row = session.get(RoomPersonRow, (room_id, person))
    if row is None:
        raise NotFound("nobody of that name is in the room")
    return row
