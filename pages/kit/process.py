"""The web process around the pages: routes, middleware, what warms up at start and ends at the end.

By default only this machine can open it. The environment may say otherwise:

    GLASSBOX_ROOM=1         everybody in the network may open it (start with `python app.py`)
    GLASSBOX_ROOM_TOKEN=…   and then only with a link that ends in `?token=…`

No request leaves the machine from here, save webhooks to addresses the operator has allowed.
"""

import asyncio
import contextlib
import gc
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from starlette.middleware import Middleware
from starlette.routing import Route

from core.api import web_routes
from core.errors import GlassboxError
from pages.kit import chain, document, site, state
from pages.kit.catalogue import LANGS
from pages.kit.guard import Guard
from pages.kit.parts import show_error
from pages.kit.static import FOLDERS, ServeFiles, Shelf

log = logging.getLogger(__name__)

SHELL: Final = Path(__file__).parent / "shell.py"
SHELF: Final = Shelf(FOLDERS)
PATIENCE_S: Final = 3.0  # how long the services wait for a first visitor's question


def in_a_room() -> bool:
    """Whether the operator opened the process to the network."""
    return os.environ.get("GLASSBOX_ROOM", "") not in ("", "0")


def run_config() -> dict[str, Any]:
    """What `python app.py` sets beyond .streamlit/config.toml."""
    return {"server.address": "0.0.0.0"} if in_a_room() else {}


def app_arguments() -> dict[str, Any]:
    """Everything that `st.App` is given besides the script."""
    keep_the_kit_last()
    return {
        "routes": [
            *(Route(place.path, document.serve) for place in site.PLACES),
            *web_routes(),  # /v1 and /live; the store and torch come with the first request
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

    While a script runs, Streamlit puts its folder first unless it is there already. A worker
    spawned at that moment inherits the path, and would import numbers.py of the kit for Python's.
    """
    folder = str(SHELL.resolve().parent)
    if folder not in sys.path:
        sys.path.append(folder)


def tell_visitor(error: Exception) -> bool:
    """Say in the visitor's language that a page broke; the log gets the whole story."""
    log.error("a page broke", exc_info=error)
    known = error if isinstance(error, GlassboxError) else GlassboxError("a page broke")
    show_error(known, state.t())
    return True


@contextlib.asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[dict[str, Any]]:
    """Warm up beside the first visitor, not before; at the end leave nothing running."""
    warming = threading.Thread(target=warm_up, name="warm-up", daemon=True)
    warming.start()
    try:
        yield {}
    finally:
        await asyncio.to_thread(warming.join)
        from core.services import close_services

        await asyncio.to_thread(close_services)


def warm_up() -> None:
    """Compress what every first visit fetches, start the services, then settle the memory.

    Importing torch slows down every other thread for seconds: a visitor who is there at once gets
    the question first.
    """
    for name in ("pandas", "pyarrow"):  # Streamlit waits for them before a first component
        import_module(name)
    SHELF.fill(document.html(LANGS[0]))
    state.first_question.wait(PATIENCE_S)
    from core.services import services  # imports torch, which takes seconds

    services()
    chain.services_came()
    gc.collect()
    gc.freeze()  # what is imported lives until the end: never walk through it again
