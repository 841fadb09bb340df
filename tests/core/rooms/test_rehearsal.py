"""Simulated people come by the same routes as phones, are marked, and end with the room."""

import asyncio
import time

import pytest

from core.identity import owner_of
from core.rooms import rehearsal, simulated
from core.rooms import room as acting
from core.rooms.codes import person_of
from core.rooms.rehearsal import Rehearsal, rehearsal_key, rehearse
from core.rooms.wire import Away, Wire
from core.store import Store
from tests.room_server import HOST, RoomServer, free_port
from tests.workshop import WORKSHOP


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("rehearsal")


@pytest.fixture(scope="module")
def server(home):
    found = RoomServer(home).start()
    yield found
    found.kill()


@pytest.fixture
def store(home):
    found = Store.at(home)
    yield found
    found.close()


@pytest.fixture
def room(store, server):
    opened = acting.open_room(store.rooms, owner_of(HOST), WORKSHOP, server.address, "de")
    acting.act(store.rooms, opened.room, "to", 0)
    yield store.rooms.get(opened.room.id)
    store.rooms.end(opened.room.id)


async def until(holds, timeout_s=30):
    begun = time.monotonic()
    while not holds():
        await asyncio.sleep(0.05)
        assert time.monotonic() - begun < timeout_s, "it does not come about"


def test_what_simulated_people_believe_they_voted_is_what_the_room_has(
    server, store, room, monkeypatch
):
    monkeypatch.setattr(simulated, "STAYS_S", 10.0)  # every connection is lost within a second
    everybody = []
    somebody = simulated.Somebody

    def kept(*about):
        everybody.append(somebody(*about))
        return everybody[-1]

    monkeypatch.setattr(rehearsal, "Somebody", kept)
    key, n = rehearsal_key(store.rooms, room), 10

    async def held():
        going = asyncio.create_task(
            rehearse(room.code, server.address, key, n, haste=15, lang="de")
        )
        await until(lambda: len(store.rooms.votes(room.id, "step-1")) == n)
        await asyncio.sleep(1)  # some change their mind
        await asyncio.to_thread(server.act, room.code, "to", 3)
        await until(lambda: len(store.rooms.sayings(room.id)) >= 2)
        await asyncio.to_thread(server.act, room.code, "end")
        return await asyncio.wait_for(going, 20)

    seen = asyncio.run(held())
    assert seen.n_in == n and seen.n_votes >= n and seen.n_cuts > 0 and not seen.failures
    people = store.rooms.people(room.id)
    assert len(people) == n and all(one.is_simulated for one in people)
    assert {one.nickname for one in people} == {f"Probe {k:02d}" for k in range(1, n + 1)}
    assert {one.text for one in store.rooms.sayings(room.id)} <= set(simulated.LINES["de"])
    votes = {vote.person: vote.choice for vote in store.rooms.votes(room.id, "step-1")}
    assert votes == {person_of(room.id, one.cookie): one.chosen["step-1"] for one in everybody}


def test_the_facilitator_lets_them_in_and_sends_them_away(server, store, room):
    path = f"/rooms/{room.code}/rehearse"
    assert server.post(path, {"people": 3, "minutes": 1})["running"]
    deadline = time.monotonic() + 30
    for view in server.views(room.code, "lead"):
        if len(view["people"]) == 3 and view["rehearsal"]["n_in"] == 3:
            break
        assert time.monotonic() < deadline
    assert all(one["is_simulated"] for one in view["people"])
    assert server.post(path, {"people": 0}) == {"running": False}
    server.act(room.code, "send_simulated_away")
    assert store.rooms.people(room.id) == []


def test_it_ends_with_the_room(server, store, room):
    going = Rehearsal(
        server.address, room.code, 2, key=rehearsal_key(store.rooms, room), minutes=1
    ).start()
    deadline = time.monotonic() + 30
    while going.status()["n_here"] < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    server.act(room.code, "end")
    while going.is_running and time.monotonic() < deadline:
        time.sleep(0.05)
    assert going.status()["running"] is False and going.status()["n_in"] == 2


@pytest.mark.parametrize("body", [{}, {"people": "all"}, {"people": -1}, {"people": 99}])
def test_a_rehearsal_of_nonsense_is_refused(server, room, body):
    async def asked(cookie):
        return (await Wire(server.address, cookie).post(f"/rooms/{room.code}/rehearse", body))[0]

    assert asyncio.run(asked(HOST)) == 400
    assert asyncio.run(asked("a" * 32)) == 403


def test_without_the_key_nobody_is_simulated(store, room):
    key = rehearsal_key(store.rooms, room)
    assert rehearsal_key(store.rooms, room) == key  # the same for as long as it lasts
    now = store.rooms.get(room.id)
    assert not acting.enter(store.rooms, room, "a" * 32, "", None, "").is_simulated
    assert not acting.enter(store.rooms, now, "b" * 32, "", None, "guess").is_simulated
    assert acting.enter(store.rooms, now, "c" * 32, "", None, key).is_simulated


def test_a_server_that_is_away_is_said_to_be():
    with pytest.raises(Away):
        asyncio.run(Wire(f"http://127.0.0.1:{free_port()}", "a" * 32).post("/rooms/enter", {}))
