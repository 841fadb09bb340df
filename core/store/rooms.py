"""Rooms: what a workshop's people voted and wrote, kept exactly once.

Invariant: a vote is one row for each question and person, replaced only by a later one of the same
sender; words are one row for each key that their sender made up. So whatever is sent twice, late or
out of order counts once, and a killed server loses nothing that it has confirmed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core.errors import NotFound, RoomError
from core.store.database import Database, as_utc, now_utc
from core.store.tables import (
    RoomHereRow,
    RoomPersonRow,
    RoomQuestionRow,
    RoomRow,
    RoomSayingRow,
    RoomVoteRow,
)

PAIR: Final = "pair"
"""The kind of a question with two answers of a model, of which the better one is chosen."""

MOST_PEOPLE: Final = 200
MOST_SAYINGS: Final = 40
"""Of one person to one question."""


@dataclass(frozen=True)
class RoomRecord:
    """A room as it stands.

    Args:
        id: never shown to phones.
        code: what people type.
        host: the owner who opened it.
        lead: hash of the facilitator's secret.
        lesson: as it was read, with the TOML it came from.
        state: where the lesson stands; see core.rooms.room.State.
        version: rises whenever phones must show something else.
        n_said: rises with every vote, word and arrival.
        created_at: UTC.
        ended_at: None while it is open.
    """

    id: str
    code: str
    host: str
    lead: str
    lesson: Mapping[str, Any]
    state: Mapping[str, Any]
    version: int
    n_said: int
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Person:
    """Somebody in a room."""

    id: str
    number: int
    nickname: str
    owner: str | None
    has_hand_up: bool
    shows: bool
    joined_at: datetime
    is_simulated: bool = False


@dataclass(frozen=True)
class Asked:
    """A question put to a room.

    Args:
        key: unique in the room.
        n: in the order they were put, from 1.
        kind: "vote", "words" or "pair".
        texts: the question and its options in every language.
        measured: what was found: {"outcome", "text", …}; None while nobody knows.
        closed_at: None while votes are taken.
    """

    key: str
    n: int
    kind: str
    texts: Mapping[str, Any]
    measured: Mapping[str, Any] | None
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class Vote:
    """One person's choice, and the sender's count with which it came."""

    question: str
    person: str
    choice: str
    seq: int


@dataclass(frozen=True)
class Saying:
    """Words of one person."""

    key: str
    question: str
    person: str
    text: str
    is_hidden: bool
    said_at: datetime = field(default_factory=now_utc)


class Rooms:
    """The part of the store that keeps rooms.

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
            return _record(row)

    def get(self, room_id: str) -> RoomRecord:
        """A room by its id.

        Raises:
            NotFound: there is none.
        """
        with self._database.reading() as session:
            return _record(_room(session, room_id))

    def by_code(self, code: str) -> RoomRecord | None:
        """The open room with a code, or else the last one that had it; None if none ever did."""
        with self._database.reading() as session:
            query = select(RoomRow).where(RoomRow.code == code)
            rows = session.scalars(query.order_by(RoomRow.created_at.desc())).all()
            found = next((row for row in rows if row.ended_at is None), rows[0] if rows else None)
            return _record(found) if found else None

    def of_host(self, host: str) -> list[RoomRecord]:
        """All rooms that somebody opened, the latest first."""
        with self._database.reading() as session:
            query = select(RoomRow).where(RoomRow.host == host)
            rows = session.scalars(query.order_by(RoomRow.created_at.desc()))
            return [_record(row) for row in rows]

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
            return _record(row)

    def replace_lesson(self, room_id: str, lesson: Mapping[str, Any]) -> RoomRecord:
        """Teach another lesson from here on; what was asked stays."""
        with self._changing(room_id) as (_, row):
            row.lesson = dict(lesson)
            row.version += 1
            return _record(row)

    def change_lead(self, room_id: str, lead: str) -> RoomRecord:
        """Let another secret make the facilitator; the one before no longer does."""
        with self._changing(room_id) as (_, row):
            row.lead = lead
            return _record(row)

    def end(self, room_id: str) -> RoomRecord:
        """Close the room; what was said stays until it is forgotten."""
        with self._changing(room_id, also_ended=True) as (_, row):
            row.ended_at = row.ended_at or now_utc()
            row.version += 1
            return _record(row)

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
            return _person(row)

    def about(self, room_id: str, person: str, **changes: bool) -> Person:
        """Note that somebody has a hand up (`has_hand_up`) or lets their bench be shown (`shows`).

        Raises:
            NotFound: nobody of that name is in the room.
        """
        with self._changing(room_id) as (session, room):
            row = session.get(RoomPersonRow, (room_id, person))
            if row is None:
                raise NotFound("nobody of that name is in the room")
            for name, value in changes.items():
                setattr(row, name, value)
            room.n_said += 1
            return _person(row)

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

    def send_away(self, room_id: str, person: str) -> None:
        """Forget somebody with their votes and words; whoever comes back is somebody new."""
        with self._changing(room_id) as (session, room):
            for table in (RoomVoteRow, RoomSayingRow, RoomPersonRow):
                session.execute(
                    delete(table).where(table.room_id == room_id, table.person == person)
                )
            room.version += 1
            room.n_said += 1

    def people(self, room_id: str) -> list[Person]:
        """Everybody in a room, in the order they came."""
        with self._database.reading() as session:
            query = select(RoomPersonRow).where(RoomPersonRow.room_id == room_id)
            return [_person(row) for row in session.scalars(query.order_by(RoomPersonRow.number))]

    def person(self, room_id: str, person: str) -> Person | None:
        """Somebody in a room; None if nobody of that name is there."""
        with self._database.reading() as session:
            row = session.get(RoomPersonRow, (room_id, person))
            return _person(row) if row else None

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
            return _asked(row)

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
            return _asked(row) if row else None

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
            return _asked(row)

    def questions(self, room_id: str, kind: str | None = None) -> list[Asked]:
        """All questions put to a room, or those of one kind, in their order."""
        with self._database.reading() as session:
            query = select(RoomQuestionRow).where(RoomQuestionRow.room_id == room_id)
            if kind is not None:
                query = query.where(RoomQuestionRow.kind == kind)
            return [_asked(row) for row in session.scalars(query.order_by(RoomQuestionRow.n))]

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
            return [_saying(row) for row in session.scalars(query.order_by(RoomSayingRow.said_at))]

    def _changing(self, room_id: str, *, also_ended: bool = False) -> "_Changing":
        return _Changing(self._database, self._watchers, room_id, also_ended)


