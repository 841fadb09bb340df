"""More than one laptop: one database, one folder of artefacts, a Dask scheduler elsewhere."""

import time

import pytest

from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes, read_checkpoint
from core.data.text.bpe import train_bpe
from core.data.world import WorldSettings, tell
from core.identity import owner_of
from core.jobs.events import course
from core.jobs.preparing import Order, keep, make
from core.rooms import room as acting
from core.store import HOUSE, Store
from tests.dask_cluster import throwaway_scheduler
from tests.postgresql import PROGRAMS, throwaway_server
from tests.room_server import HOST, RoomServer
from tests.small_models import small_config
from tests.workshop import WORKSHOP

N_STEPS = 120
LIMIT_S = 240


@pytest.fixture
def variables(tmp_path):
    """What docs/rooms.md has every laptop set."""
    pytest.importorskip("psycopg")
    shared = tmp_path / "shared"
    shared.mkdir()
    with throwaway_server() as url, throwaway_scheduler(tmp_path) as scheduler:
        yield {
            "GLASSBOX_DATABASE_URL": url,
            "GLASSBOX_ARTIFACTS_URL": shared.as_uri(),
            "GLASSBOX_HOME": str(tmp_path / "home"),
            **scheduler,
        }


def with_small_house(store):
    """An example model to begin from, tiny and untrained."""
    world = WorldSettings(n_documents=60)
    order = Order(world=world, n_vocab=400)
    kept = keep(store, HOUSE, order, make(order))
    encoder = train_bpe([one.text for one in tell(world)], 400)
    data = checkpoint_bytes(Transformer(small_config(encoder.n_vocab), seed=1))
    base = store.artifacts.keep(
        HOUSE, "checkpoint", data, parents=[kept.dataset.id, kept.encoder.id]
    )
    store.benches.put(HOUSE, "a", base.id)
    return data


def race_at(server, code, holds):
    """The first view of the room's race at a process for which something holds."""
    deadline = time.monotonic() + LIMIT_S
    for view in server.views(code):
        race = view["together"]["race"]
        if race and holds(race["lanes"]):
            return race["lanes"]
        assert time.monotonic() < deadline, f"it does not come about: {race}"
    raise AssertionError("the stream ended")


@pytest.mark.skipif(PROGRAMS is None, reason="PostgreSQL is not installed")
def test_what_is_trained_at_one_laptop_is_seen_and_opened_at_another(variables, tmp_path):
    owner = owner_of(HOST)
    store = Store(variables["GLASSBOX_DATABASE_URL"], variables["GLASSBOX_ARTIFACTS_URL"])
    untrained = with_small_house(store)
    here, there = (RoomServer("environment", variables) for _ in range(2))
    here.start()
    try:
        room = acting.open_room(store.rooms, owner, WORKSHOP, here.address).room
        here.act(room.code, "to", 0)
        here.act(room.code, "ask_race", {"setting": "learning_rate", "values": [0.002, 0.02]})
        for n, choice in enumerate(["v1", "v2"]):
            person = acting.enter(store.rooms, store.rooms.get(room.id), f"{n}" * 32, "")
            acting.vote(store.rooms, store.rooms.get(room.id), person.id, "race-1", choice, 1)
        runs = here.act(room.code, "run_race", {"n_steps": N_STEPS})["runs"]
        race_at(here, room.code, lambda lanes: any(lane["points"] for lane in lanes))

        there.start()  # a second laptop comes while the first one is training
        seen = race_at(there, room.code, lambda lanes: all(lane["points"] for lane in lanes))
        assert any(lane["status"] == "running" for lane in seen)  # seen under way, not at the end
        race_at(there, room.code, lambda lanes: all(lane["status"] == "finished" for lane in lanes))
        for run_id in runs.values():
            run = store.runs.get(run_id, owner)
            rows = course(store.runs.rows(run_id))
            steps = [row["step"] for row in rows if row["kind"] == "step"]
            assert steps == sorted(set(steps)) and steps[-1] == N_STEPS == run.step
            said = [row["event"] for row in store.runs.rows(run_id) if row["kind"] == "engine"]
            assert not {"worker_lost", "resumed"} & set(said)  # nobody else took it up

            weights = there.get(f"/live/artifact/{run.result}")
            assert weights == store.artifacts.read(owner, run.result) != untrained
            assert read_checkpoint(weights)[1] is not None
            asked = {"model": run.result, "prompt": "Mia", "max_tokens": 4, "temperature": 0}
            begun, *drawn = there.post("/live/write", asked)
            assert begun["tokens"] and drawn and all(one["text"] is not None for one in drawn)
            assert drawn == here.post("/live/write", asked)[1:]
        assert any((tmp_path / "shared").rglob(f"*{run.result}*"))
    finally:
        for each in (there, here):
            if each.process is not None:
                each.end()
        store.close()
