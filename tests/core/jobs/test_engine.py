"""The engine with real worker processes: one engine for the whole file."""

import json
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import pytest
from line import LINE, complain, count_slowly, leave, panic

from core.errors import DiskFull, EngineError, GlassboxError, NotFound, SettingError, UnderWay
from core.jobs import dispatch
from core.jobs.engine import Engine, Plan
from core.jobs.events import course
from core.store import RunRecord, Store

POINTS = json.dumps([[1, 2], [2, 4]]).encode()
LONG = {"n_steps": 100_000, "step_s": 0.005}


def until(true: Callable[[], Any], limit_s: float = 300.0) -> Any:
    """Wait for something that happens in another process."""
    end = time.monotonic() + limit_s
    while not (found := true()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)
    return found


def start(engine: Engine, owner: str, **settings: Any) -> str:
    return engine.submit(owner, {"points": POINTS}, settings, program="line:LineProgram")


def status(engine: Engine, owner: str, run: str) -> str:
    return engine.run(owner, run).status


def steps(engine: Engine, owner: str, run: str) -> list[dict[str, Any]]:
    return [row for row in engine.rows(owner, run) if row["kind"] == "step"]


def end(engine: Engine, owner: str, run: str) -> RunRecord:
    engine.stop(owner, run)
    until(lambda: status(engine, owner, run) == "stopped")
    return engine.run(owner, run)


def test_a_run_finishes_and_its_model_lies_on_the_bench_with_its_origin(
    engine: Engine, store: Store
):
    points = store.artifacts.keep("anna", "dataset", POINTS, modality="text")
    run = engine.submit(
        "anna", {"points": points.id}, {"n_steps": 30, "seed": 7}, program="line:LineProgram"
    )
    until(lambda: status(engine, "anna", run) == "finished")
    record = engine.run("anna", run)
    assert record.step == 30 and record.result is not None
    model = store.artifacts.get("anna", record.result)
    assert model.parents == (points.id,) and model.seed == 7
    assert json.loads(store.artifacts.read("anna", model.id))["slope"] == pytest.approx(
        2.0, abs=0.1
    )
    assert store.benches.of("anna", "text").lanes["a"]["checkpoint"] == model.id
    assert steps(engine, "anna", run)[-1]["step"] == 30


def test_a_listener_hears_every_stored_row_once_and_in_order(engine: Engine):
    box = engine.listen("lena")
    run = start(engine, "lena", n_steps=100, step_s=0.005)
    heard: list[dict[str, Any]] = []
    while not heard or heard[-1].get("status") != "finished":
        heard += [event for event in box.take(300) if "seq" in event]
    assert heard == engine.rows("lena", run)
    box.close()


def test_a_paused_run_stands_still_and_resumes_where_it_was(engine: Engine, store: Store):
    run = start(engine, "paul", **LONG)
    until(lambda: steps(engine, "paul", run))
    engine.pause("paul", run)
    assert status(engine, "paul", run) == "paused"
    snapshot = until(lambda: store.runs.snapshot(run))
    until(lambda: steps(engine, "paul", run)[-1]["step"] == snapshot.step)
    with pytest.raises(EngineError):
        engine.pause("paul", run)
    engine.resume("paul", run)
    until(lambda: steps(engine, "paul", run)[-1]["step"] > snapshot.step)
    after = [r["step"] for r in steps(engine, "paul", run) if r["step"] > snapshot.step]
    assert after[0] == snapshot.step + 1
    end(engine, "paul", run)


def test_a_stopped_run_keeps_its_model_so_far_and_says_so_in_its_origin(
    engine: Engine, store: Store
):
    run = start(engine, "stine", **LONG)
    until(lambda: steps(engine, "stine", run))
    record = end(engine, "stine", run)
    assert record.result is not None
    assert store.artifacts.get("stine", record.result).settings["stopped_at_step"] == record.step


def test_a_user_has_one_experiment_and_replacing_it_must_be_explicit(engine: Engine):
    plans = [
        Plan({"points": POINTS}, {**LONG, "tag": lane}, lane, f"run {lane}", "line:LineProgram")
        for lane in ("a", "b")
    ]
    pair = engine.experiment("otto", plans)
    with pytest.raises(UnderWay) as refusal:
        start(engine, "otto", **LONG)
    assert refusal.value.values["names"] == ["run a", "run b"]
    assert {r.status for r in engine.under_way("otto")} <= {"queued", "running"}
    until(lambda: all(steps(engine, "otto", run) for run in pair))
    new = engine.submit(
        "otto", {"points": POINTS}, {"n_steps": 1}, program="line:LineProgram", replace=True
    )
    until(lambda: all(status(engine, "otto", run) == "stopped" for run in pair))
    until(lambda: status(engine, "otto", new) == "finished")


