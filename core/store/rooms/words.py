"""The words that people of a room wrote.

Invariant: words are one row for each key that their sender made up: sent twice, they are kept once.
"""

from typing import Final

from sqlalchemy import func, select, update

from core.errors import NotFound, RoomError
from core.store.database import now_utc
from core.store.rooms.changing import Watched
from core.store.rooms.records import Saying, saying_of
from core.store.tables import RoomPersonRow, RoomQuestionRow, RoomSayingRow

MOST_SAYINGS: Final = 40
"""Of one person to one question."""


class RoomWords(Watched):
    """The part of the store that keeps what people wrote."""

    def say(self, room_id: str, saying: Saying) -> None:
        """Take somebody's words; those with a key that is there already change nothing.

        Raises:
            NotFound: the question was never asked, or nobody of that name is in the room.
            RoomError: the room has ended, the question is closed, or that is too much.
        """
        with self._changing(room_id) as (session, room):
            if session.get(RoomSayingRow, (room_id, saying.key)) is not None:
                return
            question = session.get(RoomQuestionRow, (room_id, saying.question))
            if question is None or session.get(RoomPersonRow, (room_id, saying.person)) is None:
                raise NotFound("that was never asked, or nobody of that name is in the room")
            if question.closed_at is not None:
                raise RoomError("closed")
            n = session.scalar(
                select(func.count()).where(
                    RoomSayingRow.room_id == room_id,
                    RoomSayingRow.question == saying.question,
                    RoomSayingRow.person == saying.person,
                )
            )
            if (n or 0) >= MOST_SAYINGS:
                raise RoomError("too_much")
            session.add(
                RoomSayingRow(
                    room_id=room_id,
                    key=saying.key,
                    question=saying.question,
                    person=saying.person,
                    text=saying.text,
                    is_hidden=saying.is_hidden,
                    said_at=now_utc(),
                )
            )
            room.n_said += 1

    def hide(self, room_id: str, key: str, is_hidden: bool = True) -> None:
        """Take words off the projector, or put them back."""
        with self._changing(room_id) as (session, room):
            session.execute(
                update(RoomSayingRow)
                .where(RoomSayingRow.room_id == room_id, RoomSayingRow.key == key)
                .values(is_hidden=is_hidden)
            )
            room.n_said += 1

    def sayings(self, room_id: str, question: str | None = None) -> list[Saying]:
        """All words said in a room, or to one question, the oldest first."""
        with self._database.reading() as session:
            query = select(RoomSayingRow).where(RoomSayingRow.room_id == room_id)
            if question is not None:
                query = query.where(RoomSayingRow.question == question)
            return [
                saying_of(row) for row in session.scalars(query.order_by(RoomSayingRow.said_at))
            ]
