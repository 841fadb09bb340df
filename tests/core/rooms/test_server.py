"""A room in a process of its own: killed, started again, rehearsed."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from core.identity import OWNER_COOKIE, owner_of
from core.rooms import rehearsal
from core.rooms import room as acting
from core.rooms.results import gathered
from core.store import Store
from tests.postgresql import PROGRAMS, throwaway_server
from tests.workshop import WORKSHOP

HOST = "f" * 32
SERVING = Path(__file__).parent / "serving.py"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A web process at a port, with a home."""

    def __init__(self, home, port):
        self.home, self.port = home, port
        self.address = f"http://127.0.0.1:{port}"
        self.process = None

    def start(self):
        """Start it and wait until it listens."""
        command = [sys.executable, str(SERVING), str(self.port), str(self.home)]
        self.process = subprocess.Popen(command, cwd=Path(__file__).parents[3])
        for _ in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError("the server does not listen")

    def kill(self):
        """As a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def act(self, code, what, value=None):
        """Press something as the host."""
        request = urllib.request.Request(
            f"{self.address}/rooms/{code}/act",
            json.dumps({"what": what, "value": value}).encode(),
            {"Content-Type": "application/json", "Cookie": f"{OWNER_COOKIE}={HOST}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200


@pytest.fixture
def server(tmp_path):
    found = Server(tmp_path, free_port())
    store = Store.at(tmp_path)
    opened = acting.open_room(store.rooms, owner_of(HOST), WORKSHOP, found.address)
    key = rehearsal.rehearsal_key(store.rooms, opened.room)
    found.start()
    yield found, store, opened.room, key
    if found.process.poll() is None:
        found.kill()
    store.close()


async def until(holds, timeout_s=20):
    """Wait for something; how long it took."""
    begun = time.monotonic()
    while not holds():
        await asyncio.sleep(0.05)
        assert time.monotonic() - begun < timeout_s, "it does not come about"
    return time.monotonic() - begun


def test_a_killed_server_comes_back_with_everybody_and_every_vote_once(server):
    found, store, room, key = server
    n = 12

    async def held():
        """A question, a power cut in the middle of the answers, and another question."""
        taking = asyncio.create_task(rehearsal.rehearse(room.code, found.address, key, n, haste=6))
        votes = lambda key: store.rooms.votes(room.id, key)  # noqa: E731
        await until(lambda: len(votes("step-1")) >= 4)
        confirmed = {vote.person: vote for vote in votes("step-1")}
        found.kill()
        await asyncio.to_thread(found.start)
        await until(lambda: len(votes("step-1")) == n)
        kept = {vote.person: vote for vote in votes("step-1")}
        assert all(kept[person].seq >= vote.seq for person, vote in confirmed.items())
        await asyncio.to_thread(found.act, room.code, "to", 1)
        await until(lambda: len(votes("step-2")) == n)
        await asyncio.to_thread(found.act, room.code, "end")
        return await asyncio.wait_for(taking, 20)

    seen = asyncio.run(held())
    people = store.rooms.people(room.id)
    assert [one.number for one in people] == list(range(1, n + 1))  # nobody came twice
    assert seen.n_in == n and not seen.failures and all(one.is_simulated for one in people)
    found = gathered(store, store.rooms.get(room.id))
    assert (found.n_people, found.n_simulated) == (0, n)
    assert all(one.n == 0 for one in found.questions) and not any(found.hands)


@pytest.mark.skipif(PROGRAMS is None, reason="PostgreSQL is not installed")
def test_a_room_is_held_by_two_web_processes_on_one_database(tmp_path):
    pytest.importorskip("psycopg")
    with throwaway_server() as url:
        store = Store(url, str(tmp_path))
        here, there = (Server(url, free_port()) for _ in range(2))
        opened = acting.open_room(store.rooms, owner_of(HOST), WORKSHOP, here.address)
        room, key = opened.room, rehearsal.rehearsal_key(store.rooms, opened.room)
        for each in (here, there):
            each.start()

        async def held():
            """Everybody at one process, the projector and the facilitator at the other."""
            taking = asyncio.create_task(
                rehearsal.rehearse(room.code, here.address, key, 6, haste=6)
            )
            projector = asyncio.create_task(until_shown(there, room.code, "n_votes", 6))
            assert (await projector)["question"]["key"] == "step-1"
            await until_shown(there, room.code, "n_here", 3)  # though all are connected elsewhere
            await asyncio.to_thread(there.act, room.code, "to", 1)
            await until(lambda: len(store.rooms.votes(room.id, "step-2")) == 6)
            await asyncio.to_thread(there.act, room.code, "end")
            return await asyncio.wait_for(taking, 20)

        seen = asyncio.run(held())
        assert seen.n_in == 6 and not seen.failures
        assert [one.number for one in store.rooms.people(room.id)] == [1, 2, 3, 4, 5, 6]
        for each in (here, there):
            each.kill()
        store.close()


async def until_shown(server, code, name, value):
    """The first view of the projector in which a number has come so far."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=2**20)
    cookie = f"Cookie: {OWNER_COOKIE}={HOST}"
    writer.write(f"GET /rooms/{code}/live?as=projector HTTP/1.0\r\n{cookie}\r\n\r\n".encode())
    while line := await asyncio.wait_for(reader.readline(), 30):
        if line.startswith(b"data:") and (view := json.loads(line[5:]))[name] >= value:
            writer.close()
            return view
    raise AssertionError("the stream ended")


def test_without_the_key_nobody_is_simulated(server):
    _, store, room, key = server
    real = acting.enter(store.rooms, store.rooms.get(room.id), "a" * 32, "", None, "guess")
    assert not real.is_simulated
    made = acting.enter(store.rooms, store.rooms.get(room.id), "b" * 32, "", None, key)
    assert made.is_simulated
