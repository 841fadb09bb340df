"""Owners and keys are hashes in the database, also in one that held cookies before."""

import sqlite3
from contextlib import closing
from functools import partial

import pytest
from sqlalchemy import create_engine, select, text

from core.identity import api_key, owner_of
from core.store import HOUSE, Ballot, RunRecord, Store, Usage, database
from core.store.tables import SCHEMA_VERSION, Base, KeyRow, SchemaRow

COOKIE = "0123456789abcdef" * 2
OTHER = "f" * 32


def fill_as_before(store: Store, cookie: str = COOKIE) -> str:
    """One of everything, kept under the cookie itself as until schema version 4."""
    corpus = store.keep(cookie, "corpus", b"text of " + cookie[:4].encode())
    encoder = store.keep(cookie, "encoder", b"merges", parents=(corpus.id,))
    store.put_on_bench(cookie, "a", encoder.id)
    store.fork(cookie, "training", "seed", 1, 2)
    store.cast(cookie, [Ballot("k", encoder.id, "q", "a", "b", "a", "de")])
    store.put_away(cookie, "draft:x", "typed")
    store.keep_envelope(cookie, {"id": "e1"}, Usage("", 1, 0, 0, 5, 5, 0.1, 0.1, 0.0, 0.0))
    store.start_run(RunRecord(f"run{cookie[0]}", cookie, "m:C", {}), {"corpus": b"text"})
    store.append_rows(f"run{cookie[0]}", [{"kind": "step", "step": 1}])
    store.save_snapshot(f"run{cookie[0]}", b"state", step=1)
    return encoder.id


def make_old(url: str) -> None:
    """The tables as schema version 4 had them."""
    engine = create_engine(url)
    with engine.begin() as connection:
        KeyRow.__table__.drop(connection)
        connection.execute(text("UPDATE schema_version SET version = 4"))
    engine.dispose()


def check_all_is_there(store: Store, encoder_id: str, cookie: str = COOKIE) -> None:
    owner = owner_of(cookie)
    assert store.read(owner, encoder_id) == b"merges"
    assert [each.kind for each in store.lineage(owner, encoder_id)] == ["corpus", "encoder"]
    bench = store.bench(owner)
    assert bench.lanes["a"]["encoder"] == encoder_id and bench.is_pair
    assert len(store.ballots(owner, encoder_id)) == 1
    assert store.take_out(owner, "draft:x") == "typed"
    assert [each["id"] for each in store.envelopes(owner)] == ["e1"]
    assert [day.n_out for day in store.usage(owner)] == [5]
    (run,) = store.runs(owner)
    assert store.run(run.id, owner).id == run.id
    assert [row["step"] for row in store.rows_of_owner(owner)] == [1]
    assert store.snapshot(run.id).data == b"state"
    assert store.runs(cookie) == [] and not store.owns(cookie, encoder_id)


@pytest.fixture
def old_home(tmp_path):
    """A home as a program before schema version 5 left it, with two owners and the house."""
    store = Store.at(tmp_path)
    encoder_id = fill_as_before(store)
    fill_as_before(store, OTHER)
    store.put_on_bench(HOUSE, "a", store.keep(HOUSE, "corpus", b"the town").id)
    store.close()
    make_old(f"sqlite:///{tmp_path / 'glassbox.sqlite'}")
    return tmp_path, encoder_id


def test_an_existing_home_stays_readable_to_its_owners(old_home):
    home, encoder_id = old_home
    for _ in range(2):  # opening it again changes nothing
        store = Store.at(home)
        check_all_is_there(store, encoder_id)
        check_all_is_there(store, encoder_id, OTHER)
        assert "corpus" in store.bench(HOUSE).lanes["a"]
        store.close()


def test_no_cookie_is_left_anywhere_in_the_files(old_home):
    home, _ = old_home
    files = list(home.glob("glassbox.sqlite*"))
    assert any(COOKIE.encode() in file.read_bytes() for file in files)
    store = Store.at(home)
    store.append_rows(f"run{COOKIE[0]}", [{"kind": "step", "step": 2}])  # also with a log beside
    for file in home.glob("glassbox.sqlite*"):
        for cookie in (COOKIE, OTHER):
            assert cookie.encode() not in file.read_bytes(), file.name
    store.close()


def test_a_change_of_owners_that_breaks_off_changes_nothing(old_home, monkeypatch):
    home, encoder_id = old_home

    def broken(connection):
        done = hash_owners(connection)
        raise OSError(f"no power after {done}")

    hash_owners = database.hash_owners
    monkeypatch.setattr(database, "hash_owners", broken)
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
            if "owner" in table.c and table.name != "api_keys":
                owners = set(session.scalars(select(table.c.owner)))
                assert {owner_of(COOKIE), owner_of(OTHER)} <= owners, table.name
                assert owners <= {owner_of(COOKIE), owner_of(OTHER), HOUSE, ""}, table.name
        assert session.scalar(select(SchemaRow.version)) == SCHEMA_VERSION
    store.close()


def test_of_a_key_only_a_hash_is_kept(store, tmp_path):
    anna, ben = owner_of(COOKIE), owner_of(OTHER)
    key = store.key(anna, partial(api_key, COOKIE))
    bens = store.key(ben, partial(api_key, OTHER))
    assert store.owner_of_key(key) == anna and store.owner_of_key(bens) == ben
    assert store.owner_of_key(COOKIE) is None and store.owner_of_key(anna) is None
    for file in (tmp_path / "home").glob("glassbox.sqlite*"):
        held = file.read_bytes()
        for secret in (key, bens, COOKIE, OTHER, key.removeprefix("gb-")):
            assert secret.encode() not in held
