"""Runs: what is recorded about them, in which order, and where they continue."""

import threading
from pathlib import Path

import pytest

from core.errors import NotFound
from core.store import RunRecord
from core.store.runs import ROWS_PER_RUN


def record(id: str = "r1", owner: str = "anna", **more) -> RunRecord:
    return RunRecord(id=id, owner=owner, program="module:Class", settings={"n_steps": 5}, **more)


def files_of(home: Path) -> list[Path]:
    return [path for path in (home / "artifacts").rglob("*") if path.is_file()]


def test_a_run_is_recorded_with_everything_it_reads(store):
    kept = store.artifacts.keep("anna", "dataset", b"token ids", modality="text")
    stored = store.runs.start(record(), {"dataset": b"token ids", "design": b"{}"})
    assert store.runs.get("r1") == stored
    assert stored.inputs["dataset"] == kept.id  # the same bytes are not stored twice
    assert store.runs.inputs("r1") == {"dataset": b"token ids", "design": b"{}"}
    assert (stored.status, stored.step, stored.is_finished) == ("queued", 0, False)


def test_a_run_belongs_to_its_owner(store):
    store.runs.start(record())
    assert store.runs.get("r1", owner="anna").id == "r1"
    with pytest.raises(NotFound):
        store.runs.get("r1", owner="ben")
    assert store.runs.of_owner("ben") == []


def test_a_new_process_finds_the_unfinished_runs_in_order(store):
    for number, status in enumerate(
        ["queued", "running", "finished", "paused", "failed", "stopped"]
    ):
        store.runs.start(record(f"r{number}"))
        store.runs.update(f"r{number}", status=status, step=number)
    assert [run.id for run in store.runs.unfinished()] == ["r0", "r1", "r3"]
    assert [run.id for run in store.runs.of_owner("anna")] == ["r5", "r4", "r3", "r2", "r1", "r0"]
    assert store.runs.get("r3").step == 3


def test_only_what_can_change_about_a_run_changes(store):
    store.runs.start(record())
    with pytest.raises(ValueError, match="owner"):
        store.runs.update("r1", owner="ben")


def test_rows_come_back_in_order_with_numbers_that_grow_over_all_runs(store):
    store.runs.start(record("r1"))
    store.runs.start(record("r2"))
    store.runs.append("r1", [{"kind": "step", "step": 1}, {"kind": "step", "step": 2}])
    store.runs.append("r2", [{"kind": "sample", "text": "Mia <b>"}])
    last = store.runs.append("r1", [{"kind": "step", "step": 3}])
    assert [row["step"] for row in store.runs.rows("r1")] == [1, 2, 3]
    assert store.runs.rows("r1")[-1] == last[0]
    everything = store.runs.rows_of_owner("anna")
    assert [row["run"] for row in everything] == ["r1", "r1", "r2", "r1"]
    seqs = [row["seq"] for row in everything]
    assert seqs == sorted(set(seqs))
    assert store.runs.rows_of_owner("anna", after_seq=seqs[1]) == everything[2:]
    assert store.runs.rows("r1", after_seq=seqs[0]) == [everything[1], everything[3]]
    assert store.runs.rows_of_owner("ben") == []


def test_rows_of_many_threads_lose_nothing(store):
    store.runs.start(record())

    def report(thread: int) -> None:
        for number in range(10):
            store.runs.append("r1", [{"kind": "sample", "who": thread, "number": number}])

    threads = [threading.Thread(target=report, args=(thread,)) for thread in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = store.runs.rows("r1")
    assert len({row["seq"] for row in rows}) == 60
    for thread in range(6):
        assert [row["number"] for row in rows if row["who"] == thread] == list(range(10))


def test_beyond_the_cap_every_second_step_row_is_dropped_and_nothing_else(store, monkeypatch):
    assert ROWS_PER_RUN == 20_000
    monkeypatch.setattr("core.store.runs.ROWS_PER_RUN", 10)
    store.runs.start(record())
    store.runs.append("r1", [{"kind": "evaluation", "step": 0}])
    store.runs.append("r1", [{"kind": "step", "step": step} for step in range(10)])
    rows = store.runs.rows("r1")
    assert [row["kind"] for row in rows] == ["evaluation"] + ["step"] * 6
    assert [row["step"] for row in rows[1:]] == [0, 2, 4, 6, 8, 9]  # both ends stay
    assert store.runs.get("r1").n_rows == 7


def test_the_newest_snapshot_replaces_the_one_before(store, tmp_path):
    store.runs.start(record())
    assert store.runs.snapshot("r1") is None
    store.runs.save_snapshot("r1", b"after five", step=5, seconds=1.5)
    store.runs.save_snapshot("r1", b"after ten", step=10, seconds=3.0)
    assert store.runs.snapshot("r1") == (b"after ten", 10, 3.0)
    assert len(files_of(tmp_path / "home")) == 1


def test_a_snapshot_that_equals_an_artefact_leaves_the_artefact_alone(store):
    store.runs.start(record())
    kept = store.artifacts.keep("anna", "checkpoint", b"weights", modality="text")
    store.runs.save_snapshot("r1", b"weights", step=5)
    store.runs.save_snapshot("r1", b"more weights", step=6)
    assert store.artifacts.read("anna", kept.id) == b"weights"
