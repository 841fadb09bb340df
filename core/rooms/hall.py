"""Tells everybody who looks at a room that it changed, and knows who is looking.

Invariant: a listener is told at least once after every change, by whichever process it was made;
changes that come quickly one after the other are told together.
"""

import asyncio
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

from sqlalchemy.exc import DBAPIError

from core.errors import StoreError
from core.store.database import now_utc
from core.store.rooms import Rooms

LOOK_EVERY_S: Final = 0.15
"""How often changes of other processes are looked for, where there may be some."""

NOTE_EVERY_S: Final = 5.0
"""How often a process says who is connected to it, where there may be others."""

GONE_AFTER_S: Final = 15.0
"""A process that has not said so for this long is gone, and its people with it."""


class Listener:
    """Somebody who looks at a room, in one event loop.

    Args:
        loop: in which they wait.
        person: who they are, for a phone; empty for projector and facilitator.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, person: str) -> None:
        self.person = person
        self.version = 0  # of what phones show, when it was last told
        self._loop = loop
        self._changed = asyncio.Event()

    def tell(self, version: int) -> None:
        """Say that the room changed; from any thread.

        A phone is not woken for what it does not show: everybody's votes would wake everybody.
        """
        if self.person and version == self.version:
            return
        self.version = version
        try:
            self._loop.call_soon_threadsafe(self._changed.set)
        except RuntimeError:  # its server has ended
            return

    async def wait(self, timeout_s: float) -> bool:
        """Wait for a change; False if none came in time."""
        try:
            await asyncio.wait_for(self._changed.wait(), timeout_s)
        except TimeoutError:
            return False
        self._changed.clear()
        return True


class Hall:
    """Everybody of this process who looks at a room.

    Args:
        rooms: whose changes are told.
    """

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._lock = threading.Lock()
        self._listeners: dict[str, list[Listener]] = {}
        self._seen: dict[str, tuple[int, int]] = {}
        self._looking: threading.Thread | None = None
        self._process = secrets.token_hex(16)
        self._noted: dict[str, tuple[float, frozenset[str]]] = {}  # when, and who
        self._ended = threading.Event()
        self._unwatch: Callable[[], None] = rooms.watch(self.tell)

    def listen(self, room_id: str, person: str = "") -> Listener:
        """Look at a room from now on; call in the event loop that will wait."""
        listener = Listener(asyncio.get_running_loop(), person)
        with self._lock:
            self._listeners.setdefault(room_id, []).append(listener)
            if not self._rooms.is_alone and self._looking is None:
                self._looking = threading.Thread(target=self._look, name="rooms", daemon=True)
                self._looking.start()
        if person:
            self._tell_of_people(room_id)
        return listener

    def leave(self, room_id: str, listener: Listener) -> None:
        """Look no longer."""
        with self._lock:
            there = self._listeners.get(room_id, [])
            if listener in there:
                there.remove(listener)
            if not there:
                self._listeners.pop(room_id, None)
                self._seen.pop(room_id, None)
        if listener.person:
            self._tell_of_people(room_id)

    def here(self, room_id: str) -> Counter[str]:
        """How many pages each person has open; at another process, however many are one."""
        found = self._here(room_id)
        if not self._rooms.is_alone:
            since = now_utc() - timedelta(seconds=GONE_AFTER_S)
            found.update(self._rooms.here(room_id, self._process, since))
        return found

    def _here(self, room_id: str) -> Counter[str]:
        """How many pages each person has open at this process."""
        with self._lock:
            there = self._listeners.get(room_id, [])
            return Counter(each.person for each in there if each.person)

    def tell(self, room_id: str) -> None:
        """Tell all who look at a room."""
        with self._lock:
            there = tuple(self._listeners.get(room_id, ()))
        version, _ = self._rooms.versions(room_id) if there else (0, 0)
        for listener in there:
            listener.tell(version)

    def _tell_of_people(self, room_id: str) -> None:
        """Tell those who see who is here; in the event loop, so nothing is read for it."""
        with self._lock:
            there = tuple(self._listeners.get(room_id, ()))
        for listener in there:
            if not listener.person:
                listener.tell(listener.version)

    def close(self) -> None:
        """Wake everybody a last time, and tell nobody any more."""
        self._ended.set()
        self._unwatch()
        with self._lock:
            everybody = [each for there in self._listeners.values() for each in there]
        for listener in everybody:
            listener.tell(-1)

    def _look(self) -> None:
        """Look for what other processes changed, as long as somebody here looks at a room."""
        while not self._ended.wait(LOOK_EVERY_S):
            with self._lock:
                watched = list(self._listeners)
            for room_id in {*watched, *self._noted}:
                with suppress(StoreError, DBAPIError):  # the database is away for a moment
                    self._note(room_id)
                    now = self._rooms.versions(room_id)
                    if self._seen.get(room_id) != now:
                        self.tell(room_id)
                    self._seen[room_id] = now

    def _note(self, room_id: str) -> None:
        """Say who is connected here, if that changed or was said long ago."""
        here, moment = frozenset(self._here(room_id)), time.monotonic()
        at, before = self._noted.get(room_id, (0.0, frozenset()))
        if here == before and (not here or moment - at < NOTE_EVERY_S):
            return
        self._rooms.note_here(room_id, self._process, tuple(here))
        if here:
            self._noted[room_id] = (moment, here)
        else:
            self._noted.pop(room_id, None)
