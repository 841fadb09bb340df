"""A web process with the routes of rooms alone: python serving.py PORT HOME."""

import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from core.api.rooms.routes import room_routes
from core.jobs.engine import Engine
from core.jobs.writer import Writer
from core.services import Services
from core.store import Store

if __name__ == "__main__":
    _, port, home = sys.argv
    store = Store(home, "/tmp") if "://" in home else Store.at(Path(home))
    services = Services(store, Engine(store), Writer())
    app = Starlette(routes=room_routes(lambda: services))
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning")
