"""Opens this process to a network while it runs, for a workshop, and closes it again.

Invariant: until somebody opens the door, only this machine is answered; while it is open, others
are answered under the one address that was chosen, and only who has typed a room's code gets
further than the page that asks for it.
"""

import asyncio
import os
import secrets
import socket
import threading
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from typing import Final, Literal

import psutil
import uvicorn
from starlette.types import ASGIApp

from core.api.room import ROOM_TOKEN_VARIABLE

OPENS_WITHIN_S: Final = 5.0

Kind = Literal["wifi", "cable", "other", "machine"]


@dataclass(frozen=True)
class Network:
    """A network that this machine is in.

    Args:
        address: of this machine there, in numbers.
        kind: how it is connected, as far as the connection's name tells.
        name: of the connection, as the system calls it.
    """

    address: str
    kind: Kind
    name: str


def networks() -> list[Network]:
    """The networks that phones could share with this machine, Wi-Fi first, and the machine itself
    last; asks nobody.
    """
    up = {name for name, found in psutil.net_if_stats().items() if found.isup}
    found = [
        Network(address.address, _kind(name), name)
        for name, addresses in psutil.net_if_addrs().items()
        if name in up
        for address in addresses
        if address.family == socket.AF_INET and not address.address.startswith(("127.", "169.254."))
    ]
    order = ("wifi", "cable", "other")
    in_order = sorted(found, key=lambda each: order.index(each.kind))
    return [*in_order, Network("127.0.0.1", "machine", "")]


def _kind(name: str) -> Kind:
    plain = name.lower()
    if plain.startswith(("wl", "wi-fi", "wifi", "ap", "drahtlos")) or "wlan" in plain:
        return "wifi"
    if plain.startswith(("en", "eth", "lan")):
        return "cable"
    return "other"  # a bridge of virtual machines, a tunnel


class _SecondServer(uvicorn.Server):
    """A server beside the one that the process was started with; signals are for that one alone."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Leave signals alone."""
        return nullcontext()


class Door:
    """The door of this process: shut, or open to one network."""

    def __init__(self) -> None:
        self._app: ASGIApp | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self._lock = threading.Lock()
        self.address = ""
        self.token = ""

    @property
    def is_open(self) -> bool:
        """Whether another machine may come in."""
        return bool(self.address)

    def hang(self, app: ASGIApp) -> None:
        """Say what stands behind the door: everything, with the guard in front."""
        self._app = app

    def stand_in(self, loop: asyncio.AbstractEventLoop) -> None:
        """Say in which loop the process serves."""
        self._loop = loop

    def open(self, address: str, port: int) -> str:
        """Open to the network in which this machine has an address; returns the web address.

        Args:
            address: one of `networks()`.
            port: the one at which this process serves already.

        Raises:
            OSError: nothing can listen there.
        """
        with self._lock:
            if self.address and self.address != address:
                self._shut()
            if not self.address and address != "127.0.0.1":
                self._listen(address, port)
                self.token = self.token or secrets.token_urlsafe(24)
                os.environ.setdefault(ROOM_TOKEN_VARIABLE, self.token)
                self.address = address
        return f"http://{address}:{port}"

    def close(self) -> None:
        """Shut the door; who is in gets no further answer. Not for the server's own loop."""
        with self._lock:
            self._shut()

    def _listen(self, address: str, port: int) -> None:
        if self._loop is None or self._app is None:
            raise OSError("this process does not serve")
        listening = socket.create_server((address, port), backlog=256)
        listening.setblocking(False)
        app = self._app
        opening = asyncio.run_coroutine_threadsafe(self._serve(app, listening), self._loop)
        opening.result(OPENS_WITHIN_S)

    async def _serve(self, app: ASGIApp, listening: socket.socket) -> None:
        config = uvicorn.Config(
            app, lifespan="off", access_log=False, log_level="warning", ws="websockets-sansio"
        )
        self._server = server = _SecondServer(config)
        self._serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started and not self._serving.done():
            await asyncio.sleep(0.01)

    def _shut(self) -> None:
        if os.environ.get(ROOM_TOKEN_VARIABLE) == self.token:
            del os.environ[ROOM_TOKEN_VARIABLE]
        self.address = self.token = ""
        server, self._server = self._server, None
        if server is not None and self._loop is not None and not self._loop.is_closed():
            server.should_exit = server.force_exit = True
            with suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(self._ended(), self._loop).result(OPENS_WITHIN_S)

    async def _ended(self) -> None:
        """Until the network's server has closed its connections."""
        if self._serving is not None:
            await asyncio.wait([self._serving], timeout=OPENS_WITHIN_S)


DOOR: Final = Door()
"""The door of this process."""
