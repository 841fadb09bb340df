"""The live stream: what a tab is sent, what it is spared, and how it reconnects."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import ClassVar

import httpx
import pytest
from starlette.datastructures import Address

from core.api.live import (
    REPLAYED_ROWS,
    STREAMS_AT_AN_ADDRESS,
    STREAMS_PER_OWNER,
    Live,
    stream,
)
from core.identity import owner_of
from core.store import RunRecord

COOKIES = {owner_of(letter * 32): letter * 32 for letter in "ab"}
ANNA, BEN = COOKIES  # as the store knows them
SOON_S = 10  # how long a test waits for what must happen
NEVER_S = 0.2  # how long it waits for what must not happen


class Reader:
    """Reads whole events from a stream."""

    def __init__(self, chunks):
        self._chunks = aiter(chunks)
        self._waiting = []

    async def next(self, timeout_s=SOON_S):
        """The next event as (id, message)."""
        while not self._waiting:
            chunk = await asyncio.wait_for(anext(self._chunks), timeout_s)
            for block in chunk.decode().split("\n\n"):
                fields = dict(line.split(": ", 1) for line in block.splitlines())
                if "data" in fields:
                    self._waiting.append((fields.get("id"), json.loads(fields["data"])))
        return self._waiting.pop(0)


def start_run(room, id="r1", owner=ANNA):
    room.store.runs.start(RunRecord(id, owner, "module:Class", {}))
    return id


def steps(*numbers):
    return [{"kind": "step", "step": number} for number in numbers]


async def opened(room, owner=ANNA, after=None):
    """A stream that has started listening."""
    chunks = stream(room.services, owner, after)
    assert await anext(chunks) == b"retry: 2000\n\n"
    return chunks


def test_a_tab_hears_its_owners_runs_and_nobody_elses(room):
    start_run(room, "r1", ANNA)
    start_run(room, "r2", BEN)

    async def listen():
        chunks = await opened(room)
        reader = Reader(chunks)
        room.engine.say(BEN, "r2", *steps(1))
        said = room.engine.say(ANNA, "r1", *steps(7, 8))
        id_, message = await reader.next()
        assert message == {"topic": "run", "run_id": "r1", "rows": said}
        assert id_ == str(said[-1]["seq"])
        await chunks.aclose()

    asyncio.run(listen())


def test_who_comes_back_misses_nothing_and_hears_nothing_twice(room):
    start_run(room)
    seen = room.engine.say(ANNA, "r1", *steps(1, 2))[-1]["seq"]
    missed = room.engine.say(ANNA, "r1", *steps(3, 4))

    async def listen():
        chunks = await opened(room, after=seen)
        reader = Reader(chunks)
        _, message = await reader.next()
        assert message["rows"] == missed
        later = room.engine.say(ANNA, "r1", *steps(5))
        _, message = await reader.next()
        assert message["rows"] == later
        await chunks.aclose()

    asyncio.run(listen())


def test_nothing_is_sent_while_nothing_happens(room):
    start_run(room, "r2", BEN)

    async def listen():
        chunks = await opened(room)
        room.engine.say(BEN, "r2", *steps(1))
        room.store.benches.fork(BEN, "text", "training", "seed", 1, 2)
        with pytest.raises(TimeoutError):
            await Reader(chunks).next(NEVER_S)
        await chunks.aclose()

    asyncio.run(listen())


def test_a_slow_browser_gets_all_rows_in_fewer_messages(room):
    start_run(room)

    async def listen():
        chunks = await opened(room)
        for number in range(100):  # while nobody is reading
            room.engine.say(ANNA, "r1", *steps(number))
        _, message = await Reader(chunks).next()
        assert [row["step"] for row in message["rows"]] == list(range(100))
        await chunks.aclose()

    asyncio.run(listen())


def test_what_the_engine_says_has_a_topic_of_its_own_and_the_newest_id(room):
    start_run(room)

    async def listen():
        chunks = await opened(room)
        reader = Reader(chunks)
        lost = {"kind": "engine", "event": "worker_lost", "step": 3}
        said = room.engine.say(ANNA, "r1", *steps(3), lost)
        id_, rows = await reader.next()
        assert (id_, rows["rows"]) == (None, said)
        id_, notice = await reader.next()
        assert id_ == str(said[-1]["seq"])
        assert (notice["topic"], notice["event"], notice["run_id"]) == (
            "engine",
            "worker_lost",
            "r1",
        )
        await chunks.aclose()

    asyncio.run(listen())


def test_the_ribbon_hears_of_every_slot_that_changes(room):
    numbers = {"n_documents": 3}
    corpus = room.store.artifacts.keep(ANNA, "corpus", b"text", modality="text", numbers=numbers)

    async def listen():
        chunks = await opened(room)
        reader = Reader(chunks)
        room.store.benches.put(ANNA, "a", corpus.id)
        _, message = await reader.next()
        assert message == {
            "topic": "ribbon",
            "lane": "a",
            "kind": "corpus",
            "step": "data",
            "id": corpus.id,
            "whose": "yours",
            "numbers": numbers,
            "modality": "text",
        }
        await chunks.aclose()
        room.store.benches.put(ANNA, "a", corpus.id)  # nobody is listening, nothing breaks

    asyncio.run(listen())


def test_a_closed_stream_leaves_nothing_behind(room):
    async def listen():
        for _ in range(3):
            chunks = await opened(room)
            await chunks.aclose()

    asyncio.run(listen())
    assert room.store.benches._watchers == []


def test_an_own_cookie_is_needed_and_another_origin_changes_nothing(room):
    assert room.client.get("/live").status_code == 401
    assert room.client.get("/live", headers={"Cookie": "glassbox_owner=house"}).status_code == 401


def asked_by(owner, address="10.0.0.1"):
    class Asked:
        headers = httpx.Headers({"cookie": f"glassbox_owner={COOKIES.get(owner, owner)}"})
        query_params: ClassVar[dict[str, str]] = {}
        client = Address(address, 1)

    return Asked()


def test_one_owner_cannot_open_streams_without_end_not_even_at_the_same_moment(room):
    live = Live(lambda: room.services)

    async def burst():
        asking = (live.respond(asked_by(ANNA)) for _ in range(STREAMS_PER_OWNER + 3))
        return [answer.status_code for answer in await asyncio.gather(*asking)]

    codes = asyncio.run(burst())
    assert codes.count(200) == STREAMS_PER_OWNER and codes.count(429) == 3


def test_made_up_cookies_do_not_make_more_places_at_one_address(room):
    live = Live(lambda: room.services)

    async def burst():
        owners = (f"{n:032x}" for n in range(STREAMS_AT_AN_ADDRESS + 5))
        asking = (live.respond(asked_by(owner)) for owner in owners)
        found = [answer.status_code for answer in await asyncio.gather(*asking)]
        return found, (await live.respond(asked_by(ANNA, "10.0.0.2"))).status_code

    codes, elsewhere = asyncio.run(burst())
    assert codes.count(429) == 5 and elsewhere == 200


SERVER = """
import sys
from pathlib import Path
import uvicorn
from starlette.applications import Starlette
from core.api.fetching import live_routes
from core.identity import owner_of
from core.jobs.events import EventStream
from core.services import Services
from core.store import RunRecord, Store

