"""What the people of a room trained, as curves that nobody is named beside.

Invariant: a bench has the same number in every curve, and it is drawn by lot: it says nothing of
who came when.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.errors import NotFound
from core.rooms.together.seen import Curves, points
from core.store import Store
from core.store.database import now_utc
from core.store.rooms import RoomRecord
from core.store.runs import RunRecord

LOSSES: Final = ("loss_nats", "loss")
"""What a run reports of its loss after every step: one of these."""

FEWEST_POINTS: Final = 2


@dataclass(frozen=True)
class Trained:
    """The latest run of one program on one bench.

    Args:
        bench: its number, from 1; benches on which nothing was trained have none.
        program: what was run; see core.jobs.programs.
        loss: one of LOSSES.
        points: [[step, loss], …].
    """

    bench: int
    program: str
    loss: str
    points: Sequence[Sequence[float]]


def trained(store: Store, curves: Curves, room: RoomRecord) -> list[Trained]:
    """The curves of all benches whose person is no simulated one, program by program.

    Runs that began before the room or after it do not belong to it, nor do those that the room
    trained together.
    """
    owners = {one.owner for one in store.rooms.people(room.id) if not one.is_simulated}
    shared = _shared(room)
    found: list[Trained] = []
    bench = 1
    for owner in sorted(filter(None, owners), key=lambda each: _lot(room, each)):
        runs = [run for run in _latest(store, room, owner) if run.id not in shared]
        lines = [line for run in runs if (line := _curve(curves, bench, run))]
        found += lines
        bench += bool(lines)
    return sorted(found, key=lambda one: (one.program, one.bench))


def _lot(room: RoomRecord, owner: str) -> str:
    """Where a bench comes in a room: by chance, and always the same."""
    return hashlib.sha256(f"{room.id} {owner}".encode()).hexdigest()


def _shared(room: RoomRecord) -> set[str]:
    """The runs that the room trained together."""
    race, taste = room.state.get("race") or {}, room.state.get("taste") or {}
    return {*race.get("runs", {}).values(), taste.get("reward"), taste.get("aligned")}


def _latest(store: Store, room: RoomRecord, owner: str) -> list[RunRecord]:
    """Of each program the latest run that was begun in the time of the room."""
    end = room.ended_at or now_utc()
    latest: dict[str, RunRecord] = {}
    for run in store.runs.of_owner(owner):
        if room.created_at <= datetime.fromisoformat(run.created_at) <= end:
            latest.setdefault(run.program, run)
    return list(latest.values())


def _curve(curves: Curves, bench: int, run: RunRecord) -> Trained | None:
    """Its curve; None if there is none to draw."""
    try:
        _, rows = curves.of(run.owner, run.id)
    except NotFound:  # reset in this moment
        return None
    for loss in LOSSES:
        line = points(rows, "step", loss)
        if len(line) >= FEWEST_POINTS:
            return Trained(bench, run.program, loss, line)
    return None
