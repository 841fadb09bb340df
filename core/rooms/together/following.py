"""The aligned model follows the reward model, at exactly one of the processes that hold a room.

Invariant: what is waited for stands in the room's state, so that a server that was killed goes on
waiting; whoever begins it has claimed it before, so that two processes never begin it twice.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from core.errors import GlassboxError, RoomError, UnderWay
from core.rooms.room import state_of
from core.rooms.together.taste import align
from core.services import Services

LOOK_EVERY_S: Final = 0.3
CLAIM_S: Final = 10.0
"""How long one process has to begin what several could, and how often it is tried again."""


class Following:
    """Waits for reward models of rooms.

    Args:
        services: store and engine.
        failed: told why an aligned model could not begin.
    """

    def __init__(self, services: Services, failed: Callable[[str, GlassboxError], None]) -> None:
        self._services, self._rooms, self._failed = services, services.store.rooms, failed
        self._lock = threading.Lock()
        self._waiting: set[str] = set()

    def follow(self, room_id: str) -> None:
        """Begin the aligned model as soon as the reward model is there; returns at once."""
        with self._lock:
            if room_id in self._waiting:
                return
            self._waiting.add(room_id)
        threading.Thread(target=self._wait, args=(room_id,), name="taste", daemon=True).start()

    def _wait(self, room_id: str) -> None:
        """Look until there is nothing to wait for."""
        try:
            while self._is_due(room_id) and not self._services.ended.wait(LOOK_EVERY_S):
                pass
        finally:
            self._waiting.discard(room_id)

    def _is_due(self, room_id: str) -> bool:
        """Whether the aligned model is still to begin; begins it if it can."""
        try:
            room = self._rooms.get(room_id)
            about = state_of(room).taste
            if not about or about["aligned"] or room.ended_at is not None:
                return False
            run = self._services.store.runs.get(about["reward"], room.host)
            if run.status != "finished":
                return not run.is_finished  # one that was stopped or failed is not followed
            if self._claim(room_id):
                noted = {**about, "aligned": align(self._services, room)}
                self._rooms.change(room_id, lambda now: {**now, "taste": noted})
                return False
        except UnderWay:  # the host has begun something else: afterwards, then
            return True
        except GlassboxError as error:
            self._failed(room_id, error)
            return False
        return True

    def _claim(self, room_id: str) -> bool:
        """Whether this process, of all that hold the room, begins the aligned model now."""
        moment = time.time()

        def claimed(now: Mapping[str, Any]) -> Mapping[str, Any]:
            """The state with the claim; that of another process holds for a while."""
            about = now["taste"]
            if about["aligned"] or moment - about.get("claimed_at", 0.0) < CLAIM_S:
                raise RoomError("being_made")
            return {**now, "taste": {**about, "claimed_at": moment}}

        try:
            self._rooms.change(room_id, claimed)
        except RoomError:
            return False
        return True
