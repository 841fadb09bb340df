"""What is known of a room: the room, its people, its questions, votes and words.

Invariant: nothing here changes; whoever has a record has what was true when it was read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from core.store.database import as_utc, now_utc
from core.store.tables import RoomPersonRow, RoomQuestionRow, RoomRow, RoomSayingRow

PAIR: Final = "pair"
"""The kind of a question with two answers of a model, of which the better one is chosen."""


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
class Hand:
    """A hand that somebody put up, and at which step, counted from 0."""

    person: str
    at: int


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


def record_of(row: RoomRow) -> RoomRecord:
    """A room as its row has it."""
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


def person_of(row: RoomPersonRow) -> Person:
    """Somebody as their row has it."""
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


def asked_of(row: RoomQuestionRow) -> Asked:
    """A question as its row has it."""
    return Asked(
        key=row.key,
        n=row.n,
        kind=row.kind,
        texts=row.texts,
        measured=row.measured,
        opened_at=as_utc(row.opened_at),
        closed_at=as_utc(row.closed_at) if row.closed_at else None,
    )


def saying_of(row: RoomSayingRow) -> Saying:
    """Words as their row has them."""
    return Saying(row.key, row.question, row.person, row.text, row.is_hidden, as_utc(row.said_at))
