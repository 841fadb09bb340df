"""A rehearsal: simulated people who come in, vote, write and lose their connection, as real ones do.

    python -m core rehearse CODE --people 30

They go through the same routes as phones, each with a cookie and a stream of its own. They are
marked as simulated, and the results leave them out. Invariant: only who may open the room's store,
or has the room open, can bring them.
"""

import argparse
import asyncio
import json
import os
import random
import secrets
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from core.identity import OWNER_COOKIE
from core.languages import LANGS, Lang
from core.rooms.room import state_of
from core.store.rooms import RoomRecord, Rooms

MOST_PEOPLE: Final = 60
ANSWERS_AFTER_S: Final = (0.5, 8.0)
"""How long somebody thinks before they vote."""

CHANGES_MIND: Final = 0.15
WRITES: Final = 0.6
LOSES_CONNECTION: Final = 0.1
"""Shares of people, at each step."""

AWAY_S: Final = (3.0, 15.0)
KEY_VARIABLE: Final = "GLASSBOX_REHEARSAL_KEY"

LINES: Final[Mapping[Lang, tuple[str, ...]]] = {
    "en": (
        "That it draws lots.",
        "How sure it sounds when it is wrong.",
        "It never looks anything up.",
        "How small the model is.",
        "That one can see inside.",
    ),
    "de": (
        "Dass gelost wird.",
        "Wie sicher es klingt, wenn es falsch liegt.",
        "Es schlägt nie etwas nach.",
        "Wie klein das Modell ist.",
        "Dass man hineinsehen kann.",
    ),
}


def rehearsal_key(rooms: Rooms, room: RoomRecord) -> str:
    """What a simulated person shows to be let in; made if there is none yet."""
    known = state_of(room).rehearsal
    if known:
        return known
    key = secrets.token_hex(16)
    rooms.change(room.id, lambda now: {**now, "rehearsal": now.get("rehearsal") or key})
    return state_of(rooms.get(room.id)).rehearsal


def start(
    rooms: Rooms, room: RoomRecord, people: int, address: str = ""
) -> "subprocess.Popen[bytes]":
    """Begin a rehearsal in a process of its own, so that it takes nothing from the server.

    Args:
        rooms: where the room is kept.
        room: an open one.
        people: how many, at most MOST_PEOPLE.
        address: of the server; empty: the one that phones use.

    Returns:
        the process; it ends by itself with the room, and `terminate` ends it sooner.
    """
    command = [sys.executable, "-m", "core.rooms.rehearsal", room.code, "--people", str(people)]
    command += ["--address", address or state_of(room).address]
    key = {KEY_VARIABLE: rehearsal_key(rooms, room)}
    return subprocess.Popen(
        command, env={**os.environ, **key}, cwd=Path(__file__).parents[2], stdout=subprocess.DEVNULL
    )


@dataclass
class Seen:
    """What simulated people met, for tests and measurements."""

    n_in: int = 0
    n_votes: int = 0
    n_lines: int = 0
    n_cuts: int = 0
    failures: list[str] = field(default_factory=list)
    answer_s: list[float] = field(default_factory=list)  # of every request


