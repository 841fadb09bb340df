"""The web process around the pages: routes, middleware, warm-up at the start, shutdown at the end.

By default only this machine can open it. The environment can change that:

    GLASSBOX_ROOM=1         everybody on the network may open it (start with `python app.py`)
    GLASSBOX_ROOM_TOKEN=…   and then only with a link that ends in `?token=…`

No request leaves the machine from here, except webhooks to addresses the operator has allowed.
"""

import asyncio
import contextlib
import gc
import logging
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import CancelledError, Future
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route
from streamlit.runtime import Runtime

from core.api import web_routes
from core.errors import GlassboxError, StoreError
from core.languages import LANGS
from pages.kit import chain, document, glossary, site, state, warming
from pages.kit.door import DOOR, networks
from pages.kit.guard import Guard
from pages.kit.importing import imported
from pages.kit.parts import show_error
from pages.kit.static import FOLDERS, ServeFiles, Shelf

log = logging.getLogger(__name__)

PORT_VARIABLE: Final = "STREAMLIT_SERVER_PORT"
SHELL: Final = Path(__file__).parent / "shell.py"
SHELF: Final = Shelf(FOLDERS)
PATIENCE_S: Final = 3.0  # how long the services wait for the first visitor's page


def in_a_room() -> bool:
    """Whether the operator opened the process to the network."""
    return os.environ.get("GLASSBOX_ROOM", "") not in ("", "0")


def run_config() -> dict[str, Any]:
    """What `python app.py` sets in addition to .streamlit/config.toml.

    Streamlit ignores its own port variable when started this way, so it is read here. In a room,
    the address it prints is one that others can open.
    """
    found: dict[str, Any] = {}
    if port := os.environ.get(PORT_VARIABLE):
        found["server.port"] = int(port)
    if in_a_room():
        found |= {"server.address": "0.0.0.0", "browser.serverAddress": network_address()}
    if found.get("server.port") and is_taken(found["server.port"]):
        sys.exit(
            f"Port {port} is taken: another program, perhaps this app, listens there. End it, or "
            f"choose another port with {PORT_VARIABLE}."
        )
    return found


def is_taken(port: int) -> bool:
    """Whether a program on this machine accepts connections at a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def network_address() -> str:
    """This machine's address on its network, or 127.0.0.1 if it has none; asks nobody."""
    return networks()[0].address


def app_arguments(more: Iterable[BaseRoute] = ()) -> dict[str, Any]:
    """Everything that `st.App` is given in addition to the script.

    Args:
        more: routes of plain pages, which are no Streamlit pages.
    """
    keep_the_kit_last()
    wait_without_spinning()
    return {
        "routes": [
            *(Route(place.path, document.serve) for place in site.PLACES),
            Route(glossary.ROUTE, glossary.serve),
            *more,
            *(Route(path, document.made_by(module)) for path, module in site.DOCUMENTS.items()),
            *web_routes(),  # /v1 and /live; the store and torch load on the first request
        ],
        "middleware": [
            Middleware(
                Guard,
                policy=document.security_policy(),
                room=in_a_room(),
                token=os.environ.get("GLASSBOX_ROOM_TOKEN", ""),
            ),
            Middleware(ServeFiles, shelf=SHELF),
        ],
        "lifespan": lifespan,
        "on_script_error": tell_visitor,
    }


def keep_the_kit_last() -> None:
    """Put the shell's folder last on the import path.

    While a script runs, Streamlit puts its folder first unless it is already on the path. A worker
    spawned at that moment inherits the path, and would import the kit's numbers.py for Python's.
    """
    folder = str(SHELL.resolve().parent)
    if folder not in sys.path:
        sys.path.append(folder)


def wait_without_spinning() -> None:
    """Let torch's threads sleep while they wait for each other; torch must not be loaded yet.

    By default they wait busily. Beside another program, such as a run of our own, two threads then
    take ten times as long as one; asleep, they are as fast as one, and faster when cores are free.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", "0")  # workers have another, see core.jobs.workers


def tell_visitor(error: Exception) -> bool:
    """Tell the visitor, in their language, that a page broke; the log gets the whole story."""
    if isinstance(error, StoreError):  # its cause is known, and nothing in the code is to blame
        log.error("a page could not be shown: %s", error)
    else:
        log.error("a page broke", exc_info=error)
    known = error if isinstance(error, GlassboxError) else GlassboxError("a page broke")
    show_error(known, state.t())
    return True


@contextlib.asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[dict[str, Any]]:
    """Warm up alongside the first visitor, not before; leave nothing running at the end."""
    DOOR.stand_in(asyncio.get_running_loop())
    walk = Walk(asyncio.get_running_loop())
    at_work = threading.Thread(target=warm_up, args=(walk,), name="warm-up", daemon=True)
    at_work.start()
    try:
        yield {}
    finally:
        walk.end()
        await asyncio.to_thread(DOOR.close)
        await asyncio.to_thread(at_work.join)
        from core.services import close_services

        await asyncio.to_thread(close_services)


class Walk:
    """The opening of every page ahead of its visitors: asked for by one thread, ended by another.

    Args:
        loop: the server's, on which Streamlit's sessions live.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._ended = False
        self._walking: Future[int] | None = None

    def take(self) -> None:
        """Open every page; returns when all are open, or at once if the process ends."""
        with self._lock:
            if self._ended or not Runtime.exists():
                return
            self._walking = asyncio.run_coroutine_threadsafe(
                warming.visit_everything(Runtime.instance()), self._loop
            )
        with contextlib.suppress(CancelledError):
            log.info("%d pages are warm", self._walking.result())

    def end(self) -> None:
        """Give up what is left of it."""
        with self._lock:
            self._ended = True
            if self._walking is not None:
                self._walking.cancel()


def warm_up(walk: Walk) -> None:
    """Compress what every first visit fetches, start the services, open every page once, then
    freeze the memory.

    Importing torch slows down every other thread for seconds, so a visitor who arrives right away
    gets the page's question first.
    """
    for name in ("pandas", "pyarrow"):  # Streamlit needs them before the first component
        import_module(name)
    SHELF.fill(document.html(LANGS[0]))
    state.first_question.wait(PATIENCE_S)
    services = imported("core.services").services  # with torch, which takes seconds
    imported("torch").set_num_threads(1)  # more only wait for each other on small models
    try:
        services()
    except StoreError as error:
        log.error("the store cannot be opened: %s", error)
        chain.services_came()  # nobody waits any longer: every page tells its visitor why
        return
    chain.services_came()
    walk.take()
    gc.collect()
    gc.freeze()  # imports live until the end: never scan them again
