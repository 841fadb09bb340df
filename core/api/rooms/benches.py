"""What the people of a room train: the course of their latest run, for the facilitator's grid.

Invariant: only the latest run of each is told, as a few numbers and its last sample; nobody's
texts, models or settings.
"""

import time
from collections.abc import Sequence
from typing import Any, Final

from core.services import Services
from core.store.rooms import Person

KEPT_S: Final = 2.0
"""How long what was read of a bench counts as new."""

MOST_SAMPLE: Final = 120  # characters
MOST_POINTS: Final = 150

CURVES: Final = ("loss_nats", "loss")
"""What the curve shows; a run reports one of these."""

LOSSES: Final = ("validation_bits_per_byte", "loss_nats", "loss", "accuracy", "margin")
"""The number that is shown of a run: the first of these that it has."""


class Benches:
    """Reads the runs of a room's people, each at most once in two seconds.

    Args:
        services: gives the store.
    """

    def __init__(self, services: Services) -> None:
        self._runs = services.store.runs
        self._kept: dict[str, tuple[float, dict[str, Any] | None]] = {}

    def of(self, people: Sequence[Person]) -> dict[str, dict[str, Any] | None]:
        """Person -> their latest run: {"name", "status", "step", "number", "value", "sample"};
        None for somebody without one.
        """
        return {person.id: self._of(person.owner) if person.owner else None for person in people}

    def shown(self, person: Person) -> dict[str, Any] | None:
        """The same with the curve of its loss, [[step, value], …], for the projector."""
        known = self._of(person.owner) if person.owner else None
        if known is None or person.owner is None:
            return None
        run = self._runs.of_owner(person.owner)[0]
        points = [
            (row["step"], row[name])
            for row in self._runs.rows(run.id)
            for name in CURVES
            if row.get("kind") == "step" and isinstance(row.get(name), float)
        ]
        every = max(1, len(points) // MOST_POINTS)
        return known | {"points": points[::every]}

    def _of(self, owner: str) -> dict[str, Any] | None:
        now = time.monotonic()
        at, known = self._kept.get(owner, (-KEPT_S, None))
        if now - at >= KEPT_S:
            known = self._read(owner)
            self._kept[owner] = (now, known)
        return known

    def _read(self, owner: str) -> dict[str, Any] | None:
        found = self._runs.of_owner(owner)
        if not found:
            return None
        run = found[0]  # the newest
        name = next((each for each in LOSSES if each in run.numbers), "")
        samples = [row for row in self._runs.rows(run.id) if row.get("kind") == "sample"]
        last = samples[-1] if samples else {}
        text = last.get("text") or last.get("answer") or last.get("now") or ""
        return {
            "name": run.name,
            "status": run.status,
            "step": run.step,
            "number": name,
            "value": run.numbers.get(name),
            "sample": " ".join(str(text).split())[:MOST_SAMPLE],
        }