class Somebody:
    """One simulated person.

    Args:
        n: their number in the rehearsal.
        code: of the room.
        address: of the server, such as "http://127.0.0.1:8501".
        key: that of the rehearsal.
        seen: where it is noted what happens.
        draw: whatever they do by chance comes from here.
    """

    def __init__(
        self, n: int, code: str, address: str, key: str, seen: Seen, draw: random.Random
    ) -> None:
        where = urlsplit(address)
        self._host, self._port = where.hostname or "127.0.0.1", where.port or 80
        self._code, self._key, self._seen, self._draw = code, key, seen, draw
        self._cookie = f"{draw.getrandbits(128):032x}"
        self._lang: Lang = LANGS[n % len(LANGS)]
        self._name = f"{'Probe' if self._lang == 'de' else 'Rehearsal'} {n:02d}"
        self._seq = 0
        self._done: set[str] = set()
        self._doing: set[asyncio.Task[None]] = set()

    async def take_part(self) -> None:
        """Come in and stay until the room has ended."""
        await asyncio.sleep(self._draw.uniform(0, 3))
        body = {"code": self._code, "nickname": self._name, "rehearsal": self._key}
        if (await self._post("/rooms/enter", body))[0] != 200:
            return
        self._seen.n_in += 1
        while True:
            try:
                async for view in self._views():
                    if view["ended"]:
                        return
                    self._react(view)
                    if self._draw.random() < LOSES_CONNECTION / 4:
                        break
            except (OSError, asyncio.IncompleteReadError, ValueError):
                pass  # a server that is started again is looked for as phones do
            self._seen.n_cuts += 1
            await asyncio.sleep(self._draw.uniform(*AWAY_S) / 3)

    def _react(self, view: Mapping[str, Any]) -> None:
        """Do what the phone asks for, once for each question."""
        question = view["question"]
        if not question or not question["is_open"] or question["key"] in self._done:
            return
        self._done.add(question["key"])
        self._seq = max(self._seq, view["you"]["seq"] if view["you"] else 0)
        work = self._vote(question) if question["options"] else self._write(question)
        task = asyncio.create_task(work)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    async def _vote(self, question: Mapping[str, Any]) -> None:
        keys = [each["key"] for each in question["options"]]
        n_times = 2 if self._draw.random() < CHANGES_MIND else 1
        for _ in range(n_times):
            await asyncio.sleep(self._draw.uniform(*ANSWERS_AFTER_S))
            self._seq += 1
            body = {"question": question["key"], "choice": self._draw.choice(keys)}
            status, told = await self._post(f"/rooms/{self._code}/vote", body | {"seq": self._seq})
            if status == 200 and told["choice"] == body["choice"]:
                self._seen.n_votes += 1

    async def _write(self, question: Mapping[str, Any]) -> None:
        if self._draw.random() > WRITES:
            return
        await asyncio.sleep(self._draw.uniform(*ANSWERS_AFTER_S))
        text = self._draw.choice(LINES[self._lang])
        body = {"question": question["key"], "key": f"{self._draw.getrandbits(64):x}", "text": text}
        if (await self._post(f"/rooms/{self._code}/say", body))[0] == 200:
            self._seen.n_lines += 1

    async def _post(self, path: str, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Send JSON; status 0 if the server is away."""
        data = json.dumps(body).encode()
        begun = time.perf_counter()
        try:
            reader, writer = await self._asked("POST", path, data)
            answer = await asyncio.wait_for(reader.read(), 20)
            writer.close()
        except (OSError, TimeoutError) as error:
            self._seen.failures.append(f"{path}: {error!r}")
            return 0, {}
        self._seen.answer_s.append(time.perf_counter() - begun)
        head, _, rest = answer.partition(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        told = json.loads(rest or b"{}")
        is_late = told.get("error", {}).get("code") in ("closed", "ended")
        if status != 200 and not is_late:
            self._seen.failures.append(f"{path}: {status} {told}")
        return status, told

    async def _views(self) -> AsyncIterator[dict[str, Any]]:
        """The stream of the room, as this person's phone gets it."""
        path = f"/rooms/{self._code}/live?as=phone&lang={self._lang}"
        reader, writer = await self._asked("GET", path)
        try:
            while line := await reader.readline():
                if line.startswith(b"data:"):
                    yield json.loads(line[5:])
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _asked(
        self, method: str, path: str, data: bytes = b""
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Send a request of the old kind, whose answer comes in one piece and ends with it."""
        reader, writer = await asyncio.open_connection(self._host, self._port, limit=2**20)
        head = (
            f"{method} {path} HTTP/1.0\r\nHost: {self._host}:{self._port}\r\n"
            f"Cookie: {OWNER_COOKIE}={self._cookie}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(data)}\r\n\r\n"
        )
        writer.write(head.encode() + data)
        await writer.drain()
        return reader, writer


async def rehearse(code: str, address: str, key: str, people: int, seed: int = 7) -> Seen:
    """Let simulated people take part until the room has ended.

    Args:
        code: of the room.
        address: of the server.
        key: that of the rehearsal.
        people: how many, at most MOST_PEOPLE.
        seed: of all that they do by chance.

    Returns:
        what they met.
    """
    seen, draw = Seen(), random.Random(seed)
    drawn = [random.Random(draw.getrandbits(64)) for _ in range(min(people, MOST_PEOPLE))]
    everybody = [Somebody(n, code, address, key, seen, one) for n, one in enumerate(drawn, 1)]
    await asyncio.gather(*(one.take_part() for one in everybody))
    return seen


def main() -> None:
    """The process of a rehearsal; its key comes by the environment, where no list shows it."""
    parser = argparse.ArgumentParser(prog="python -m core.rooms.rehearsal")
    parser.add_argument("code")
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--address", required=True)
    asked = parser.parse_args()
    asyncio.run(rehearse(asked.code, asked.address, os.environ[KEY_VARIABLE], asked.people))


if __name__ == "__main__":
    main()
