"""What a process holds: one of each, only for its owner, and nothing left running at the end."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes
from core.errors import NotFound
from core.inference.sampling import SamplingSettings
from core.jobs.engine import Engine
from core.jobs.writer import Writer
from core.services import Services, services, use_services
from core.store import Store

ROOT = Path(__file__).resolve().parents[2]

APP = """
import json, signal, sys, time
from pathlib import Path

home, programs = Path(sys.argv[1]), sys.argv[2]
sys.path.insert(0, programs)
import psutil
from core.jobs.engine import Engine
from core.jobs.writer import Writer
from core.services import Services
from core.store import Store
from line import LINE

store = Store.at(home)
engine = Engine(store, n_slots=1, programs=LINE)
app = Services(store, engine, Writer())
app.start()
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
box = engine.listen("anna")
settings = {"n_steps": 10**6, "step_s": 0.001}
engine.submit("anna", {"points": b"[[1, 2]]"}, settings, program="line:LineProgram")
while not any(event["kind"] == "step" for event in box.take()):
    pass
children = psutil.Process().children(recursive=True)
try:
    print(json.dumps([child.pid for child in children]), flush=True)
    while True:  # a signal that comes just before signal.pause() would never wake it
        time.sleep(0.1)
finally:
    app.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_is_left_behind(end: signal.Signals, tmp_path: Path):
    programs = str(ROOT / "tests/core/jobs")
    command = [sys.executable, "-c", APP, str(tmp_path), programs]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as app:
        assert app.stdout is not None
        children = [psutil.Process(pid) for pid in json.loads(app.stdout.readline())]
        assert len(children) >= 3, "two workers and the writer"
        app.send_signal(end)
        app.wait(60)
    _, alive = psutil.wait_procs(children, timeout=60)
    assert not alive

    if end == signal.SIGTERM:  # a clean shutdown does not lose even the last turn
        store = Store.at(tmp_path)
        (run,) = store.runs.unfinished()
        snapshot = store.runs.snapshot(run.id)
        last = [row for row in store.runs.rows(run.id) if row["kind"] == "step"][-1]
        assert snapshot is not None and snapshot.step == last["step"]
        store.close()


def test_a_model_writes_only_for_its_owner(tmp_path: Path):
    config = ModelConfig(
        n_vocab=20, n_context=16, n_layers=1, n_heads=1, n_kv_heads=1, n_channels=8, n_hidden=8
    )
    store, writer = Store.at(tmp_path), Writer()
    app = Services(store, Engine(store, n_slots=1), writer)
    model = store.artifacts.keep(
        "anna", "checkpoint", checkpoint_bytes(Transformer(config, seed=1)), modality="text"
    )
    settings = SamplingSettings(max_tokens=4)
    try:
        assert len(list(app.write("anna", model.id, [1], settings))) == 4
        with pytest.raises(NotFound):
            app.write("ben", model.id, [1], settings)
    finally:
        writer.close()
        store.close()


def test_tests_can_put_services_of_their_own_in_place(tmp_path: Path):
    store = Store.at(tmp_path)
    ours = Services.of(store, n_slots=1)
    other = Services.of(store, n_slots=1)
    with use_services(ours):
        assert services() is ours
        with use_services(other):
            assert services() is other
        assert services() is ours
    store.close()
