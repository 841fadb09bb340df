"""Owners and keys are hashes in the database, also in one that held cookies before."""

import sqlite3
from contextlib import closing
from functools import partial

import pytest
from sqlalchemy import select

from core.identity import api_key, owner_of
from core.lineage import content_id
from core.store import HOUSE, Store
from core.store.migrations import cookies
from core.store.tables import SCHEMA_VERSION, Base, SchemaRow
from tests.core.store.homes import unpack

COOKIE = "0123456789abcdef" * 2
OTHER = "f" * 32


def check_all_is_there(store: Store, encoder_id: str, cookie: str = COOKIE) -> None:
    owner = owner_of(cookie)
    assert store.artifacts.read(owner, encoder_id) == b"merges"
    assert [each.kind for each in store.artifacts.lineage(owner, encoder_id)] == [
        "corpus",
        "encoder",
    ]
    bench = store.benches.of(owner, "text")
    assert bench.lanes["a"]["encoder"] == encoder_id and bench.is_pair
    assert len(store.ballots.of(owner, encoder_id)) == 1
    assert store.belongings.take_out(owner, "draft:x") == "typed"
    assert [each["id"] for each in store.outbox.latest(owner)] == ["e1"]
    assert [day.n_out for day in store.outbox.usage(owner)] == [5]
    (run,) = store.runs.of_owner(owner)
    assert store.runs.get(run.id, owner).id == run.id
    assert [row["step"] for row in store.runs.rows_of_owner(owner)] == [1]
    assert store.runs.snapshot(run.id).data == b"state"
    assert store.runs.of_owner(cookie) == [] and not store.artifacts.owns(cookie, encoder_id)


@pytest.fixture
def old_home(tmp_path):
    """A home as a program of schema version 4 left it, with two owners and the house: one of
    everything, kept under the cookie itself.
    """
    unpack("version4", tmp_path)
    return tmp_path, content_id(b"merges")


def test_an_existing_home_stays_readable_to_its_owners(old_home):
    home, encoder_id = old_home
    for _ in range(2):  # opening it again changes nothing
        store = Store.at(home)
        check_all_is_there(store, encoder_id)
        check_all_is_there(store, encoder_id, OTHER)
        assert "corpus" in store.benches.of(HOUSE, "text").lanes["a"]
        store.close()


def test_no_cookie_is_left_anywhere_in_the_files(old_home):
    home, _ = old_home
    files = list(home.glob("glassbox.sqlite*"))
    assert any(COOKIE.encode() in file.read_bytes() for file in files)
    store = Store.at(home)
    store.runs.append(f"run{COOKIE[0]}", [{"kind": "step", "step": 2}])  # also with a log beside
    for file in home.glob("glassbox.sqlite*"):
        for cookie in (COOKIE, OTHER):
            assert cookie.encode() not in file.read_bytes(), file.name
    store.close()


def test_a_change_of_owners_that_breaks_off_changes_nothing(old_home, monkeypatch):
    home, encoder_id = old_home

    def broken(connection, tables):
        done = hash_owners(connection, tables)
        raise OSError(f"no power after {done}")

    hash_owners = cookies.hash_owners
    monkeypatch.setattr(cookies, "hash_owners", broken)
    with pytest.raises(OSError, match="no power after 2"):
        Store.at(home)
    with closing(sqlite3.connect(home / "glassbox.sqlite")) as raw:
        assert raw.execute("SELECT version FROM schema_version").fetchone() == (4,)
        assert raw.execute("SELECT owner FROM runs").fetchone() == (COOKIE,)
    monkeypatch.undo()
    store = Store.at(home)
    check_all_is_there(store, encoder_id)
    store.close()


def test_every_table_with_an_owner_is_changed(old_home):
    home, _ = old_home
    store = Store.at(home)
    with store._database.reading() as session:
        for table in Base.metadata.sorted_tables:
            if "owner" in table.c and table.name not in ("api_keys", "room_people"):  # came later
                owners = set(session.scalars(select(table.c.owner)))
                assert {owner_of(COOKIE), owner_of(OTHER)} <= owners, table.name
                assert owners <= {owner_of(COOKIE), owner_of(OTHER), HOUSE, ""}, table.name
        assert session.scalar(select(SchemaRow.version)) == SCHEMA_VERSION
    store.close()


def test_of_a_key_only_a_hash_is_kept(store, tmp_path):
    anna, ben = owner_of(COOKIE), owner_of(OTHER)
    key = store.keys.of(anna, partial(api_key, COOKIE))
    bens = store.keys.of(ben, partial(api_key, OTHER))
    assert store.keys.owner_of(key) == anna and store.keys.owner_of(bens) == ben
    assert store.keys.owner_of(COOKIE) is None and store.keys.owner_of(anna) is None
    for file in (tmp_path / "home").glob("glassbox.sqlite*"):
        held = file.read_bytes()
        for secret in (key, bens, COOKIE, OTHER, key.removeprefix("gb-")):
            assert secret.encode() not in held
