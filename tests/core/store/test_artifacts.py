"""Storing and reading artefacts: identity, ownership, damage."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from core.errors import Corrupted, NewerSchema, NotFound
from core.lineage import content_id, recipe_id
from core.store import HOUSE, Store
from core.store.tables import SCHEMA_VERSION


def files_of(home: Path) -> list[Path]:
    return [path for path in (home / "artifacts").rglob("*") if path.is_file()]


def test_what_is_kept_is_read_back_byte_for_byte(store):
    kept = store.artifacts.keep(
        "anna", "corpus", b"Es war einmal", modality="text", settings={"lang": "de"}, seed=3
    )
    assert store.artifacts.read("anna", kept.id) == b"Es war einmal"
    assert kept.id == content_id(b"Es war einmal")
    assert kept.recipe == recipe_id("corpus", (), {"lang": "de"}, 3, "text")
    assert store.artifacts.get("anna", kept.id) == kept
    assert (kept.n_bytes, kept.seed, kept.settings) == (13, 3, {"lang": "de"})


def test_keeping_the_same_again_changes_nothing(store, tmp_path):
    first = store.artifacts.keep(
        "anna", "corpus", b"text", modality="text", numbers={"documents": 1}
    )
    again = store.artifacts.keep(
        "anna", "corpus", b"text", modality="text", numbers={"documents": 1}
    )
    assert again == first
    assert len(files_of(tmp_path / "home")) == 1
    assert store.artifacts.of_kind("anna", "corpus") == [first]


def test_the_same_bytes_of_two_owners_are_on_disk_once(store, tmp_path):
    annas = store.artifacts.keep(
        "anna", "corpus", b"text", modality="text", settings={"from": "anna"}
    )
    bens = store.artifacts.keep("ben", "corpus", b"text", modality="text", settings={"from": "ben"})
    assert annas.id == bens.id
    assert len(files_of(tmp_path / "home")) == 1
    # Each sees their own way to it, never the other's settings.
    assert store.artifacts.get("anna", annas.id).settings == {"from": "anna"}
    assert store.artifacts.get("ben", annas.id).settings == {"from": "ben"}


def test_knowing_an_id_grants_nothing_and_the_answer_is_that_of_a_missing_thing(store):
    secret = store.artifacts.keep("anna", "corpus", b"Annas Tagebuch", modality="text")
    messages = []
    for id_ in (secret.id, "0" * 40):
        for attempt in (store.artifacts.read, store.artifacts.get, store.artifacts.lineage):
            with pytest.raises(NotFound) as caught:
                attempt("ben", id_)
            messages.append(str(caught.value).replace(id_, "ID"))
    assert len(set(messages)) == 1
    assert store.artifacts.find("ben", secret.recipe) is None
    with pytest.raises(NotFound):
        store.artifacts.keep("ben", "encoder", b"merges", parents=(secret.id,))
    with pytest.raises(NotFound):
        store.benches.put("ben", "a", secret.id)


def test_what_the_example_model_owns_everybody_may_read_and_nobody_owns(store):
    house = store.artifacts.keep(HOUSE, "corpus", b"die kleine Stadt", modality="text")
    assert store.artifacts.read("anna", house.id) == b"die kleine Stadt"
    assert store.artifacts.find("anna", house.recipe) == house
    assert not store.artifacts.owns("anna", house.id)
    assert store.artifacts.of_kind("anna", "corpus") == []


def test_a_recipe_finds_the_newest_result(store):
    recipe = store.artifacts.keep("anna", "checkpoint", b"first", modality="text", seed=1).recipe
    store.artifacts.keep(
        "anna", "checkpoint", b"second", modality="text", seed=1
    )  # other thread count, other rounding
    found = store.artifacts.find("anna", recipe)
    assert found is not None and store.artifacts.read("anna", found.id) == b"second"


def test_a_damaged_file_raises_and_is_never_returned(store, tmp_path):
    kept = store.artifacts.keep("anna", "corpus", b"untouched", modality="text")
    (file,) = files_of(tmp_path / "home")
    file.write_bytes(b"untouchee")  # one bit differs
    with pytest.raises(Corrupted):
        store.artifacts.read("anna", kept.id)
    file.unlink()
    with pytest.raises(Corrupted):
        store.artifacts.read("anna", kept.id)
    store.artifacts.keep(
        "anna", "corpus", b"untouched", modality="text"
    )  # making it again repairs it
    assert store.artifacts.read("anna", kept.id) == b"untouched"


def test_lineage_runs_from_the_oldest_ancestor_to_the_artefact(store):
    raw = store.artifacts.keep("anna", "corpus", b"raw", modality="text")
    clean = store.artifacts.keep("anna", "corpus", b"clean", parents=(raw.id,))
    encoder = store.artifacts.keep("anna", "encoder", b"merges", parents=(clean.id,))
    dataset = store.artifacts.keep("anna", "dataset", b"ids", parents=(clean.id, encoder.id))
    lineage = store.artifacts.lineage("anna", dataset.id)
    assert [a.id for a in lineage] == [raw.id, clean.id, encoder.id, dataset.id]
    assert store.artifacts.nearest("anna", dataset.id, "corpus") == clean
    with pytest.raises(NotFound):
        store.artifacts.nearest("anna", dataset.id, "checkpoint")


def test_a_step_that_changed_nothing_makes_no_cycle(store):
    raw = store.artifacts.keep("anna", "corpus", b"clean already", modality="text")
    cleaned = store.artifacts.keep(
        "anna", "corpus", b"clean already", parents=(raw.id,), settings={"c": 1}
    )
    assert cleaned.id == raw.id
    assert [a.settings for a in store.artifacts.lineage("anna", raw.id)] == [{}, {"c": 1}]


def test_an_answer_may_be_the_generation_unchanged(store):
    said = store.artifacts.keep("anna", "generation", b"Mia backt Brot.", modality="text")
    answer = store.artifacts.keep("anna", "answer", b"Mia backt Brot.", parents=(said.id,))
    assert [a.kind for a in store.artifacts.lineage("anna", answer.id, "answer")] == [
        "generation",
        "answer",
    ]
    assert store.artifacts.get("anna", said.id, "generation").kind == "generation"


def test_twenty_megabytes_are_kept(store):
    data = bytes(range(256)) * 80_000
    kept = store.artifacts.keep("anna", "corpus", data, modality="text")
    assert kept.n_bytes == 20_480_000
    assert store.artifacts.read("anna", kept.id) == data


def test_writers_and_readers_in_many_threads_do_not_disturb_each_other(store):
    failures: list[BaseException] = []

    def work(owner: str) -> None:
        try:
            for number in range(8):
                kept = store.artifacts.keep(
                    owner, "corpus", f"shared {number}".encode(), modality="text"
                )
                store.benches.put(owner, "a", kept.id)
                assert store.artifacts.read(owner, kept.id) == f"shared {number}".encode()
                assert store.benches.view(owner, "text")["a"]["corpus"].artifact == kept
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(f"owner{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    for n in range(8):
        assert len(store.artifacts.of_kind(f"owner{n}", "corpus")) == 8


def test_files_may_be_stored_anywhere_fsspec_supports(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'db.sqlite'}", "memory://glassbox-test/artifacts")
    try:
        kept = store.artifacts.keep("anna", "corpus", b"far away", modality="text")
        assert store.artifacts.read("anna", kept.id) == b"far away"
        assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []
    finally:
        store.close()


def test_the_environment_says_where_things_are_stored(tmp_path, monkeypatch):
    monkeypatch.setenv("GLASSBOX_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GLASSBOX_ARTIFACTS_URL", f"file://{tmp_path / 'elsewhere'}")
    monkeypatch.delenv("GLASSBOX_DATABASE_URL", raising=False)
    store = Store.from_environment()
    kept = store.artifacts.keep("anna", "corpus", b"text", modality="text")
    store.close()
    assert (tmp_path / "home" / "glassbox.sqlite").is_file()
    assert (tmp_path / "elsewhere" / kept.id[:2] / kept.id).read_bytes() == b"text"


def test_a_store_is_found_again_by_the_next_process(tmp_path):
    first = Store.at(tmp_path)
    kept = first.artifacts.keep("anna", "corpus", b"text", modality="text")
    first.benches.put("anna", "a", kept.id)
    first.close()
    second = Store.at(tmp_path)
    assert second.benches.of("anna", "text").lanes == {"a": {"corpus": kept.id}}
    second.close()


def test_a_store_of_a_newer_program_is_refused_with_both_versions(tmp_path):
    store = Store.at(tmp_path)
    with store._database.writing() as session:
        session.execute(text("UPDATE schema_version SET version = 99"))
    store.close()
    expected = f"schema version 99, this program knows up to {SCHEMA_VERSION}"
    with pytest.raises(NewerSchema, match=expected):
        Store.at(tmp_path)
