"""The same store on PostgreSQL, against a throw-away server, if one is installed."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, text

from core.identity import owner_of
from core.store import HOUSE, Difference, RunRecord, Store
from core.store.migrations.tables_0006 import TABLES
from tests.postgresql import PROGRAMS, throwaway_server

pytest.importorskip("psycopg")


pytestmark = pytest.mark.skipif(PROGRAMS is None, reason="PostgreSQL is not installed")


@pytest.fixture(scope="module")
def database_url():
    with throwaway_server() as url:
        yield url


def test_the_whole_store_works_on_postgresql(database_url, tmp_path):
    store = Store(database_url, str(tmp_path))
    house = store.artifacts.keep(HOUSE, "corpus", b"the town", modality="text", seed=2**40)
    assert house.seed == 2**40
    store.benches.put(HOUSE, "a", house.id)
    mine = store.artifacts.keep(
        "anna", "encoder", b"merges", parents=(house.id,), numbers={"n_vocab": 300}
    )
    store.benches.put("anna", "a", mine.id)
    bench = store.benches.fork("anna", "text", "training", "seed", 1, {"x": [1.5, None]})
    assert bench.difference == Difference("training", "seed", 1, {"x": [1.5, None]})
    store.close()

    store = Store(database_url, str(tmp_path))  # the tables already exist
    assert store.benches.of("anna", "text") == bench
    assert store.benches.view("anna", "text")["b"]["encoder"].artifact == mine
    assert store.artifacts.get("anna", mine.id) == mine
    store.runs.start(RunRecord("run", "anna", "module:Class", {}), {"design": b"{}"})
    store.runs.append("run", [{"kind": "step", "step": 1}, {"kind": "step", "step": 2}])
    store.runs.save_snapshot("run", b"here", step=2, seconds=0.5)
    assert [row["step"] for row in store.runs.rows_of_owner("anna")] == [1, 2]
    assert store.runs.snapshot("run") == (b"here", 2, 0.5)
    assert [run.id for run in store.runs.unfinished()] == ["run"]
    assert store.sweep().n_artifacts == 0
    store.close()


def test_writers_in_many_threads_do_not_disturb_each_other_on_postgresql(database_url, tmp_path):
    store = Store(database_url, str(tmp_path))
    failures: list[BaseException] = []

    def work(owner: str) -> None:
        try:
            for number in range(5):
                kept = store.artifacts.keep(
                    owner, "corpus", f"shared {number}".encode(), modality="text"
                )
                store.benches.put(owner, "a", kept.id)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(f"thread{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()
    assert failures == []


def test_a_database_with_cookies_for_owners_is_changed_on_postgresql(database_url, tmp_path):
    cookie = "0123456789abcdef" * 2
    engine = create_engine(database_url)
    with engine.begin() as connection:  # as schema version 4 left it
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        TABLES.create_all(connection)
        moment = datetime.now(UTC)
        for table, row in (
            ("schema_version", {"version": 4}),
            ("benches", {"owner": cookie, "used_at": moment, "difference": None}),
            ("blobs", {"id": "b", "n_bytes": 4, "created_at": moment}),
            *(
                ("bench_slots", {"owner": cookie, "lane": "a", "kind": kind, "artifact_id": "b"})
                for kind in ("corpus", "encoder")
            ),
        ):
            connection.execute(TABLES.tables[table].insert().values(row))
    engine.dispose()
    store = Store(database_url, str(tmp_path))
    assert store.benches.of(owner_of(cookie), "text").lanes["a"] == {"corpus": "b", "encoder": "b"}
    assert store.benches.of(cookie, "text").lanes == {"a": {}}
    store.close()
