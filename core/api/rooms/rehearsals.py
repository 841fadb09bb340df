"""The rehearsals that this process has begun, for the facilitator: at most one of each room."""

import threading
from typing import Any

from core.errors import RoomError
from core.rooms.rehearsal import MOST_MINUTES, MOST_PEOPLE, Rehearsal, start
from core.services import Services
from core.store.rooms import RoomRecord


class Rehearsals:
    """Starts and ends rehearsals.

    Args:
        services: gives the store.
    """

    def __init__(self, services: Services) -> None:
        self._rooms = services.store.rooms
        self._lock = threading.Lock()
        self._of: dict[str, Rehearsal] = {}

    def set(self, room: RoomRecord, people: Any, minutes: Any, address: str) -> dict[str, Any]:
        """Let so many simulated people in, or, with 0, let them go.

        Args:
            room: an open one.
            people: from 0 to MOST_PEOPLE.
            minutes: how long they stay at most.
            address: of this server.

        Returns:
            how it goes; see `status`.

        Raises:
            RoomError: a number makes no sense, or the room has ended.
        """
        if not _is_number(people, MOST_PEOPLE) or not _is_number(minutes, MOST_MINUTES):
            raise RoomError("no_value")
        if room.ended_at is not None:
            raise RoomError("ended")
        with self._lock:
            before = self._of.pop(room.id, None)
            if before is not None:
                before.stop()
            if people:
                begun = start(self._rooms, room, int(people), address, float(minutes))
                self._of[room.id] = begun
        return self.status(room.id) or {"running": False}

    def status(self, room_id: str) -> dict[str, Any] | None:
        """How a room's rehearsal goes: "running" and what its people did; None without one."""
        found = self._of.get(room_id)
        return found.status() if found else None

    def close(self) -> None:
        """End all of them, without waiting for it."""
        for each in list(self._of.values()):
            each.let_go()


def _is_number(value: Any, most: float) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value <= most
