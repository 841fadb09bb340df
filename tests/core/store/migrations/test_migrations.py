"""Homes of every earlier version open, with nothing lost, and get exactly today's tables."""

import sqlite3
from contextlib import closing

import alembic.op
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from core.jobs.programs import PROGRAMS
from core.lineage import content_id
from core.store import HOUSE, Ballot, Store
from core.store.migrations import FOLDER
from core.store.migrations.programs import NAME_OF
from core.store.tables import REVISION, SCHEMA_VERSION, Base
from tests.core.store.homes import unpack

VERSIONS = ("version1", "version4", "version5", "version6")


@pytest.fixture(params=VERSIONS)
def old_home(request, tmp_path):
    unpack(request.param, tmp_path)
    return tmp_path


def differences(home):
    """What Alembic would still change, and where the database says it is."""
    engine = create_engine(f"sqlite:///{home / 'glassbox.sqlite'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, Base.metadata)
        versions = (
            connection.scalar(text("SELECT version FROM schema_version")),
            connection.scalar(text("SELECT version_num FROM alembic_version")),
        )
    engine.dispose()
    return found, versions


def keys_of(home):
    """Every table's primary and foreign keys, as SQLite itself tells them."""
    with closing(sqlite3.connect(home / "glassbox.sqlite")) as raw:
        found = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: (
                {(row[1], row[5] > 0) for row in raw.execute(f"PRAGMA table_info({name})")},
                {tuple(row[2:5]) for row in raw.execute(f"PRAGMA foreign_key_list({name})")},
            )
            for (name,) in found
        }


def test_an_old_home_gets_exactly_the_tables_of_a_new_one(old_home, tmp_path_factory):
    new_home = tmp_path_factory.mktemp("new")
    for home in (old_home, new_home):
        Store.at(home).close()
        assert differences(home) == ([], (SCHEMA_VERSION, REVISION))
    assert keys_of(old_home) == keys_of(new_home)


def test_the_last_revision_is_the_one_that_new_databases_are_said_to_have():
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_opening_an_old_home_twice_changes_nothing_more(old_home):
    Store.at(old_home).close()
    before = (old_home / "glassbox.sqlite").read_bytes()
    Store.at(old_home).close()
    assert (old_home / "glassbox.sqlite").read_bytes() == before


def test_of_the_version_before_everything_is_still_there(tmp_path):
    unpack("version6", tmp_path)
    store = Store.at(tmp_path)
    bench = store.benches.of("anna", "text")
    assert [*bench.lanes["a"]] == ["corpus", "encoder", "dataset", "design", "checkpoint"]
    assert bench.difference.setting == "seed" and (bench.difference.a, bench.difference.b) == (7, 8)
    for lane, data in (("a", b"weights"), ("b", b"other weights")):
        assert store.artifacts.read("anna", bench.lanes[lane]["checkpoint"]) == data
    lineage = store.artifacts.lineage("anna", content_id(b"weights"))
    assert {artifact.modality for artifact in lineage} == {"text"}
    assert lineage[0].recipe == "d8432ebfc704fa6af5cb525bbe75f44d95d2b6c9"  # as it was then
    assert lineage[-1].recipe == "a27ca89ae5402377ad3a5f3337c67ac7a9bfa370"
    assert store.benches.of("bert", "text").lanes["a"] == {"corpus": content_id(b"texts of bert")}
    assert store.benches.of(HOUSE, "text").lanes["a"] == {"corpus": content_id(b"the town")}
    assert store.benches.of("anna", "pictures").lanes == {"a": {}}
    assert len(store.ballots.of("anna", content_id(b"weights"))) == 1
    assert store.belongings.take_out("anna", "draft:x") == "typed"
    assert [each["id"] for each in store.outbox.latest("anna")] == ["e1"]
    (run,) = store.runs.unfinished()
    assert (run.program, store.runs.snapshot(run.id).data) == ("pretraining", b"state")
    store.close()


def test_what_is_kept_again_has_the_recipe_that_it_had_then(tmp_path, monkeypatch):
    unpack("version6", tmp_path)
    monkeypatch.setattr("core.lineage.CODE_VERSION", "2")  # the code's of that home
    store = Store.at(tmp_path)
    settings = {"lang": "de"}
    again = store.artifacts.keep(
        "anna", "corpus", b"my texts", modality="text", settings=settings, seed=3
    )
    assert again.recipe == "d8432ebfc704fa6af5cb525bbe75f44d95d2b6c9"
    store.close()


def test_the_tables_that_the_first_version_lacked_are_there(tmp_path):
    unpack("version1", tmp_path)
    store = Store.at(tmp_path)
    model = content_id(b"weights")
    assert store.artifacts.read("anna", model) == b"weights"
    assert store.benches.of("anna", "text").lanes["a"] == {"checkpoint": model}
    assert store.ballots.cast("anna", [Ballot("k", model, "q", "a", "b", "a", "de")]) == 1
    store.close()


def test_an_unfinished_run_is_taken_up_under_its_programs_name(tmp_path):
    unpack("version5", tmp_path)
    store = Store.at(tmp_path)
    assert [run.program for run in store.runs.unfinished()] == [*NAME_OF.values(), "module:Class"]
    assert store.runs.inputs("r0") == {"design": b"{}"}
    store.close()


def test_every_program_of_that_time_still_exists():
    assert set(NAME_OF.values()) <= set(PROGRAMS)


def test_a_migration_that_breaks_off_leaves_the_home_as_it_was(tmp_path, monkeypatch):
    unpack("version6", tmp_path)

    def no_power(*_):
        raise OSError("no power")

    monkeypatch.setattr(alembic.op, "bulk_insert", no_power)
    with pytest.raises(OSError, match="no power"):
        Store.at(tmp_path)
    monkeypatch.undo()
    with closing(sqlite3.connect(tmp_path / "glassbox.sqlite")) as raw:
        assert raw.execute("SELECT version FROM schema_version").fetchone() == (6,)
        assert raw.execute("SELECT count(*) FROM bench_slots").fetchone()[0] > 5
    store = Store.at(tmp_path)
    assert store.benches.of("anna", "text").is_pair
    store.close()


def test_a_room_of_version_8_is_still_there_and_counts_hands_from_now_on(tmp_path):
    store = Store.at(tmp_path)
    room = store.rooms.open("r", "host", "lead", {}, {"at": 1}, lambda _: "BCDF")
    store.rooms.enter(room.id, "anna", "", None)
    store.close()
    with closing(sqlite3.connect(tmp_path / "glassbox.sqlite")) as raw:
        raw.execute("DROP TABLE room_hands")
        raw.execute("UPDATE schema_version SET version = 8")
        raw.execute("UPDATE alembic_version SET version_num = '0008'")
        raw.execute("UPDATE room_people SET has_hand_up = 1")
        raw.commit()
    again = Store.at(tmp_path)
    assert differences(tmp_path) == ([], (SCHEMA_VERSION, REVISION))
    (anna,) = again.rooms.people(room.id)
    assert anna.has_hand_up and again.rooms.hands(room.id) == []
    again.rooms.lower_hand(room.id, "anna")
    again.rooms.raise_hand(room.id, "anna", 1)
    assert len(again.rooms.hands(room.id)) == 1
    again.close()
