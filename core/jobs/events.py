"""The live stream: carries what the engine reports to everybody listening.

Invariant: a listener gets every stored row of its owner exactly once and in order, or is closed.
Rows are never skipped silently; a closed listener comes back with the last `seq` it saw.
"""

import asyncio
import threading
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Final, Generic, TypeVar

Event = dict[str, Any]
"""A row with "run", "kind" and, if stored, "seq"; without "seq" it matters only right now."""

RING_LENGTH: Final = 2_000  # latest events kept in memory per owner
N_RINGS: Final = 500  # owners whose events are kept in memory
MAILBOX_LENGTH: Final = 10_000  # a listener further behind than this is closed

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Messages from one thread to another, or to asyncio, in order."""

    def __init__(self, limit: int = MAILBOX_LENGTH) -> None:
        self._letters: deque[T] = deque()
        self._limit = limit
        self._changed = threading.Condition()
        self._waiters: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        self._error: BaseException | None = None
        self.closed = False

    def put(self, *letters: T) -> None:
        """Deliver messages; a box that overflows is closed. Does nothing on a closed box."""
        with self._changed:
            if self.closed or not letters:
                return
            self._letters.extend(letters)
            if len(self._letters) > self._limit:
                self.closed = True
            self._wake()

    def close(self, error: BaseException | None = None) -> None:
        """Close it: what is inside can still be taken; then `error` is raised or the end comes."""
        with self._changed:
            if not self.closed:
                self.closed, self._error = True, error
                self._wake()

    def take(self, timeout_s: float | None = None) -> list[T]:
        """Wait for messages and take all of them.

        Args:
            timeout_s: how long to wait; None: until something arrives.

        Returns:
            the messages; empty after the time-out, or when the box is closed and empty.
        """
        end = None if timeout_s is None else time.monotonic() + timeout_s
        with self._changed:
            while not self._letters and not self.closed:
                left = None if end is None else end - time.monotonic()
                if left is not None and left <= 0:
                    break
                self._changed.wait(left)
            return self._empty()

    async def take_async(self, timeout_s: float | None = None) -> list[T]:
        """The same for asyncio: `take` without blocking a thread."""
        with self._changed:
            if self._letters or self.closed:
                return self._empty()
            loop = asyncio.get_running_loop()
            waiter = (loop, loop.create_future())
            self._waiters.append(waiter)
        try:
            await asyncio.wait_for(waiter[1], timeout_s)
        except TimeoutError:
            pass
        finally:
            with self._changed:
                if waiter in self._waiters:
                    self._waiters.remove(waiter)
        with self._changed:
            return self._empty()

    def __iter__(self) -> Iterator[T]:
        while letters := self.take():
            yield from letters

    async def __aiter__(self) -> AsyncIterator[T]:
        while letters := await self.take_async():
            for letter in letters:
                yield letter

    def _empty(self) -> list[T]:
        letters = list(self._letters)
        self._letters.clear()
        if not letters and self.closed and self._error is not None:
            raise self._error
        return letters

    def _wake(self) -> None:
        self._changed.notify_all()
        for loop, waiter in self._waiters:
            try:
                loop.call_soon_threadsafe(_resolve, waiter)
            except RuntimeError:  # that loop has ended; nobody is waiting in it any more
                continue
        self._waiters.clear()


def _resolve(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


class EventStream:
    """A ring buffer for each owner, and the listeners."""

    def __init__(self, stored: Callable[[str, int], list[Event]]) -> None:
        """
        Args:
            stored: given (owner, after seq), reads from the store what the ring no longer holds.
        """
        self._stored = stored
        self._lock = threading.Lock()
        self._rings: OrderedDict[str, deque[Event]] = OrderedDict()
        self._listeners: dict[str, list[Mailbox[Event]]] = {}

    def publish(self, owner: str, events: list[Event]) -> None:
        """Pass events on to the owner's listeners; those with a `seq` stay in the ring."""
        with self._lock:
            ring = self._rings.setdefault(owner, deque(maxlen=RING_LENGTH))
            self._rings.move_to_end(owner)
            ring.extend(event for event in events if "seq" in event)
            while len(self._rings) > N_RINGS:
                self._rings.popitem(last=False)
            listeners = self._listeners.get(owner, [])
            self._listeners[owner] = [box for box in listeners if not box.closed]
            for box in self._listeners[owner]:
                box.put(*events)

    def listen(self, owner: str, after_seq: int | None = None) -> Mailbox[Event]:
        """Listen to everything that concerns one owner.

        Args:
            owner: whose runs.
            after_seq: the last `seq` already seen; None: only new events.

        Returns:
            a box that starts with what was missed; close it when no longer needed.
        """
        box: Mailbox[Event] = Mailbox()
        with self._lock:
            if after_seq is not None:
                box.put(*self._missed(owner, after_seq))
            self._listeners.setdefault(owner, []).append(box)
        return box

    def _missed(self, owner: str, after_seq: int) -> list[Event]:
        ring = self._rings.get(owner)
        if ring and ring[0]["seq"] <= after_seq:  # the ring reaches back far enough
            return [event for event in ring if event["seq"] > after_seq]
        return self._stored(owner, after_seq)

    def close(self) -> None:
        """End all listening."""
        with self._lock:
            for boxes in self._listeners.values():
                for box in boxes:
                    box.close()
            self._listeners.clear()


def course(rows: list[Event]) -> list[Event]:
    """The rows as one clean sequence: what was computed twice after a loss appears once.

    A run that lost its worker continues from its last snapshot. Both moments are rows themselves,
    {"kind": "engine", "event": "snapshot"} and "resumed": rows between them are void.
    """
    kept: list[Event] = []
    n_safe = 0  # rows covered by the last snapshot
    for row in rows:
        event = row.get("event") if row.get("kind") == "engine" else None
        if event == "resumed":
            kept[n_safe:] = [old for old in kept[n_safe:] if old.get("kind") == "engine"]
        kept.append(row)
        if event == "snapshot":
            n_safe = len(kept)
    return kept
