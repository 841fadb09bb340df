"""The engine's runs: what they are, what they reported, and the snapshots to continue from.

Invariant: everything needed to continue an unfinished run is here, so a new process can do it.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.store.artifacts import ensure_blob
from core.store.database import Database, as_utc, now_utc
from core.store.files import ArtifactFiles
from core.store.tables import BlobRow, EventRow, RunInputRow, RunRow, SnapshotRow

Status = Literal["queued", "running", "paused", "stopping", "stopped", "finished", "failed"]

UNFINISHED: Final[tuple[Status, ...]] = ("queued", "running", "paused", "stopping")

ROWS_PER_RUN: Final = 20_000
"""Beyond this, every second step row of the run is dropped: a curve keeps its shape and its ends.
Rows of every other kind (evaluations, samples, engine messages) are all kept."""

CHANGEABLE: Final = frozenset(
    {"status", "step", "seconds", "result", "error", "numbers", "settings", "name"}
)


@dataclass(frozen=True)
class RunRecord:
    """One run, as known to the store."""

    id: str
    owner: str
    program: str  # "module:Class"
    settings: dict[str, Any]
    lane: str = "a"
    name: str = ""
    status: Status = "queued"
    step: int = 0  # steps done
    seconds: float = 0.0  # of the run's own computing time
    result: str | None = None  # id of the artefact it made
    error: dict[str, Any] | None = None  # key and values of the error it ended with
    numbers: dict[str, Any] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)  # name -> id of bytes, set by the store
    n_rows: int = 0
    created_at: str = ""  # UTC, ISO 8601; set by the store
    updated_at: str = ""

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will come from it."""
        return self.status not in UNFINISHED


class Snapshot(NamedTuple):
    """Where an interrupted run continues."""

    data: bytes
    step: int
    seconds: float


