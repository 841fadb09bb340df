"""The one live stream of a tab: what the visitor's runs say, and what changes on the bench.

    GET /live               Server-Sent Events, each with a JSON object that has a "topic":
        {"topic": "run", "run_id", "rows": [...]}         rows of one run since the last message
        {"topic": "engine", "run_id", "event", ...}       the engine about a run: status, losses
        {"topic": "ribbon", "lane", "kind", "step", "id", "whose", "numbers"}   a changed slot

The id of an event is the number of the newest row in it. A browser that comes back names it (the
header Last-Event-ID, or ?after=) and misses nothing. Nothing is sent while nothing happens. A slow
browser gets fewer, longer messages; one that is too far behind is closed and comes back.
"""

import asyncio
import json
import signal
import threading
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from weakref import WeakSet

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.api.errors import ApiError
from core.api.limits import Desk, SeatedResponse
from core.api.models import NOBODY, caller
from core.jobs.events import Event, Mailbox
from core.modality import MODALITIES
from core.services import Services
from core.store import Lane, Slot

STREAMS_PER_OWNER: Final = 20
STREAMS_AT_AN_ADDRESS: Final = 200  # one a tab, of a room behind one address
RETRY_MS: Final = 2_000  # how long a browser waits before it comes back
REPLAYED_ROWS: Final = 500  # for a tab that has just loaded: what happened since its page was made
REPLAY_AFTER_END: Final = timedelta(minutes=1)

View = dict[Lane, dict[Any, Slot]]

_BENCH_CHANGED: Final[Event] = {"kind": "bench"}  # a letter that asks to look at the bench again
_open_streams: WeakSet[Mailbox[Event]] = WeakSet()


class Live:
    """The route /live.

    Args:
        services: gives engine and store; called with each request, not before.
    """

    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services
        self._desk = Desk(STREAMS_PER_OWNER, STREAMS_AT_AN_ADDRESS, "streams")

    async def respond(self, request: Request) -> Response:
        """Open a stream for the owner of the cookie."""
        services = await run_in_threadpool(self._services)
        try:
            owner = await run_in_threadpool(caller, request.headers, services.store)
            if owner == NOBODY:
                return JSONResponse({"error": "no ownership cookie"}, 401)
            give_back = self._desk.seat(owner, request)
        except ApiError as error:
            return error.response()
        try:
            end_with_the_server(close_streams)
            after = last_seen(request)
            if after is None:
                after = await run_in_threadpool(_replay_from, services, owner)
        except BaseException:
            give_back()
            raise
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        frames = stream(services, owner, after)
        return SeatedResponse(frames, give_back, media_type="text/event-stream", headers=headers)


def last_seen(request: Request) -> int | None:
    """The number of the last row the browser has seen; None for a fresh one."""
    given = request.headers.get("last-event-id") or request.query_params.get("after", "")
    return int(given) if given.isdecimal() and len(given) < 19 else None


async def stream(services: Services, owner: str, after: int | None) -> AsyncGenerator[bytes]:
    """What a browser is sent, from now on or from a row on.

    Args:
        services: engine and store.
        owner: whose runs and bench.
        after: the number of the last row already seen; None: only what happens from now on.

    Yields:
        whole Server-Sent Events, one or several at a time.
    """
    box = services.engine.listen(owner, after)
    unwatch = services.store.benches.watch(
        lambda changed: box.put(_BENCH_CHANGED) if changed == owner else None
    )
    _open_streams.add(box)
    try:
        shown = await run_in_threadpool(_views, services, owner)
        yield f"retry: {RETRY_MS}\n\n".encode()
        while events := await box.take_async():
            frames = list(_frames(events))
            if _BENCH_CHANGED in events:
                now = await run_in_threadpool(_views, services, owner)
                frames += [
                    _frame({**message, "modality": modality})
                    for modality in now
                    for message in _changed_slots(shown[modality], now[modality])
                ]
                shown = now
            if frames:
                yield b"".join(frames)
    finally:
        unwatch()
        box.close()


def close_streams() -> None:
    """End all streams; browsers come back by themselves."""
    for box in tuple(_open_streams):
        box.close()


def _frames(events: Iterable[Event]) -> Iterator[bytes]:
    """One message for each run that spoke, then what the engine says; the last carries the id."""
    rows = [event for event in events if "run" in event]
    messages: list[dict[str, Any]] = []
    for run_id in dict.fromkeys(row["run"] for row in rows):
        own = [row for row in rows if row["run"] == run_id]
        messages.append({"topic": "run", "run_id": run_id, "rows": own})
    for row in rows:
        if row.get("kind") == "engine":
            messages.append({**row, "topic": "engine", "run_id": row["run"]})
    # Only the last has the id: a connection that breaks before it gets everything again.
    newest = max((row["seq"] for row in rows if "seq" in row), default=None)
    for message in messages[:-1]:
        yield _frame(message)
    for message in messages[-1:]:
        yield _frame(message, newest)


def _frame(message: dict[str, Any], id_: int | None = None) -> bytes:
    head = "" if id_ is None else f"id: {id_}\n"
    return f"{head}data: {json.dumps(message, ensure_ascii=False)}\n\n".encode()


def _views(services: Services, owner: str) -> dict[str, View]:
    """What lies on all of an owner's benches."""
    return {modality: services.store.benches.view(owner, modality) for modality in MODALITIES}


def _changed_slots(before: View, now: View) -> Iterator[dict[str, Any]]:
    """The slots in which something else lies than before; an emptied one has no id."""
    for lane in sorted({*before, *now}):
        old, new = before.get(lane, {}), now.get(lane, {})
        for kind in dict.fromkeys((*new, *old)):
            if old.get(kind) == new.get(kind):
                continue
            slot = new.get(kind)
            artifact = (slot or old[kind]).artifact
            yield {
                "topic": "ribbon",
                "lane": lane,
                "kind": kind,
                "step": artifact.step,
                "id": slot.artifact.id if slot else None,
                "whose": slot.whose if slot else None,
                "numbers": slot.artifact.numbers if slot else {},
            }


def _replay_from(services: Services, owner: str) -> int | None:
    """From which row a fresh tab must be told, so that nothing falls between page and stream."""
    lately = (datetime.now(UTC) - REPLAY_AFTER_END).isoformat()
    runs = services.store.runs.of_owner(owner)
    if any(not run.is_finished or run.updated_at > lately for run in runs):
        return services.store.runs.seq_before(owner, REPLAYED_ROWS)
    return None


_closers: list[Callable[[], None]] = []
_handlers_set = threading.Event()


def end_with_the_server(close: Callable[[], None]) -> None:
    """Let a signal that ends the server end streams too; it would wait for them for ever.

    Args:
        close: ends them; called in the server's event loop.
    """
    if close not in _closers:
        _closers.append(close)
    if _handlers_set.is_set() or threading.current_thread() is not threading.main_thread():
        return
    _handlers_set.set()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)

        def handle(received: int, frame: Any, before: Any = before) -> None:
            """End the streams, then do what was done before."""
            for each in _closers:
                with suppress(RuntimeError):  # the loop has ended already
                    loop.call_soon_threadsafe(each)
            if callable(before):
                before(received, frame)

        if callable(before):  # without a handler of the server's there is nothing to go along with
            signal.signal(number, handle)
