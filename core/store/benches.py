"""The workbenches, one for each kind of data: placing, forking, and what a page shows.

Invariant: everything before the difference of a pair is the same in both lanes.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.lineage import KINDS, Artifact, Kind
from core.store.artifacts import HOUSE, Artifacts, artifact_of, made_through, own_and_newest_first
from core.store.database import Database, now_utc
from core.store.remembering import remembered
from core.store.tables import BenchRow, HoldingRow, SlotRow
from core.store.workbench import (
    LANES,
    Difference,
    Lane,
    Slot,
    Slots,
    Workbench,
    forked,
    with_placed,
)


class Benches:
    """The part of the store that knows what is on whose bench.

    Args:
        database: where rows are stored.
        artifacts: what can be placed.
    """

    def __init__(self, database: Database, artifacts: Artifacts) -> None:
        self._database = database
        self._artifacts = artifacts
        self._watchers: list[Callable[[str], None]] = []

    @remembered
    def of(self, owner: str, modality: str) -> Workbench:
        """What the owner has put on the bench; empty if they have done nothing yet."""
        with self._database.reading() as session:
            return _workbench(session, owner, modality)

    def put(self, owner: str, lane: Lane, artifact_id: str, kind: Kind | None = None) -> Workbench:
        """Place an artefact, and the chain it was made from, in a lane of its modality's bench.

        Everything before the difference of a pair is placed in both lanes. Anything downstream that
        was not made from the new artefact leaves the bench; it stays in the store.

        Args:
            owner: whose bench.
            lane: "a", or "b" in a pair.
            artifact_id: what to place; the owner's own or the example model's.
            kind: which of its kinds, if the same bytes are known as several.

        Returns:
            the resulting bench.

        Raises:
            NotFound: the artefact does not exist or belongs to somebody else.
            ValueError: there is no such lane.
        """
        with self._database.writing() as session:
            modality = self._artifacts.holdings(session, owner, artifact_id, kind)[0].modality
            bench = _workbench(session, owner, modality)
            if lane not in bench.lanes:
                raise ValueError(f"there is no lane {lane!r} on this bench")
            beside = bench.lanes[lane].values()
            lineage = self._artifacts.lineage_in(session, owner, artifact_id, kind, beside)
            self._mark_used(session, owner, lineage)
            shared = [a for a in lineage if bench.difference and bench.difference.shares(a.kind)]
            for other in bench.lanes:
                chain = lineage if other == lane else shared
                bench.lanes[other] = self._with_placed(session, owner, bench.lanes[other], chain)
            _write(session, owner, modality, bench)
        self._tell(owner)
        return bench

    def fork(self, owner: str, modality: str, step: str, setting: str, a: Any, b: Any) -> Workbench:
        """Turn the bench into a pair: lane b shares everything before `step` with lane a.

        Args:
            owner: whose bench; an existing lane b is replaced.
            modality: which of the owner's benches.
            step: the step where the lanes differ.
            setting: the one setting that differs.
            a: its value in lane a, JSON-serialisable.
            b: its value in lane b.

        Returns:
            the resulting bench.
        """
        difference = Difference(step, setting, a, b)
        with self._database.writing() as session:
            lane_a = _workbench(session, owner, modality).lanes["a"]
            bench = Workbench({"a": lane_a, "b": forked(lane_a, difference)}, difference)
            _write(session, owner, modality, bench)
        self._tell(owner)
        return bench

    def unfork(self, owner: str, modality: str, keep: Lane = "a") -> Workbench:
        """Turn the pair back into one lane, that of `keep`."""
        with self._database.writing() as session:
            bench = Workbench({"a": _workbench(session, owner, modality).lanes.get(keep, {})})
            _write(session, owner, modality, bench)
        self._tell(owner)
        return bench

    def view(self, owner: str, modality: str) -> dict[Lane, dict[Kind, Slot]]:
        """What to show in each lane: the owner's artefacts, or the example model's where missing.

        Every slot says whose it is, so that an example checkpoint beside the user's own dataset is
        recognisable as such. Beyond the difference, lane b shows only what was made for it.

        Returns:
            the slots per lane, in chain order.
        """
        return self.with_house(owner, modality)[0]

    @remembered
    def with_house(
        self, owner: str, modality: str
    ) -> tuple[dict[Lane, dict[Kind, Slot]], Workbench]:
        """The same, and the example model's whole bench, with as few queries."""
        with self._database.reading() as session:
            benches = _workbenches(session, {owner, HOUSE}, modality)
            bench, house = benches[owner], benches[HOUSE].lanes["a"]
            shown: dict[Lane, Slots] = {}
            for lane, own in bench.lanes.items():
                spare = house if lane == "a" else forked(shown["a"], _difference_of(bench))
                shown[lane] = {**spare, **own}
            view = {lane: self._shown(session, owner, slots) for lane, slots in shown.items()}
        return view, benches[HOUSE]

    def watch(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Call back with the owner after each change of a bench, on the thread that changed it.

        Returns:
            a function that ends the watching.
        """
        self._watchers.append(callback)
        return lambda: self._watchers.remove(callback)

    def _tell(self, owner: str) -> None:
        for callback in tuple(self._watchers):
            callback(owner)

    def _shown(self, session: Session, owner: str, slots: Slots) -> dict[Kind, Slot]:
        """The artefacts in a lane and their owners, in chain order."""
        query = select(HoldingRow).where(
            HoldingRow.artifact_id.in_(slots.values()), HoldingRow.owner.in_((owner, HOUSE))
        )
        rows = own_and_newest_first(session.scalars(query), owner)
        beside = frozenset(slots.values())
        shown: dict[Kind, Slot] = {}
        for kind in KINDS:
            fitting = [
                row for row in rows if (row.kind, row.artifact_id) == (kind, slots.get(kind))
            ]
            if fitting:
                row = made_through(fitting, beside)
                shown[kind] = Slot(artifact_of(row), "yours" if row.owner == owner else "house")
        return shown

    def _with_placed(
        self, session: Session, owner: str, slots: Slots, chain: list[Artifact]
    ) -> Slots:
        return with_placed(
            slots,
            chain,
            lambda kind, id_: self._artifacts.lineage_in(session, owner, id_, kind, slots.values()),
        )

    def _mark_used(self, session: Session, owner: str, lineage: list[Artifact]) -> None:
        for artifact in lineage:
            row = session.get(HoldingRow, (owner, artifact.recipe, artifact.id))
            if row is not None:  # the example model's artefacts need no mark
                row.used_at = now_utc()


def _workbench(session: Session, owner: str, modality: str) -> Workbench:
    return _workbenches(session, {owner}, modality)[owner]


def _workbenches(session: Session, owners: set[str], modality: str) -> dict[str, Workbench]:
    """The benches of several owners for one kind of data, in two queries."""
    benches = select(BenchRow).where(BenchRow.owner.in_(owners), BenchRow.modality == modality)
    rows = {row.owner: row for row in session.scalars(benches)}
    filled = select(SlotRow).where(SlotRow.owner.in_(rows), SlotRow.modality == modality)
    slots = list(session.scalars(filled))
    return {
        owner: _bench_of(rows[owner], [slot for slot in slots if slot.owner == owner])
        if owner in rows
        else Workbench()
        for owner in owners
    }


def _bench_of(row: BenchRow, rows: list[SlotRow]) -> Workbench:
    difference = Difference(**row.difference) if row.difference else None
    lanes: dict[Lane, Slots] = {lane: {} for lane in (LANES if difference else LANES[:1])}
    for slot in rows:
        lanes[slot.lane][slot.kind] = slot.artifact_id  # type: ignore[index]
    ordered: dict[Lane, Slots] = {
        lane: {kind: slots[kind] for kind in KINDS if kind in slots}
        for lane, slots in lanes.items()
    }
    return Workbench(ordered, difference)


def _write(session: Session, owner: str, modality: str, bench: Workbench) -> None:
    key = {"owner": owner, "modality": modality}
    row = session.get(BenchRow, key) or BenchRow(**key)
    row.difference = asdict(bench.difference) if bench.difference else None
    row.used_at = now_utc()
    session.add(row)
    session.execute(delete(SlotRow).filter_by(**key))
    session.flush()
    for lane, slots in bench.lanes.items():
        for kind, id_ in slots.items():
            session.add(SlotRow(**key, lane=lane, kind=kind, artifact_id=id_))


def _difference_of(bench: Workbench) -> Difference:
    if bench.difference is None:
        raise ValueError("a bench with a lane b has a difference")
    return bench.difference
