"""The store's tables, as typed SQLAlchemy models.

Invariant: bytes are never stored here, only what is known about them; and only column types and
constraints that SQLite and PostgreSQL share are used.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

SCHEMA_VERSION: Final = 9
REVISION: Final = "0009"
"""Every change of the tables below raises both and adds a revision to core.store.migrations. Older
programs look at the version, and refuse a database that is newer than they are."""

Moment = DateTime(timezone=True)  # SQLite drops the time zone; every moment here is UTC
Long = BigInteger().with_variant(Integer, "sqlite")  # SQLite's own integers have 64 bits


class Base(DeclarativeBase):
    """Base class of all tables of the store."""


class SchemaRow(Base):
    """A single row: the version of the tables in this database."""

    __tablename__ = "schema_version"
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)


class RevisionRow(Base):
    """A single row: the last revision that was run; Alembic's own table."""

    __tablename__ = "alembic_version"
    version_num: Mapped[str] = mapped_column(String(32), primary_key=True)


class BlobRow(Base):
    """Bytes that exist, once however many own them."""

    __tablename__ = "blobs"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    n_bytes: Mapped[int] = mapped_column(Long)
    created_at: Mapped[datetime] = mapped_column(Moment)


class HoldingRow(Base):
    """Who owns an artefact, and how that owner came by it."""

    __tablename__ = "holdings"
    owner: Mapped[str] = mapped_column(String(64), primary_key=True)
    recipe: Mapped[str] = mapped_column(String(64), primary_key=True)
    artifact_id: Mapped[str] = mapped_column(ForeignKey("blobs.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(
        Long
    )  # increases with every holding: the newest wins if several have the same id
    kind: Mapped[str] = mapped_column(String(16))
    modality: Mapped[str] = mapped_column(String(16))
    parents: Mapped[list[str]] = mapped_column(JSON)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    seed: Mapped[int | None] = mapped_column(Long)
    code_version: Mapped[str] = mapped_column(String(64))
    numbers: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime] = mapped_column(Moment)  # retention is measured from here
    blob: Mapped[BlobRow] = relationship(lazy="joined", innerjoin=True)
    __table_args__ = (Index("holdings_by_id", "owner", "artifact_id"),)


class BenchRow(Base):
    """One owner's workbench for one kind of data: the difference of the pair, if it is one."""

    __tablename__ = "benches"
    owner: Mapped[str] = mapped_column(String(64), primary_key=True)
    modality: Mapped[str] = mapped_column(String(16), primary_key=True)
    difference: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    used_at: Mapped[datetime] = mapped_column(Moment)


class SlotRow(Base):
    """The latest artefact of one kind in one lane of a workbench."""

    __tablename__ = "bench_slots"
    owner: Mapped[str] = mapped_column(String(64), primary_key=True)
    modality: Mapped[str] = mapped_column(String(16), primary_key=True)
    lane: Mapped[str] = mapped_column(String(1), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    artifact_id: Mapped[str] = mapped_column(ForeignKey("blobs.id"))
    __table_args__ = (
        ForeignKeyConstraint(["owner", "modality"], ["benches.owner", "benches.modality"]),
    )


class RunRow(Base):
    """One run of the engine: what it computes from what, and how far it has got."""

    __tablename__ = "runs"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(Long, index=True)  # runs in order of submission
    owner: Mapped[str] = mapped_column(String(64), index=True)
    program: Mapped[str] = mapped_column(String(200))
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    lane: Mapped[str] = mapped_column(String(1))
    name: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(16), index=True)
    step: Mapped[int]
    seconds: Mapped[float]  # of the run's own computing time
    n_rows: Mapped[int]  # reported so far, not counting those thinned out
    result: Mapped[str | None] = mapped_column(String(64))
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    numbers: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)


class RunInputRow(Base):
    """Bytes that a run reads and that retention must not remove."""

    __tablename__ = "run_inputs"
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    blob_id: Mapped[str] = mapped_column(ForeignKey("blobs.id"))