class _Changing:
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


def forget_rooms(session: Session, before: datetime) -> int:
    """Forget rooms that nobody has used since `before`; returns how many."""
    old = [
        row.id for row in session.scalars(select(RoomRow)) if as_utc(row.used_at) < before
    ]  # fmt: skip
    for room_id in old:
        for table in (RoomHereRow, RoomVoteRow, RoomSayingRow, RoomQuestionRow, RoomPersonRow):
            session.execute(delete(table).where(table.room_id == room_id))
        session.execute(delete(RoomRow).where(RoomRow.id == room_id))
    return len(old)


def _room(session: Session, room_id: str) -> RoomRow:
    row = session.get(RoomRow, room_id)
    if row is None:
        raise NotFound("there is no such room")
    return row


def _record(row: RoomRow) -> RoomRecord:
    return RoomRecord(
        id=row.id,
        code=row.code,
        host=row.host,
        lead=row.lead,
        lesson=row.lesson,
        state=row.state,
        version=row.version,
        n_said=row.n_said,
        created_at=as_utc(row.created_at),
        ended_at=as_utc(row.ended_at) if row.ended_at else None,
    )


def _person(row: RoomPersonRow) -> Person:
    return Person(
        id=row.person,
        number=row.number,
        nickname=row.nickname,
        owner=row.owner,
        has_hand_up=row.has_hand_up,
        shows=row.shows,
        joined_at=as_utc(row.joined_at),
        is_simulated=row.is_simulated,
    )


def _asked(row: RoomQuestionRow) -> Asked:
    return Asked(
        key=row.key,
        n=row.n,
        kind=row.kind,
        texts=row.texts,
        measured=row.measured,
        opened_at=as_utc(row.opened_at),
        closed_at=as_utc(row.closed_at) if row.closed_at else None,
    )


def _saying(row: RoomSayingRow) -> Saying:
    return Saying(row.key, row.question, row.person, row.text, row.is_hidden, as_utc(row.said_at))