def test_nobody_changes_or_sees_the_run_of_somebody_else(engine: Engine):
    run = start(engine, "paula", **LONG)
    for act in (engine.pause, engine.resume, engine.stop, engine.run, engine.rows):
        with pytest.raises(NotFound):
            act("thief", run)
    with pytest.raises(NotFound):
        engine.control("thief", run, {"rate": 1.0})
    assert engine.place("thief", run) == 0
    end(engine, "paula", run)


def test_a_change_reaches_the_program_and_stands_in_the_models_origin(engine: Engine, store: Store):
    run = start(engine, "conny", **LONG)
    engine.control("conny", run, {"rate": 0.001})
    engine.control("conny", run, {"colour": "red"})
    until(lambda: [r for r in engine.rows("conny", run) if "refused" in r])
    record = end(engine, "conny", run)
    assert record.result is not None
    (control,) = store.artifacts.get("conny", record.result).settings["controls"]
    assert control["change"] == {"rate": 0.001}


def test_a_failing_program_ends_only_its_own_run(engine: Engine):
    other = start(engine, "fred", **LONG)
    failing = start(engine, "fritz", n_steps=10, fails_at=4)
    until(lambda: status(engine, "fritz", failing) == "failed")
    error = engine.run("fritz", failing).error
    assert error is not None and (error["key"], error["values"]["name"]) == ("setting", "slope")
    so_far = len(steps(engine, "fred", other))
    until(lambda: len(steps(engine, "fred", other)) > so_far)
    end(engine, "fred", other)


def test_a_run_whose_rows_find_no_room_is_seen_to_have_failed_by_whoever_looks(
    engine: Engine, store: Store, monkeypatch: pytest.MonkeyPatch
):
    run = start(engine, "dora", **LONG)
    until(lambda: steps(engine, "dora", run))
    heard = engine.listen("dora")

    def refuse(*args: Any, **changes: Any) -> None:
        raise DiskFull("the disk is full")

    monkeypatch.setattr(store.runs, "append", refuse)
    monkeypatch.setattr(store.runs, "update", refuse)
    until(lambda: status(engine, "dora", run) == "failed")
    error = engine.run("dora", run).error
    assert error is not None and error["key"] == "disk_full"
    assert engine.under_way("dora") == []
    said = [event for event in heard.take() if event["kind"] == "engine"]
    assert [(event["run"], event["status"]) for event in said] == [(run, "failed")]
    heard.close()


def test_only_listed_programs_are_run(engine: Engine):
    with pytest.raises(ValueError):
        engine.submit("eve", {}, {}, program="os:system")


def test_more_runs_than_slots_all_move(engine: Engine):
    owners = [f"room {n}" for n in range(6)]
    runs = [start(engine, owner, **LONG) for owner in owners]
    until(lambda: all(steps(engine, *pair) for pair in zip(owners, runs, strict=True)))
    for owner, run in zip(owners, runs, strict=True):
        end(engine, owner, run)


def test_a_lost_worker_is_reported_and_its_run_resumes_from_the_last_snapshot(
    engine: Engine, store: Store
):
    run = start(engine, "lotte", **LONG)
    until(lambda: steps(engine, "lotte", run))
    engine.pause("lotte", run)
    saved = until(lambda: store.runs.snapshot(run)).step
    engine.resume("lotte", run)
    until(lambda: steps(engine, "lotte", run)[-1]["step"] > saved)
    killed = steps(engine, "lotte", run)[-1]["pid"]
    os.kill(killed, signal.SIGKILL)
    until(lambda: steps(engine, "lotte", run)[-1]["pid"] != killed)
    end(engine, "lotte", run)
    rows = engine.rows("lotte", run)
    events = [row["event"] for row in rows if row["kind"] == "engine"]
    assert events.count("worker_lost") == 1
    told = [row["step"] for row in course(rows) if row["kind"] == "step"]
    assert told == sorted(set(told)), "each step stands once in the course of the run"
    assert saved + 1 in told