class EventRow(Base):
    """One row a run reported; `seq` grows across all runs, so it orders an owner's stream too."""

    __tablename__ = "run_events"
    seq: Mapped[int] = mapped_column(Long, primary_key=True, autoincrement=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id"))
    owner: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    __table_args__ = (
        Index("events_by_run", "run_id", "seq"),
        Index("events_by_owner", "owner", "seq"),
        {"sqlite_autoincrement": True},  # a seq is never reused, not even after deletions
    )


class SnapshotRow(Base):
    """The bytes from which an interrupted run continues."""

    __tablename__ = "snapshots"
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    content: Mapped[str] = mapped_column(String(64))  # hash of the bytes
    step: Mapped[int]
    seconds: Mapped[float]  # of the run's own computing time
    saved_at: Mapped[datetime] = mapped_column(Moment)


class BallotRow(Base):
    """One choice between two answers of a model; see core.store.ballots.Ballot."""

    __tablename__ = "ballots"
    owner: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(Long)  # ballots in the order they were cast
    model_id: Mapped[str] = mapped_column(String(64))
    question: Mapped[str] = mapped_column(Text)
    a: Mapped[str] = mapped_column(Text)
    b: Mapped[str] = mapped_column(Text)
    choice: Mapped[str] = mapped_column(String(16))
    lang: Mapped[str] = mapped_column(String(8))
    judge: Mapped[str] = mapped_column(String(64))
    seed_a: Mapped[int] = mapped_column(Long)
    seed_b: Mapped[int] = mapped_column(Long)
    again_of: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (Index("ballots_by_model", "owner", "model_id", "seq"),)


class EnvelopeRow(Base):
    """The envelope of a sent answer; see core.store.outbox."""

    __tablename__ = "envelopes"
    owner: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    delivery: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (Index("envelopes_by_time", "owner", "created_at"),)


class UsageRow(Base):
    """Totals of one owner's answers on one day; see core.store.outbox.Usage."""

    __tablename__ = "usage"
    owner: Mapped[str] = mapped_column(String(64), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    n_answers: Mapped[int] = mapped_column(Long)
    n_held_back: Mapped[int] = mapped_column(Long)
    n_findings: Mapped[int] = mapped_column(Long)
    n_in: Mapped[int] = mapped_column(Long)
    n_out: Mapped[int] = mapped_column(Long)
    model_s: Mapped[float]
    stages_s: Mapped[float]
    cost: Mapped[float]
    watt_hours: Mapped[float]


class KeyRow(Base):
    """The hash of an owner's API key; see core.store.keys."""

    __tablename__ = "api_keys"
    owner: Mapped[str] = mapped_column(String(64), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    room: Mapped[str] = mapped_column(String(64))  # where it was last shown
    shown_at: Mapped[datetime] = mapped_column(Moment)


class BelongingRow(Base):
    """A user's small thing, by name; see core.store.belongings."""

    __tablename__ = "belongings"
    owner: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(Moment)


class RoomRow(Base):
    """A workshop's room: who opened it, its lesson, and where the lesson stands."""

    __tablename__ = "rooms"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    code: Mapped[str] = mapped_column(String(8), index=True)
    host: Mapped[str] = mapped_column(String(64), index=True)
    lead: Mapped[str] = mapped_column(String(64))  # hash of the facilitator's secret
    lesson: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(Long)  # rises whenever phones must show something else
    n_said: Mapped[int] = mapped_column(Long)  # rises with every vote, word and arrival
    created_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class RoomPersonRow(Base):
    """Somebody in a room: a number, and a nickname if they gave one."""

    __tablename__ = "room_people"
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id"), primary_key=True)
    person: Mapped[str] = mapped_column(String(64), primary_key=True)  # hash of their cookie
    number: Mapped[int]
    nickname: Mapped[str] = mapped_column(String(40))
    owner: Mapped[str | None] = mapped_column(String(64))  # of a bench, if they have one
    has_hand_up: Mapped[bool]
    shows: Mapped[bool]  # whether their bench may be put on the projector
    is_simulated: Mapped[bool]  # one of a rehearsal
    joined_at: Mapped[datetime] = mapped_column(Moment)


class RoomQuestionRow(Base):
    """A question put to a room, and what was measured."""

    __tablename__ = "room_questions"
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    n: Mapped[int]  # in the order they were put
    kind: Mapped[str] = mapped_column(String(16))
    texts: Mapped[dict[str, Any]] = mapped_column(JSON)
    measured: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)


class RoomVoteRow(Base):
    """One person's vote on one question: one row, however often it is sent."""

    __tablename__ = "room_votes"
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id"), primary_key=True)
    question: Mapped[str] = mapped_column(String(64), primary_key=True)
    person: Mapped[str] = mapped_column(String(64), primary_key=True)
    choice: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int] = mapped_column(Long)  # the sender's count: an older one never replaces it
    cast_at: Mapped[datetime] = mapped_column(Moment)


class RoomSayingRow(Base):
    """Words that somebody sent, under a key that the sender made up: sent twice, kept once."""

    __tablename__ = "room_sayings"
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    question: Mapped[str] = mapped_column(String(64))
    person: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    is_hidden: Mapped[bool]
    said_at: Mapped[datetime] = mapped_column(Moment)


class RoomHandRow(Base):
    """A hand that somebody put up: one row each time, however often it is sent."""

    __tablename__ = "room_hands"
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id"), primary_key=True)
    person: Mapped[str] = mapped_column(String(64), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)  # of this person's hands, from 1
    at: Mapped[int]  # the step, counted from 0
    raised_at: Mapped[datetime] = mapped_column(Moment)


class RoomHereRow(Base):
    """Who has a page of a room open at one of several web processes, as that process says."""

    __tablename__ = "room_here"
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id"), primary_key=True)
    process: Mapped[str] = mapped_column(String(32), primary_key=True)
    people: Mapped[list[str]] = mapped_column(JSON)
    seen_at: Mapped[datetime] = mapped_column(Moment)
