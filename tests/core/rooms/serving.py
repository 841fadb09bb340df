"""A web process with the routes of rooms, and what pages fetch: python serving.py PORT HOME.

HOME is a folder or the URL of a database, for rooms alone; with "environment" store and scheduler
are those of the environment, and what is trained and written is really trained and written.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from core.api.fetching import live_routes
from core.api.rooms.routes import room_routes
from core.jobs.engine import Engine
from core.jobs.writer import Writer
from core.services import Services
from core.store import Store


def store_of(home: str) -> Store:
    """Where this process keeps everything."""
    if home == "environment":
        return Store.from_environment()
    return Store(home, "/tmp") if "://" in home else Store.at(Path(home))


if __name__ == "__main__":
    _, port, home = sys.argv
    store = store_of(home)
    services = Services(store, Engine(store), Writer())

    @asynccontextmanager
    async def alive(_: Starlette) -> AsyncIterator[None]:
        """With engine and writer, where the environment says how."""
        if home != "environment":
            yield
            return
        services.engine.start()
        services.writer.start()
        yield
        services.close()

    routes = [*room_routes(lambda: services), *live_routes(lambda: services)]
    app = Starlette(routes=routes, lifespan=alive)
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning")