def test_a_run_that_kills_every_worker_is_given_up_and_the_log_says_how_they_ended(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(dispatch, "MAX_LOSSES", 1)
    run = start(engine, "tom", n_steps=10, dies_at=2)
    until(lambda: status(engine, "tom", run) == "failed")
    error = engine.run("tom", run).error
    assert error is not None and error["key"] == "run_lost"
    assert "was killed by signal 9" in error["message"]
    said = [record.getMessage() for record in caplog.records]
    assert any(run in each and "has lost its worker" in each for each in said)
    assert not any("Traceback" in each or "\n" in each for each in said)


@pytest.mark.parametrize(("work", "said"), [(leave, "SystemExit: 3"), (panic, "Panic: index")])
def test_short_work_that_would_end_its_process_is_told_by_its_cause(
    engine: Engine, caplog: pytest.LogCaptureFixture, work: Callable[[], None], said: str
):
    before = engine.short(os.getpid).result(300)
    with pytest.raises(GlassboxError, match=said):
        engine.short(work).result(300)
    assert engine.short(os.getpid).result(300) == before, "its worker lives on"
    assert any(said in record.getMessage() for record in caplog.records)


def test_a_program_that_would_end_its_process_ends_its_run_by_its_cause(
    engine: Engine, caplog: pytest.LogCaptureFixture
):
    run = start(engine, "sam", n_steps=10, exits_at=2)
    until(lambda: status(engine, "sam", run) == "failed")
    error = engine.run("sam", run).error
    assert error == {"key": "unexpected", "values": {}, "message": "SystemExit: no licence"}
    events = [row["event"] for row in engine.rows("sam", run) if row["kind"] == "engine"]
    assert "worker_lost" not in events
    assert any("SystemExit: no licence" in record.getMessage() for record in caplog.records)


def test_short_work_is_done_elsewhere_while_all_slots_train(engine: Engine):
    runs = [start(engine, f"busy {n}", **LONG) for n in range(3)]
    work = engine.short(os.getpid)
    assert work.result(300) != os.getpid()
    counting = engine.short(json.loads, "[1, 2]")
    assert counting.result(300) == [1, 2]
    for n, run in enumerate(runs):
        end(engine, f"busy {n}", run)


def test_an_error_in_short_work_arrives_as_what_it_was(engine: Engine):
    with pytest.raises(SettingError) as error:
        engine.short(complain, "n_legs").result(300)
    assert error.value.values["name"] == "n_legs"


def test_short_work_reports_its_progress(engine: Engine):
    work = engine.short(count_slowly, 5)
    until(lambda: work.progress is not None)
    assert work.result(300) == 5 and work.progress[1] == 5


def test_short_work_that_is_stopped_makes_room_for_the_next(engine: Engine):
    work = engine.short(count_slowly, 10_000)
    until(lambda: work.progress is not None)
    work.stop()
    assert work.done()
    with pytest.raises(CancelledError):
        work.result(1)
    assert engine.short(json.loads, "[3]").result(300) == [3]


def test_a_new_process_resumes_unfinished_runs_and_suspends_them_at_its_end(tmp_path: Path):
    store = Store.at(tmp_path)
    saved = json.dumps({"step": 20, "slope": 1.0, "rate": None}).encode()
    for name, was, settings in (
        ("short", "running", {"n_steps": 40}),
        ("long", "running", LONG),
        ("paused", "paused", {"n_steps": 40}),
        ("stopping", "stopping", {"n_steps": 40}),
    ):
        record = RunRecord(name, "anna", "line:LineProgram", settings)
        store.runs.start(record, {"points": POINTS})
        store.runs.update(name, status=was, step=23)
        store.runs.save_snapshot(name, saved, 20)
    engine = Engine(store, n_slots=1, programs=LINE)
    engine.start()
    until(lambda: status(engine, "anna", "short") == "finished")
    assert steps(engine, "anna", "short")[0]["step"] == 21
    until(lambda: status(engine, "anna", "stopping") == "stopped")
    assert engine.run("anna", "stopping").step == 20
    assert engine.run("anna", "stopping").result is not None
    until(lambda: steps(engine, "anna", "long"))
    engine.close()

    assert store.runs.get("paused").status == "paused"
    snapshot = store.runs.snapshot("long")
    assert store.runs.get("long").status == "running"
    last = [row for row in store.runs.rows("long") if row["kind"] == "step"][-1]
    assert snapshot is not None and snapshot.step == last["step"]
    store.close()


def test_the_runs_of_another_server_on_the_same_home_are_left_alone(tmp_path: Path, caplog):
    first, second = Store.at(tmp_path), Store.at(tmp_path)
    assert first.lease is not None and first.lease.take()
    record = RunRecord("theirs", "anna", "line:LineProgram", LONG)
    first.runs.start(record, {"points": POINTS})
    first.runs.update("theirs", status="running", step=3)
    engine = Engine(second, n_slots=1, programs=LINE)
    engine.start()
    assert "leaves its runs alone" in caplog.text
    assert not engine._dispatch.runs
    engine.close()
    assert first.runs.get("theirs").status == "running"
    first.lease.give_back()
    first.close()
    second.close()
