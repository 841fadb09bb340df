"""Who is connected, where several web processes hold one room."""

import asyncio
import threading

import pytest

from core.rooms import hall, room
from core.rooms.hall import Hall
from core.store import Store
from core.store.database import now_utc
from tests.workshop import WORKSHOP


@pytest.fixture
def stores(tmp_path):
    """Two, as of two processes; each looks for what the other has changed."""
    found = [Store.at(tmp_path) for _ in range(2)]
    for store in found:
        store.rooms.is_alone = False
    yield [store.rooms for store in found]
    for store in found:
        store.close()


@pytest.fixture
def opened(stores):
    return room.open_room(stores[0], "host", WORKSHOP).room.id


def test_who_is_connected_elsewhere_is_seen_and_who_leaves_no_longer(stores, opened):
    async def met():
        """What one hall knows of the people of another, before and after they leave."""
        here, there = (Hall(rooms) for rooms in stores)
        projector = there.listen(opened)
        anna, ben = here.listen(opened, "anna"), here.listen(opened, "ben")
        while set(there.here(opened)) != {"anna", "ben"}:
            await projector.wait(5)
        here.leave(opened, ben)
        while set(there.here(opened)) != {"anna"}:
            await projector.wait(5)
        here.leave(opened, anna)
        while there.here(opened):
            await projector.wait(5)
        for each in (here, there):
            each.close()

    asyncio.run(asyncio.wait_for(met(), 20))
    assert stores[0].here(opened, "", now_utc().replace(year=2000)) == []


def test_the_people_of_a_process_that_was_killed_are_gone(stores, opened, monkeypatch):
    stores[0].note_here(opened, "killed", ["anna"])
    there = Hall(stores[1])
    assert set(there.here(opened)) == {"anna"}
    monkeypatch.setattr(hall, "GONE_AFTER_S", 0.0)
    assert not there.here(opened)
    there.close()


def test_looking_survives_a_database_that_is_away(stores, opened, monkeypatch):
    from sqlalchemy.exc import OperationalError

    away, asked = threading.Event(), threading.Event()
    versions = stores[1].versions

    def maybe(room_id):
        """The versions, unless the database is away."""
        if away.is_set():
            asked.set()
            raise OperationalError("select", {}, Exception("connection refused"))
        return versions(room_id)

    monkeypatch.setattr(stores[1], "versions", maybe)

    async def told():
        """Whether a change that comes after it is told."""
        there = Hall(stores[1])
        listener = there.listen(opened)
        away.set()
        await asyncio.to_thread(asked.wait, 5)
        away.clear()
        await asyncio.to_thread(room.act, stores[0], stores[0].get(opened), "to", 1)
        changed = await listener.wait(5)
        there.close()
        return changed

    assert asyncio.run(told())
