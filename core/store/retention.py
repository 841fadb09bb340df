"""How long things are kept, and the sweep that removes what is no longer needed.

Invariant: whatever belongs to the example model, is on a bench, is read by a run, generated answers
somebody chose between, or led to any of these, stays.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.store.artifacts import HOUSE
from core.store.ballots import forget_ballots
from core.store.belongings import forget_belongings
from core.store.database import Database, as_utc, now_utc
from core.store.files import ArtifactFiles
from core.store.keys import forget_keys
from core.store.outbox import forget_envelopes
from core.store.rooms import forget_rooms
from core.store.runs import UNFINISHED
from core.store.tables import (
    BallotRow,
    BenchRow,
    BlobRow,
    EventRow,
    HoldingRow,
    RunInputRow,
    RunRow,
    SlotRow,
    SnapshotRow,
)

ARTIFACT_DAYS: Final = 30
"""An artefact on no bench is removed this long after it was last made or placed."""

RUN_DAYS: Final = 30
"""A finished run, with its rows and its snapshot, is forgotten this long after it ended."""

ENVELOPE_DAYS: Final = 30
"""An envelope is forgotten this long after its answer was sent; the day's counters stay."""

BENCH_DAYS: Final = 180
"""A bench untouched for this long is cleared, and so are belongings not stored again since;
its artefacts go with the next sweep."""

DRAFT_DAYS: Final = 30
"""What somebody typed but did not submit is forgotten this long after the last change."""

KEY_DAYS: Final = 180
"""An API key stops working this long after it was last shown."""

BALLOT_DAYS: Final = 180
"""Choices for a model are forgotten this long after the latest of them."""

ROOM_DAYS: Final = 30
"""A room is forgotten, with all that was said in it, this long after it was last used."""

STRAY_FILE_HOURS: Final = 24
"""A file that no row refers to, left by a killed process, is removed after this long."""


@dataclass(frozen=True)
class Swept:
    """What a sweep removed."""

    n_artifacts: int
    n_runs: int
    n_benches: int
    n_files: int


def sweep(database: Database, files: ArtifactFiles, now: datetime | None = None) -> Swept:
    """Remove what has expired.

    Args:
        database: where rows are stored.
        files: where bytes are stored.
        now: the moment to measure ages from, with time zone; None: the current time.

    Returns:
        how much was removed.
    """
    now = now or now_utc()
    with files.lock:
        with database.writing() as session:
            n_runs = _forget_runs(session, now - timedelta(days=RUN_DAYS))
            forget_ballots(session, now - timedelta(days=BALLOT_DAYS))
            forget_keys(session, now - timedelta(days=KEY_DAYS))
            forget_rooms(session, now - timedelta(days=ROOM_DAYS))
            forget_envelopes(session, now - timedelta(days=ENVELOPE_DAYS))
            forget_belongings(
                session, now - timedelta(days=BENCH_DAYS), now - timedelta(days=DRAFT_DAYS)
            )
            n_artifacts = _drop_holdings(session, now - timedelta(days=ARTIFACT_DAYS))
            n_benches = _clear_benches(session, now - timedelta(days=BENCH_DAYS))
            known = _drop_blobs(session)
        stray_since = now - timedelta(hours=STRAY_FILE_HOURS)
        stray = [
            name
            for name in files.names()
            if name not in known and files.written_before(name, stray_since)
        ]
        for name in stray:
            files.remove(name)
        n_unfinished = files.remove_unfinished(stray_since)
    return Swept(n_artifacts, n_runs, n_benches, len(stray) + n_unfinished)


def _forget_runs(session: Session, before: datetime) -> int:
    old = [
        row.id
        for row in session.scalars(select(RunRow).where(RunRow.status.not_in(UNFINISHED)))
        if as_utc(row.updated_at) < before
    ]
    for run_id in old:
        for table in (EventRow, RunInputRow, SnapshotRow):
            session.execute(delete(table).where(table.run_id == run_id))
        session.execute(delete(RunRow).where(RunRow.id == run_id))
    return len(old)


def _drop_holdings(session: Session, before: datetime) -> int:
    """Drop old holdings, owner by owner, but never anything that leads to something that stays."""
    of_owner: dict[str, list[HoldingRow]] = defaultdict(list)
    for row in session.scalars(select(HoldingRow).where(HoldingRow.owner != HOUSE)):
        of_owner[row.owner].append(row)
    n_dropped = 0
    for owner, rows in of_owner.items():
        old = [row for row in rows if as_utc(row.used_at) < before]
        young = {row.artifact_id for row in rows if as_utc(row.used_at) >= before}
        slots = session.scalars(select(SlotRow.artifact_id).where(SlotRow.owner == owner))
        models = session.scalars(select(BallotRow.model_id).where(BallotRow.owner == owner))
        needed = _with_ancestors(rows, {*young, *slots, *models})
        for row in old:
            if row.artifact_id not in needed:
                session.delete(row)
                n_dropped += 1
    session.flush()
    return n_dropped


def _with_ancestors(rows: Iterable[HoldingRow], ids: set[str]) -> set[str]:
    """The ids, plus the ids of everything they could have been made from."""
    parents: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        parents[row.artifact_id].update(row.parents)
    found: set[str] = set()
    to_visit = list(ids)
    while to_visit:
        id_ = to_visit.pop()
        if id_ not in found:
            found.add(id_)
            to_visit.extend(parents[id_])
    return found


def _clear_benches(session: Session, before: datetime) -> int:
    rows = session.scalars(select(BenchRow).where(BenchRow.owner != HOUSE))
    old = [(row.owner, row.modality) for row in rows if as_utc(row.used_at) < before]
    for owner, modality in old:
        for table in (SlotRow, BenchRow):
            session.execute(delete(table).filter_by(owner=owner, modality=modality))
    return len(old)


def _drop_blobs(session: Session) -> set[str]:
    """Drop rows of bytes nobody owns or reads; returns the contents still referenced."""
    used = {
        *session.scalars(select(HoldingRow.artifact_id)),
        *session.scalars(select(RunInputRow.blob_id)),
        *session.scalars(select(SlotRow.artifact_id)),
    }
    for row in session.scalars(select(BlobRow)):
        if row.id not in used:
            session.delete(row)
    session.flush()
    return used | set(session.scalars(select(SnapshotRow.content)))
