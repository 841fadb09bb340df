"""The machine's interface over HTTP.

app.py        OpenAI's API, mounted under /v1: `create_api`
live.py       /live, the one stream of a tab
fetching.py   the rest of /live: writing token by token, vocabularies, downloads; `live_routes`
rooms/        /rooms, a workshop's room; `room_routes`
requests.py, answers.py, errors.py hold OpenAI's forms; limits.py says who may ask how much

Importing this package is cheap: `web_routes` loads the rest, torch included, when first asked.
"""

import threading
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send


class Lazily:
    """An app that is made when it is first asked for something.

    Args:
        make: makes it; runs in a thread, so that nobody else waits for it.
    """

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._app: ASGIApp | None = None
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            await run_in_threadpool(self._prepare)
        if self._app is not None:
            await self._app(scope, receive, send)

    def _prepare(self) -> None:
        with self._lock:
            if self._app is None:
                self._app = self._make()


def web_routes() -> list[BaseRoute]:
    """Everything of this package as routes for the one web process."""
    live = Lazily(_make_live)
    return [
        Mount("/v1", app=Lazily(_make_api)),
        Route("/live", live),
        Route("/live/{rest:path}", live),
        Route("/rooms/{rest:path}", Lazily(_make_rooms)),
    ]


def _make_api() -> ASGIApp:
    from core.api.app import create_api
    from core.services import services

    return create_api(services)


def _make_live() -> ASGIApp:
    from core.api.fetching import live_routes
    from core.services import services

    return Router(live_routes(services))


def _make_rooms() -> ASGIApp:
    from core.api.rooms.routes import room_routes
    from core.services import services

    return Router(room_routes(services))
