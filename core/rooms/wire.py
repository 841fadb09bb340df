"""HTTP as a simulated person speaks it: requests with a cookie, and a stream of events.

Every request is of the old kind, HTTP/1.0: its answer comes in one piece and ends with the
connection, so nothing has to be unpacked. Invariant: whatever a server does, a request ends in an
answer or in `Away`.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

from core.identity import OWNER_COOKIE

PATIENCE_S: Final = 20.0
"""How long an answer is waited for, and how long a stream may be silent; it beats more often."""

LONGEST_LINE: Final = 2**22  # bytes of one event


class Away(Exception):
    """The server cannot be reached, or broke off."""


class Wire:
    """One browser's way to a server.

    Args:
        address: of the server, such as "http://127.0.0.1:8501".
        cookie: who asks; 32 hexadecimal digits.
    """

    def __init__(self, address: str, cookie: str) -> None:
        where = urlsplit(address)
        self._tls = where.scheme == "https"
        self._host = where.hostname or "127.0.0.1"
        self._port = where.port or (443 if self._tls else 80)
        self._cookies = {OWNER_COOKIE: cookie}

    async def post(self, path: str, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Send JSON.

        Returns:
            the status and what was answered; cookies that are set are kept.

        Raises:
            Away: there was no answer.
        """
        return await self._whole("POST", path, json.dumps(body).encode())

    async def get(self, path: str) -> tuple[int, dict[str, Any]]:
        """Ask for JSON; as `post`."""
        return await self._whole("GET", path, b"")

    async def _whole(self, method: str, path: str, data: bytes) -> tuple[int, dict[str, Any]]:
        try:
            async with asyncio.timeout(PATIENCE_S):
                reader, writer = await self._sent(method, path, data)
                try:
                    status = await self._head(reader)
                    return status, _object(await reader.read())
                finally:
                    writer.close()
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError) as error:
            raise Away(f"{path}: {error!r}") from error

    async def events(self, path: str) -> AsyncIterator[dict[str, Any]]:
        """The JSON of every event of a stream, until it breaks off.

        Raises:
            Away: it broke off, was refused, or has been silent for too long.
        """
        try:
            reader, writer = await asyncio.wait_for(self._sent("GET", path, b""), PATIENCE_S)
        except (OSError, TimeoutError) as error:
            raise Away(f"{path}: {error!r}") from error
        try:
            status = await asyncio.wait_for(self._head(reader), PATIENCE_S)
            if status != 200:
                raise Away(f"{path}: status {status}")
            while line := await asyncio.wait_for(reader.readline(), PATIENCE_S):
                if line.startswith(b"data:"):
                    yield json.loads(line[5:])
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError) as error:
            raise Away(f"{path}: {error!r}") from error
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
        raise Away(f"{path}: the stream ended")

    async def _sent(
        self, method: str, path: str, data: bytes
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(
            self._host, self._port, limit=LONGEST_LINE, ssl=self._tls or None
        )
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        head = (
            f"{method} {path} HTTP/1.0\r\nHost: {self._host}:{self._port}\r\n"
            f"Cookie: {cookies}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(data)}\r\n\r\n"
        )
        writer.write(head.encode() + data)
        await writer.drain()
        return reader, writer

    async def _head(self, reader: asyncio.StreamReader) -> int:
        """Read an answer's head; returns its status and keeps its cookies."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        for line in head.split("\r\n")[1:]:
            name, _, value = line.partition(":")
            if name.strip().lower() == "set-cookie":
                key, _, kept = value.partition(";")[0].strip().partition("=")
                self._cookies[key] = kept
        return int(head.split(" ", 2)[1])


def _object(data: bytes) -> dict[str, Any]:
    """What was answered, if it is a JSON object."""
    try:
        found = json.loads(data or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
