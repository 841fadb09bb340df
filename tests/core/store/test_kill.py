"""kill -9 at any moment: no finished artefact is lost, no half-written one is ever seen."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.lineage import content_id
from core.store import Store

WRITER = """
import sys
from pathlib import Path
from core.store import Store, RunRecord

store = Store.at(Path(sys.argv[1]))
store.runs.start(RunRecord("run", "anna", "module:Class", {}))
number = 0
while True:
    number += 1
    data = number.to_bytes(4, "big") * 250_000  # one megabyte
    kept = store.artifacts.keep("anna", "corpus", data, modality="text")
    store.benches.put("anna", "a", kept.id)
    store.runs.save_snapshot("run", data, step=number)
    store.runs.append("run", [{"kind": "step", "step": number}])
    print(kept.id, number, flush=True)  # from here on it counts as finished
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 on this system")
@pytest.mark.parametrize("n_finished", [1, 4, 9])
def test_kill_9_loses_no_finished_artefact_and_leaves_none_partial(tmp_path: Path, n_finished: int):
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    assert child.stdout is not None
    finished = [child.stdout.readline().split()[0].decode() for _ in range(n_finished)]
    os.kill(child.pid, signal.SIGKILL)  # somewhere within the next megabyte
    rest, _ = child.communicate()
    finished += [line.split()[0].decode() for line in rest.splitlines() if len(line.split()) == 2]

    store = Store.at(tmp_path)
    for id_ in finished:
        assert content_id(store.artifacts.read("anna", id_)) == id_
    for artifact in store.artifacts.of_kind(
        "anna", "corpus"
    ):  # even the unannounced last one is complete
        assert len(store.artifacts.read("anna", artifact.id)) == 1_000_000
    assert store.benches.of("anna", "text").lanes["a"]["corpus"] in [
        artifact.id for artifact in store.artifacts.of_kind("anna", "corpus")
    ]
    snapshot = store.runs.snapshot("run")
    assert snapshot is not None and snapshot.step >= len(finished)
    assert int.from_bytes(snapshot.data[:4], "big") == snapshot.step
    assert len(store.runs.rows("run")) >= len(finished)
    store.artifacts.keep("anna", "corpus", b"and on it goes", modality="text")
    store.close()
