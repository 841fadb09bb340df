"""A rehearsal: simulated people come in, vote, write and lose their connection, as real ones do.

    python -m core rehearse CODE --people 30

They go through the same routes as phones, each with a cookie and a stream of its own, from a
process of their own, so that they take nothing from the server but what phones take. They are
marked as simulated, and the results leave them out. Invariant: only who may open the room's store,
or has the room open, can bring them.
"""

import argparse
import asyncio
import json
import os
import secrets
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any, Final

from core.languages import LANGS, Lang
from core.rooms.room import state_of
from core.rooms.simulated import Seen, Somebody
from core.store.rooms import RoomRecord, Rooms

MOST_PEOPLE: Final = 60
MOST_MINUTES: Final = 240.0
KEY_VARIABLE: Final = "GLASSBOX_REHEARSAL_KEY"
TELL_EVERY_S: Final = 1.0
PATIENCE_S: Final = 5.0
"""How long the process of a rehearsal is given to end by itself."""


def rehearsal_key(rooms: Rooms, room: RoomRecord) -> str:
    """What a simulated person shows to be let in; made if there is none yet."""
    known = state_of(room).rehearsal
    if known:
        return known
    key = secrets.token_hex(16)
    rooms.change(room.id, lambda now: {**now, "rehearsal": now.get("rehearsal") or key})
    return state_of(rooms.get(room.id)).rehearsal


class Rehearsal:
    """Simulated people in a process of their own; it ends with the room, or with this process.

    Args:
        address: of the server, such as "http://127.0.0.1:8501".
        code: of the room.
        people: how many, at most MOST_PEOPLE.
        key: what they show to be let in; see `rehearsal_key`.
        minutes: how long they stay at most.
        lang: what they write in; None: each in turn.
    """

    def __init__(
        self,
        address: str,
        code: str,
        people: int = 30,
        *,
        key: str,
        minutes: float = 10.0,
        lang: Lang | None = None,
    ) -> None:
        self._command = [
            sys.executable, "-m", "core.rooms.rehearsal", code, "--address", address,
            "--people", str(max(1, min(people, MOST_PEOPLE))),
            "--minutes", str(min(minutes, MOST_MINUTES)), *(["--lang", lang] if lang else []),
        ]  # fmt: skip
        self._key = key
        self._process: subprocess.Popen[str] | None = None
        self._told: dict[str, Any] = asdict(Seen())

    def start(self) -> "Rehearsal":
        """Let them come in; returns at once."""
        self._process = subprocess.Popen(
            self._command,
            env={**os.environ, KEY_VARIABLE: self._key},
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,  # closed when this process ends, whatever ends it
            stdout=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self._listen, name="rehearsal", daemon=True).start()
        return self

    def let_go(self) -> None:
        """Tell them to go, without waiting until they have."""
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()

    def stop(self) -> None:
        """Let them go; what they sent stays until they are sent away."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        self.let_go()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    @property
    def is_running(self) -> bool:
        """Whether they are there."""
        return self._process is not None and self._process.poll() is None

    def status(self) -> dict[str, Any]:
        """How it goes: "running", and the fields of `Seen`."""
        return {"running": self.is_running, **self._told}

    def _listen(self) -> None:
        """Take in what the process tells, a JSON object a line."""
        assert self._process is not None and self._process.stdout is not None
        with self._process.stdout as told:
            for line in told:
                with suppress(ValueError):
                    self._told = json.loads(line)
        self.let_go()
        self._process.wait()


def start(
    rooms: Rooms,
    room: RoomRecord,
    people: int,
    address: str = "",
    minutes: float = 10.0,
) -> Rehearsal:
    """Begin a rehearsal of an open room.

    Args:
        rooms: where the room is kept.
        room: an open one.
        people: how many, at most MOST_PEOPLE.
        address: of the server; empty: the one that phones use.
        minutes: how long they stay at most.
    """
    at, key = state_of(room), rehearsal_key(rooms, room)
    where = address or at.address
    begun = Rehearsal(where, room.code, people, key=key, minutes=minutes, lang=at.lang)
    return begun.start()


async def rehearse(
    code: str,
    address: str,
    key: str,
    people: int,
    seed: int = 7,
    *,
    minutes: float = MOST_MINUTES,
    haste: float = 1.0,
    lang: Lang | None = None,
    seen: Seen | None = None,
) -> Seen:
    """Let simulated people take part until the room has ended.

    Args:
        code: of the room.
        address: of the server.
        key: that of the rehearsal.
        people: how many, at most MOST_PEOPLE.
        seed: of all that they do by chance.
        minutes: how long they stay at most.
        haste: how many times faster than people they think and come back.
        lang: what they write in; None: each in turn.
        seen: where it is noted what happens; None: a new one.

    Returns:
        what they met.
    """
    seen, draw = seen or Seen(), Random(seed)
    drawn = [Random(draw.getrandbits(64)) for _ in range(min(people, MOST_PEOPLE))]
    everybody = [
        Somebody(n, code, address, key, seen, one, lang or LANGS[n % len(LANGS)], haste)
        for n, one in enumerate(drawn, 1)
    ]
    with suppress(TimeoutError):
        async with asyncio.timeout(60 * minutes):
            await asyncio.gather(*(one.take_part() for one in everybody))
    return seen


async def _watched(asked: argparse.Namespace, key: str) -> None:
    """A rehearsal that tells how it goes, and ends when nobody listens any more."""
    seen, loop, over = Seen(), asyncio.get_running_loop(), asyncio.Event()

    def wait_for_the_end() -> None:
        """Until whoever began this closes its end, or is gone."""
        sys.stdin.read()
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(over.set)

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    going = asyncio.create_task(
        rehearse(
            asked.code, asked.address, key, asked.people,
            minutes=asked.minutes, lang=asked.lang, seen=seen,
        )
    )  # fmt: skip
    ending = asyncio.create_task(over.wait())
    while not going.done() and not over.is_set():
        print(json.dumps(asdict(seen)), flush=True)
        await asyncio.wait(
            (going, ending), timeout=TELL_EVERY_S, return_when=asyncio.FIRST_COMPLETED
        )
    going.cancel()
    with suppress(asyncio.CancelledError):
        await going
    print(json.dumps(asdict(seen)), flush=True)


def main() -> None:
    """The process of a rehearsal; its key comes by the environment, where no list shows it."""
    parser = argparse.ArgumentParser(prog="python -m core.rooms.rehearsal")
    parser.add_argument("code")
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--lang", choices=LANGS)
    parser.add_argument("--address", required=True)
    asked = parser.parse_args()
    with suppress(BrokenPipeError, KeyboardInterrupt):
        asyncio.run(_watched(asked, os.environ[KEY_VARIABLE]))


if __name__ == "__main__":
    main()