class Runs:
    """The part of the store that keeps runs.

    Args:
        database: where rows are stored.
        files: where bytes are stored.
    """

    def __init__(self, database: Database, files: ArtifactFiles) -> None:
        self._database = database
        self._files = files
        self._rows_lock = threading.Lock()  # rows are numbered as they become visible

    def start(self, record: RunRecord, inputs: Mapping[str, bytes] | None = None) -> RunRecord:
        """Record a run together with everything it reads.

        Args:
            record: the run; its id must be new.
            inputs: name -> bytes, kept until the run is forgotten. Bytes already in the store are
                not stored again.

        Returns:
            the record as stored.
        """
        with self._files.lock:
            contents = {name: self._files.write(data) for name, data in (inputs or {}).items()}
            with self._database.writing() as session:
                moment = now_utc()
                row = RunRow(
                    id=record.id,
                    seq=(session.scalar(select(func.max(RunRow.seq))) or 0) + 1,
                    owner=record.owner,
                    program=record.program,
                    settings=record.settings,
                    lane=record.lane,
                    name=record.name,
                    status=record.status,
                    step=record.step,
                    seconds=record.seconds,
                    n_rows=0,
                    result=record.result,
                    error=record.error,
                    numbers=record.numbers,
                    created_at=moment,
                    updated_at=moment,
                )
                session.add(row)
                session.flush()
                for name, id_ in contents.items():
                    ensure_blob(session, id_, len((inputs or {})[name]))
                    session.add(RunInputRow(run_id=record.id, name=name, blob_id=id_))
                session.flush()
                return _record(session, row)

    def get(self, run_id: str, owner: str | None = None) -> RunRecord:
        """One run; with an owner given, only if it is that owner's.

        Raises:
            NotFound: it does not exist or belongs to somebody else.
        """
        with self._database.reading() as session:
            row = _run(session, run_id)
            if owner is not None and row.owner != owner:
                raise NotFound(f"there is no run {run_id} for this owner")
            return _record(session, row)

    def inputs(self, run_id: str) -> dict[str, bytes]:
        """What a run reads, by name."""
        return {name: self._files.read(id_) for name, id_ in self.get(run_id).inputs.items()}

    def update(self, run_id: str, **changes: Any) -> RunRecord:
        """Change what is known about a run.

        Args:
            run_id: which run.
            changes: any of CHANGEABLE.

        Returns:
            the updated record.
        """
        if unknown := set(changes) - CHANGEABLE:
            raise ValueError(f"a run has no changeable {sorted(unknown)}")
        with self._database.writing() as session:
            row = _run(session, run_id)
            for name, value in changes.items():
                setattr(row, name, value)
            row.updated_at = now_utc()
            session.flush()
            return _record(session, row)

    def of_owner(self, owner: str) -> list[RunRecord]:
        """All runs of an owner, newest first."""
        with self._database.reading() as session:
            query = select(RunRow).where(RunRow.owner == owner).order_by(RunRow.seq.desc())
            return [_record(session, row) for row in session.scalars(query)]

    def unfinished(self) -> list[RunRecord]:
        """All runs that can still continue, oldest first: what a new process resumes."""
        with self._database.reading() as session:
            query = select(RunRow).where(RunRow.status.in_(UNFINISHED)).order_by(RunRow.seq)
            return [_record(session, row) for row in session.scalars(query)]

    def append(self, run_id: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Record what a run reports.

        Args:
            run_id: which run.
            rows: JSON-serialisable, each with a "kind".

        Returns:
            the rows with their "seq" and "run"; `seq` increases across all runs.
        """
        if not rows:
            return []
        with self._rows_lock, self._database.writing() as session:
            run = _run(session, run_id)
            new = [
                {"run_id": run_id, "owner": run.owner, "kind": str(row["kind"]), "data": dict(row)}
                for row in rows
            ]
            statement = insert(EventRow).returning(EventRow.seq, sort_by_parameter_order=True)
            seqs = list(session.scalars(statement, new))
            run.n_rows += len(rows)
            if run.n_rows > ROWS_PER_RUN:
                run.n_rows -= _thin(session, run_id)
        return [{**row, "seq": seq, "run": run_id} for row, seq in zip(rows, seqs, strict=True)]

    def rows(self, run_id: str, after_seq: int = 0) -> list[dict[str, Any]]:
        """What a run reported after `after_seq`, oldest first, each with "seq" and "run"."""
        with self._database.reading() as session:
            query = select(EventRow).where(EventRow.run_id == run_id, EventRow.seq > after_seq)
            return [_event(row) for row in session.scalars(query.order_by(EventRow.seq))]

    def rows_of_owner(self, owner: str, after_seq: int = 0) -> list[dict[str, Any]]:
        """The same across all runs of one owner, in the order in which it happened."""
        with self._database.reading() as session:
            query = select(EventRow).where(EventRow.owner == owner, EventRow.seq > after_seq)
            return [_event(row) for row in session.scalars(query.order_by(EventRow.seq))]

    def seq_before(self, owner: str, n_rows: int) -> int:
        """The seq after which the owner's latest `n_rows` rows begin; 0 if there are fewer."""
        with self._database.reading() as session:
            query = select(EventRow.seq).where(EventRow.owner == owner)
            newest = query.order_by(EventRow.seq.desc()).offset(n_rows).limit(1)
            return session.scalar(newest) or 0

    def save_snapshot(self, run_id: str, data: bytes, step: int, seconds: float = 0.0) -> None:
        """Store the state of a run; the previous snapshot is dropped once this one is safe.

        Args:
            run_id: which run.
            data: what its program needs to continue.
            step: steps done at that point.
            seconds: the run's own computing time at that point.
        """
        with self._files.lock:
            content = self._files.write(data)
            with self._database.writing() as session:
                _run(session, run_id)
                row = session.get(SnapshotRow, run_id) or SnapshotRow(run_id=run_id)
                before = row.content
                row.content, row.step, row.seconds = content, step, seconds
                row.saved_at = now_utc()
                session.add(row)
                session.flush()
                unused = before is not None and not is_used(session, before)
            if unused:
                self._files.remove(before)

    def snapshot(self, run_id: str) -> Snapshot | None:
        """The latest state of a run, None before its first snapshot.

        Raises:
            Corrupted: the file no longer holds what was saved.
        """
        with self._files.lock:  # nobody replaces it between reading the row and the file
            with self._database.reading() as session:
                row = session.get(SnapshotRow, run_id)
                if row is None:
                    return None
                content, step, seconds = row.content, row.step, row.seconds
            return Snapshot(self._files.read(content), step, seconds)


def is_used(session: Session, content: str) -> bool:
    """Whether any row still refers to these bytes."""
    as_snapshot = select(SnapshotRow.run_id).where(SnapshotRow.content == content).limit(1)
    return session.get(BlobRow, content) is not None or session.scalar(as_snapshot) is not None


def _thin(session: Session, run_id: str) -> int:
    """Drop every second step row of a run except the first and the last; returns how many."""
    query = select(EventRow.seq).where(EventRow.run_id == run_id, EventRow.kind == "step")
    dropped = list(session.scalars(query.order_by(EventRow.seq)))[1:-1:2]
    for start in range(0, len(dropped), 500):  # SQLite limits the length of a list
        chunk = dropped[start : start + 500]
        session.execute(delete(EventRow).where(EventRow.seq.in_(chunk)))
    return len(dropped)


def _run(session: Session, run_id: str) -> RunRow:
    row = session.get(RunRow, run_id)
    if row is None:
        raise NotFound(f"there is no run {run_id}")
    return row


def _event(row: EventRow) -> dict[str, Any]:
    return {**row.data, "seq": row.seq, "run": row.run_id}


def _record(session: Session, row: RunRow) -> RunRecord:
    inputs = session.scalars(select(RunInputRow).where(RunInputRow.run_id == row.id))
    return RunRecord(
        id=row.id,
        owner=row.owner,
        program=row.program,
        settings=dict(row.settings),
        lane=row.lane,
        name=row.name,
        status=row.status,  # type: ignore[arg-type]  # written from a Status
        step=row.step,
        seconds=row.seconds,
        result=row.result,
        error=row.error,
        numbers=dict(row.numbers),
        inputs={item.name: item.blob_id for item in inputs},
        n_rows=row.n_rows,
        created_at=as_utc(row.created_at).isoformat(),
        updated_at=as_utc(row.updated_at).isoformat(),
    )
