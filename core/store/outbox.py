"""The outbox: envelopes of sent answers, the state of their delivery, and daily counters.

Invariant: only its owner can read an envelope; knowing its id grants nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.store.database import Database, as_utc, now_utc
from core.store.tables import EnvelopeRow, UsageRow

ENVELOPES_PER_OWNER: Final = 500
"""Beyond this, an owner's oldest envelopes are forgotten; the counters still include them."""


@dataclass(frozen=True)
class Usage:
    """Totals of one owner's answers over one day, or several."""

    day: str = ""  # UTC, ISO 8601
    n_answers: int = 0
    n_held_back: int = 0  # answers that the stages blocked completely
    n_findings: int = 0  # passages flagged by the stages
    n_in: int = 0  # tokens read
    n_out: int = 0  # tokens written
    model_s: float = 0.0  # seconds spent in the model
    stages_s: float = 0.0  # seconds spent in all stages
    cost: float = 0.0  # by the operator's prices of that day
    watt_hours: float = 0.0  # only if the operator has configured the machine's power draw

    def __add__(self, other: "Usage") -> "Usage":
        counted = {
            name: getattr(self, name) + getattr(other, name)
            for name in self.__dataclass_fields__
            if name != "day"
        }
        return Usage(self.day, **counted)


class Outbox:
    """The part of the store that remembers what was sent.

    Args:
        database: where rows are stored.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, owner: str, envelope: Mapping[str, Any], used: Usage) -> None:
        """Store an envelope and count it; without an owner, only count it.

        Args:
            owner: whose answer it is; empty for a caller without a bench.
            envelope: JSON-serialisable, including its "id".
            used: what it adds to today's counters.
        """
        now = now_utc()
        with self._database.writing() as session:
            _count(session, owner, now.date().isoformat(), used)
            if owner:
                row = EnvelopeRow(
                    owner=owner, id=envelope["id"], data=dict(envelope), created_at=now
                )
                session.add(row)
                session.flush()
                _keep_newest(session, owner)

    def note_delivery(self, owner: str, id: str, delivery: Mapping[str, Any]) -> None:
        """Record how far the delivery of an envelope has got; ignored if it is forgotten."""
        with self._database.writing() as session:
            row = session.get(EnvelopeRow, (owner, id))
            if row is not None:
                row.delivery = dict(delivery)

    def get(self, owner: str, id: str) -> dict[str, Any]:
        """An envelope with its "delivery", which is None if none was requested.

        Raises:
            NotFound: it does not exist or belongs to somebody else.
        """
        with self._database.reading() as session:
            row = session.get(EnvelopeRow, (owner, id)) if owner else None
            if row is None:
                raise NotFound(f"no envelope {id}")
            return {**row.data, "delivery": row.delivery}

    def latest(self, owner: str, n: int = 50) -> list[dict[str, Any]]:
        """An owner's latest envelopes, newest first."""
        with self._database.reading() as session:
            query = select(EnvelopeRow).where(EnvelopeRow.owner == owner)
            rows = session.scalars(query.order_by(EnvelopeRow.created_at.desc()).limit(n))
            return [{**row.data, "delivery": row.delivery} for row in rows] if owner else []

    def usage(self, owner: str, n_days: int = 31) -> list[Usage]:
        """An owner's counters, latest day first."""
        with self._database.reading() as session:
            query = select(UsageRow).where(UsageRow.owner == owner)
            rows = session.scalars(query.order_by(UsageRow.day.desc()).limit(n_days))
            return [
                Usage(**{name: getattr(row, name) for name in Usage.__dataclass_fields__})
                for row in rows
            ]


def forget_envelopes(session: Session, before: datetime) -> None:
    """Remove envelopes older than a given moment; the counters of their days stay."""
    for row in session.scalars(select(EnvelopeRow)):
        if as_utc(row.created_at) < before:
            session.delete(row)


def _count(session: Session, owner: str, day: str, used: Usage) -> None:
    row = session.get(UsageRow, (owner, day))
    if row is None:
        row = UsageRow(owner=owner, day=day)
        for name in Usage.__dataclass_fields__:
            if name != "day":
                setattr(row, name, 0)
        session.add(row)
    for name in Usage.__dataclass_fields__:
        if name != "day":
            setattr(row, name, getattr(row, name) + getattr(used, name))


def _keep_newest(session: Session, owner: str) -> None:
    newest = select(EnvelopeRow.id).where(EnvelopeRow.owner == owner)
    beyond = newest.order_by(EnvelopeRow.created_at.desc()).offset(ENVELOPES_PER_OWNER)
    ids = list(session.scalars(beyond.limit(100)))
    if ids:
        session.execute(
            delete(EnvelopeRow).where(EnvelopeRow.owner == owner, EnvelopeRow.id.in_(ids))
        )
