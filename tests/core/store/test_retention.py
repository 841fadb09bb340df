"""What a sweep removes, and what it must never touch."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import NotFound
from core.store import HOUSE, RunRecord
from core.store.retention import ARTIFACT_DAYS, BENCH_DAYS, RUN_DAYS, STRAY_FILE_HOURS

LATER = datetime.now(UTC) + timedelta(days=max(ARTIFACT_DAYS, RUN_DAYS) + 1)


def files_of(home: Path) -> list[Path]:
    return [path for path in (home / "artifacts").rglob("*") if path.is_file()]


def test_what_nobody_needs_goes_after_its_time_and_not_before(store, tmp_path):
    kept = store.artifacts.keep("anna", "corpus", b"text", modality="text")
    store.sweep()
    assert store.artifacts.read("anna", kept.id) == b"text"
    assert store.sweep(LATER).n_artifacts == 1
    with pytest.raises(NotFound):
        store.artifacts.read("anna", kept.id)
    assert files_of(tmp_path / "home") == []


def test_what_is_on_a_bench_stays_with_all_it_was_made_from(store):
    raw = store.artifacts.keep("anna", "corpus", b"raw", modality="text")
    clean = store.artifacts.keep("anna", "corpus", b"clean", parents=(raw.id,))
    tried = store.artifacts.keep("anna", "corpus", b"tried once", parents=(raw.id,))
    store.benches.put("anna", "a", clean.id)
    assert store.sweep(LATER).n_artifacts == 1
    assert [a.id for a in store.artifacts.lineage("anna", clean.id)] == [raw.id, clean.id]
    with pytest.raises(NotFound):
        store.artifacts.get("anna", tried.id)


def test_the_example_model_stays_forever(store):
    house = store.artifacts.keep(HOUSE, "corpus", b"the town", modality="text")
    store.sweep(LATER + timedelta(days=10_000))
    assert store.artifacts.read("anna", house.id) == b"the town"


def test_one_owners_forgetting_is_not_anothers(store):
    annas = store.artifacts.keep("anna", "corpus", b"text", modality="text")
    bens = store.artifacts.keep("ben", "corpus", b"text", modality="text")
    store.benches.put("ben", "a", bens.id)
    store.sweep(LATER)
    assert store.artifacts.read("ben", bens.id) == b"text"
    with pytest.raises(NotFound):
        store.artifacts.read("anna", annas.id)


def test_a_finished_run_is_forgotten_and_an_unfinished_one_never(store, tmp_path):
    for id_ in ("over", "waiting"):
        store.runs.start(RunRecord(id_, "anna", "module:Class", {}), {"design": id_.encode()})
        store.runs.append(id_, [{"kind": "step", "step": 1}])
        store.runs.save_snapshot(id_, b"snapshot of " + id_.encode(), step=1)
    store.runs.update("over", status="finished")
    store.runs.update("waiting", status="paused")
    assert store.sweep(LATER).n_runs == 1
    assert [run.id for run in store.runs.of_owner("anna")] == ["waiting"]
    assert store.runs.rows("over") == []
    assert store.runs.inputs("waiting") == {"design": b"waiting"}
    assert store.runs.snapshot("waiting").data == b"snapshot of waiting"
    assert len(files_of(tmp_path / "home")) == 2


def test_a_bench_nobody_comes_back_to_is_cleared_in_the_end(store):
    kept = store.artifacts.keep("anna", "corpus", b"text", modality="text")
    store.benches.put("anna", "a", kept.id)
    much_later = datetime.now(UTC) + timedelta(days=BENCH_DAYS + 1)
    assert store.sweep(much_later).n_benches == 1
    assert store.sweep(much_later).n_artifacts == 1
    assert store.benches.of("anna", "text").lanes == {"a": {}}


def test_files_no_row_refers_to_go_only_when_no_writer_can_be_working_on_them(store, tmp_path):
    store.artifacts.keep("anna", "corpus", b"text", modality="text")
    folder = tmp_path / "home" / "artifacts" / "ab"
    folder.mkdir()
    for name in ("ab" + "0" * 38, "ab.unfinished-1", "ab" + "1" * 38, "ab.unfinished-2"):
        (folder / name).write_bytes(b"left behind")
    long_ago = (datetime.now(UTC) - timedelta(hours=STRAY_FILE_HOURS + 1)).timestamp()
    for name in ("ab" + "0" * 38, "ab.unfinished-1"):
        os.utime(folder / name, (long_ago, long_ago))
    assert store.sweep().n_files == 2
    left = sorted(path.name for path in folder.iterdir())
    assert left == ["ab.unfinished-2", "ab" + "1" * 38]
