"""What projector and facilitator see of a room's work: counts, agreement, curves, answers.

Invariant: every number is read from votes or from rows of runs; nothing is interpolated.
"""

import math
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from core.jobs.events import course
from core.rooms.room import State
from core.rooms.together.pairs import Clicks
from core.rooms.together.race import wanted
from core.rooms.together.taste import ENOUGH
from core.store import Store
from core.store.rooms import RoomRecord, Rooms
from core.store.runs import RunRecord

MOST_POINTS: Final = 150  # of a curve
MOST_KEPT: Final = 32  # runs
KEPT_S: Final = 1.0
"""How long what was read of a run that goes on counts as new."""

Row = Mapping[str, Any]
Run = tuple[RunRecord, Sequence[Row]]


class Curves:
    """Reads runs with their rows, each at most once a second, and a finished one once.

    Args:
        store: where they are kept.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, Run]] = {}

    def of(self, owner: str, run_id: str) -> Run:
        """A run and its rows as one clean sequence.

        Raises:
            NotFound: it is gone.
        """
        with self._lock:
            at, known = self._kept.get(run_id, (0.0, None))
            now = time.monotonic()
            if known is not None and (known[0].is_finished or now - at < KEPT_S):
                return known
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            run = self._store.runs.get(run_id, owner)
            rows = course(self._store.runs.rows(run_id))
            self._kept[run_id] = (now, (run, rows))
            return run, rows


def pairs_view(chosen: Clicks) -> dict[str, Any]:
    """How much was chosen, how much people agree, and whether it is enough to learn from."""
    agreed, read = chosen.agreement, chosen.settled()
    return {
        "n": len(chosen.pairs),
        "n_clicks": len(chosen.votes),
        "n_people": chosen.n_people,
        "n_simulated": chosen.n_simulated,
        "n_better": len(read.pairs),
        "n_both_bad": len(read.both_bad),
        "n_divided": read.n_contradicting,
        "needed": ENOUGH,
        "agreement": agreed
        and {
            "share": agreed.share,
            "share_span": agreed.share_span,
            "kappa": agreed.kappa,
            "kappa_span": agreed.kappa_span,
            "n_pairs": agreed.n_pairs,
        },
    }


def taste_view(curves: Curves, room: RoomRecord, state: State) -> dict[str, Any]:
    """The two runs that learn from the room's choices."""
    reward, seen = curves.of(room.host, state.taste["reward"])
    numbers = reward.numbers
    aligned = state.taste["aligned"]
    return {
        "n_simulated": state.taste.get("n_simulated", 0),
        "reward": _run(reward, seen)
        | {
            "loss": points(seen, "step", "loss_nats"),
            "accuracy": points(seen, "exam", "accuracy"),
            "held_out": {
                "accuracy": numbers["held_out_accuracy"],
                "low": numbers["held_out_accuracy_low"],
                "high": numbers["held_out_accuracy_high"],
                "n": numbers["held_out_n_judged"],
            }
            if "held_out_accuracy" in numbers
            else None,
        },
        "aligned": _aligned(*curves.of(room.host, aligned)) if aligned else None,
    }


def _aligned(run: RunRecord, rows: Sequence[Row]) -> dict[str, Any]:
    """The run of the aligned model: its curves, and answers before and now."""
    return _run(run, rows) | {
        "loss": points(rows, "step", "loss_nats"),
        "agreeing": points(rows, "step", "agreeing_share"),
        "rule": str(run.settings["rule"]),
        "rate": points(rows, "exam", "rate"),
        "exams": _exams(rows),
        "answers": _answers(rows),
    }


def race_view(curves: Curves, rooms: Rooms, room: RoomRecord, state: State) -> dict[str, Any]:
    """The lanes of a race: first who is wanted, then how each of them learns."""
    asked = rooms.question(room.id, state.raced)
    about: Mapping[str, Any] = asked.texts["race"] if asked else {"setting": "", "values": {}}
    options: Mapping[str, Any] = asked.texts["options"] if asked else {}
    votes, n_simulated = wanted(rooms, room, asked) if asked else ({}, 0)
    runs: Mapping[str, str] = state.race.get("runs", {})
    lanes = []
    for key in runs or votes:
        lane: dict[str, Any] = {
            "key": key,
            "label": options[key][state.lang],
            "value": about["values"][key],
            "n_votes": votes.get(key, 0),
        }
        if key in runs:
            run, rows = curves.of(room.host, runs[key])
            lane |= _run(run, rows) | {
                "points": points(rows, "step", "loss_nats"),
                "held_out": points(rows, "evaluation", "validation_loss_nats"),
                "diverged": any(row.get("kind") == "diverged" for row in rows),
            }
        lanes.append(lane)
    return {
        "question": state.raced,
        "setting": about["setting"],
        "n_steps": state.race.get("n_steps"),
        "n_simulated": state.race.get("n_simulated", n_simulated),
        "lanes": lanes,
    }


def points(rows: Sequence[Row], kind: str, name: str) -> list[list[float]]:
    """A curve, [[step, value], …]: at most MOST_POINTS, the first and the last among them."""
    found = [
        [row["step"], row[name]]
        for row in rows
        if row.get("kind") == kind and _is_number(row.get(name))
    ]
    stride = -(-len(found) // MOST_POINTS)
    return found if stride < 2 else [*found[:-1:stride], found[-1]]


def _is_number(value: Any) -> bool:
    """Whether JSON can tell it: a run that diverged reports what is none."""
    return isinstance(value, int | float) and math.isfinite(value)


def _run(run: RunRecord, rows: Sequence[Row]) -> dict[str, Any]:
    """How far a run is."""
    planned = [row["n_steps"] for row in rows if "n_steps" in row]
    return {
        "status": run.status,
        "step": run.step,
        "n_steps": planned[-1] if planned else run.settings.get("n_steps"),
        "error": run.error["key"] if run.error else None,
    }


def _exams(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The exam before anything was learned, and the last: the share of answers that keep each
    rule.
    """
    sat = [row for row in rows if row.get("kind") == "exam"]
    return [
        {"step": row["step"], "n": row["n_judged"], "rates": dict(row["rates"])}
        for row in (sat if len(sat) < 2 else [sat[0], sat[-1]])
    ]


def _answers(rows: Sequence[Row]) -> list[dict[str, str]]:
    """Questions answered before and now, both drawn with the same seed; those of the last exam."""
    shown = [row for row in rows if row.get("kind") == "sample"]
    last = shown[-1]["step"] if shown else None
    newest = sorted((row for row in shown if row["step"] == last), key=lambda row: row["place"])
    return [{name: str(row[name]) for name in ("question", "before", "now")} for row in newest]