store = Store.at(Path(sys.argv[1]))
store.runs.start(RunRecord("r1", owner_of("a" * 32), "module:Class", {}))
told = EventStream(store.runs.rows_of_owner)
for step in range(int(sys.argv[2])):
    told.publish(owner_of("a" * 32), store.runs.append("r1", [{"kind": "step", "step": step}]))
services = Services(store, told, None)
app = Starlette(routes=live_routes(lambda: services))
config = uvicorn.Config(app, port=0, log_level="warning")
server = uvicorn.Server(config)
socket = config.bind_socket()
socket.listen()  # who connects before the server runs waits for it
print(socket.getsockname()[1], flush=True)
server.run([socket])
"""


@pytest.fixture
def server(tmp_path):
    """A real server in its own process, with a run that has reported slightly too much."""
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SERVER), str(tmp_path), str(REPLAYED_ROWS + 5)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    port = child.stdout.readline().decode().strip()
    yield child, f"http://127.0.0.1:{port}"
    child.kill()
    child.communicate()


def test_over_a_real_server_a_fresh_tab_is_told_the_newest_rows_and_the_server_can_end(server):
    child, url = server
    cookie = {"Cookie": f"glassbox_owner={COOKIES[ANNA]}"}
    with httpx.stream("GET", f"{url}/live", headers=cookie, timeout=SOON_S) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        message = next(line for line in lines if line.startswith("data: "))
        rows = json.loads(message.removeprefix("data: "))["rows"]
        assert [row["step"] for row in rows] == list(range(5, REPLAYED_ROWS + 5))

        resumed = {**cookie, "Last-Event-ID": str(rows[-3]["seq"])}
        with httpx.stream("GET", f"{url}/live", headers=resumed, timeout=SOON_S) as second:
            data = next(line for line in second.iter_lines() if line.startswith("data: "))
            assert json.loads(data.removeprefix("data: "))["rows"] == rows[-2:]

        child.send_signal(signal.SIGTERM)  # while the stream is open
        assert [line for line in lines if line] == []
        assert child.wait(SOON_S) in (0, -signal.SIGTERM)
