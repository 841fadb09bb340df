"""What a worker process begins with, in a web process that has other settings for itself."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.jobs.workers import VARIABLES

ROOT = Path(__file__).resolve().parents[3]
APP = """
import json, os, re, sys
from pathlib import Path

import psutil
from core.jobs.engine import Engine
from core.store import Store

def blocked(pid):
    [mask] = re.findall("SigBlk:\\s*([0-9a-f]+)", Path(f"/proc/{pid}/status").read_text())
    return int(mask, 16)

def main():
    engine = Engine(Store.at(Path(sys.argv[1])), n_slots=1)
    engine.start()
    assert engine.wait_until_ready(300)
    children = psutil.Process().children(recursive=True)
    began = [[each.environ(), blocked(each.pid)] for each in children]
    loaded = engine.short(eval, "list(__import__('sys').modules)").result(300)
    print(json.dumps([began, loaded, dict(os.environ)]))
    engine.close()

if __name__ == "__main__":
    main()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux alone")
def test_workers_are_copies_of_one_that_has_imported_all_with_settings_of_their_own(tmp_path):
    own = {**os.environ, "GOMP_SPINCOUNT": "0", "PYTHONPATH": str(ROOT)}
    program = tmp_path / "app.py"
    program.write_text(APP)
    said = subprocess.check_output([sys.executable, str(program), str(tmp_path)], env=own, cwd=ROOT)
    began, loaded, web = json.loads(said.splitlines()[-1])
    workers = [mask for variables, mask in began if VARIABLES.items() <= variables.items()]
    assert len(workers) >= 3  # one that trains, one for short work, one that both are copies of
    assert all(mask & 1 << signal.SIGINT - 1 for mask in workers)  # Ctrl-C is the web process's
    assert "torch._dynamo" in loaded  # the last that everything brings with it
    assert web["GOMP_SPINCOUNT"] == "0"  # its own; the others Dask sets there by itself
