"""The questions of a room and the votes on them.

Invariant: a vote is one row for each question and person, replaced only by a later one of the same
sender: whatever is sent twice, late or out of order counts once.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from core.errors import NotFound, RoomError
from core.store.database import now_utc
from core.store.rooms.changing import Watched
from core.store.rooms.records import Asked, Vote, asked_of
from core.store.tables import RoomPersonRow, RoomQuestionRow, RoomVoteRow


class RoomQuestions(Watched):
    """The part of the store that keeps what a room was asked, and how it voted."""

    def ask(self, room_id: str, key: str, kind: str, texts: Mapping[str, Any]) -> Asked:
        """Put a question; one that was put before is opened again, with its votes.

        Args:
            room_id: of an open room.
            key: of the question, unique in the room.
            kind: "vote", "words" or "pair".
            texts: the question and its options in every language.
        """
        with self._changing(room_id) as (session, room):
            row = session.get(RoomQuestionRow, (room_id, key))
            if row is None:
                of_room = RoomQuestionRow.room_id == room_id
                n = session.scalar(select(func.max(RoomQuestionRow.n)).where(of_room)) or 0
                row = RoomQuestionRow(
                    room_id=room_id, key=key, n=n + 1, kind=kind, measured=None, opened_at=now_utc()
                )
                session.add(row)
            row.kind, row.texts, row.closed_at = kind, dict(texts), None
            room.version += 1
            session.flush()
            return asked_of(row)

    def put(self, room_id: str, kind: str, questions: Mapping[str, Mapping[str, Any]]) -> int:
        """Put many questions at once; those whose key is there already stay as they are.

        Args:
            room_id: of an open room.
            kind: of all of them.
            questions: key -> texts, in order.

        Returns:
            how many were new.
        """
        with self._changing(room_id) as (session, room):
            of_room = RoomQuestionRow.room_id == room_id
            known = set(session.scalars(select(RoomQuestionRow.key).where(of_room)))
            n = session.scalar(select(func.max(RoomQuestionRow.n)).where(of_room)) or 0
            new = {key: texts for key, texts in questions.items() if key not in known}
            session.add_all(
                RoomQuestionRow(
                    room_id=room_id, key=key, n=number, kind=kind, texts=dict(texts),
                    measured=None, opened_at=now_utc(), closed_at=None,
                )
                for number, (key, texts) in enumerate(new.items(), n + 1)
            )  # fmt: skip
            room.version += 1
            return len(new)

    def question(self, room_id: str, key: str) -> Asked | None:
        """One question; None if it was never asked."""
        with self._database.reading() as session:
            row = session.get(RoomQuestionRow, (room_id, key))
            return asked_of(row) if row else None

    def questions(self, room_id: str, kind: str | None = None) -> list[Asked]:
        """All questions put to a room, or those of one kind, in their order."""
        with self._database.reading() as session:
            query = select(RoomQuestionRow).where(RoomQuestionRow.room_id == room_id)
            if kind is not None:
                query = query.where(RoomQuestionRow.kind == kind)
            return [asked_of(row) for row in session.scalars(query.order_by(RoomQuestionRow.n))]

    def close_question(
        self, room_id: str, key: str, measured: Mapping[str, Any] | None = None
    ) -> Asked:
        """Take no more votes, and note what was measured, if it was.

        Raises:
            NotFound: that was never asked.
        """
        with self._changing(room_id) as (session, room):
            row = session.get(RoomQuestionRow, (room_id, key))
            if row is None:
                raise NotFound("that was never asked")
            row.closed_at = row.closed_at or now_utc()
            row.measured = dict(measured) if measured is not None else row.measured
            room.version += 1
            return asked_of(row)

    def vote(self, room_id: str, vote: Vote) -> Vote:
        """Take a vote; the one that is kept is returned, which may be a later one.

        Raises:
            NotFound: the question was never asked, or nobody of that name is in the room.
            RoomError: the room has ended or the question is closed.
        """
        with self._changing(room_id) as (session, room):
            question = session.get(RoomQuestionRow, (room_id, vote.question))
            if question is None or session.get(RoomPersonRow, (room_id, vote.person)) is None:
                raise NotFound("that was never asked, or nobody of that name is in the room")
            row = session.get(RoomVoteRow, (room_id, vote.question, vote.person))
            if question.closed_at is not None:
                if row is not None and (row.seq, row.choice) == (vote.seq, vote.choice):
                    return vote  # sent again: it had arrived in time
                raise RoomError("closed")
            if row is None:
                row = RoomVoteRow(
                    room_id=room_id, question=vote.question, person=vote.person, seq=-1, choice=""
                )
                session.add(row)
            if vote.seq > row.seq:
                row.choice, row.seq, row.cast_at = vote.choice, vote.seq, now_utc()
                room.n_said += 1
            return Vote(row.question, row.person, row.choice, row.seq)

    def votes(self, room_id: str, question: str | None = None) -> list[Vote]:
        """The votes of a room, or on one question."""
        with self._database.reading() as session:
            query = select(RoomVoteRow).where(RoomVoteRow.room_id == room_id)
            if question is not None:
                query = query.where(RoomVoteRow.question == question)
            rows = session.scalars(query.order_by(RoomVoteRow.cast_at))
            return [Vote(row.question, row.person, row.choice, row.seq) for row in rows]

    def votes_on(self, room_id: str, kind: str) -> list[Vote]:
        """The votes on all questions of one kind."""
        with self._database.reading() as session:
            of_kind = select(RoomQuestionRow.key).where(
                RoomQuestionRow.room_id == room_id, RoomQuestionRow.kind == kind
            )
            query = select(RoomVoteRow).where(
                RoomVoteRow.room_id == room_id, RoomVoteRow.question.in_(of_kind)
            )
            rows = session.scalars(query.order_by(RoomVoteRow.cast_at))
            return [Vote(row.question, row.person, row.choice, row.seq) for row in rows]

    def votes_of(self, room_id: str, person: str) -> dict[str, Vote]:
        """One person's votes, by question."""
        with self._database.reading() as session:
            query = select(RoomVoteRow).where(
                RoomVoteRow.room_id == room_id, RoomVoteRow.person == person
            )
            return {
                row.question: Vote(row.question, row.person, row.choice, row.seq)
                for row in session.scalars(query)
            }
