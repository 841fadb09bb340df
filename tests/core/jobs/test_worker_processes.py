"""What a worker process begins with, in a web process that has other settings for itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.jobs.workers import VARIABLES

ROOT = Path(__file__).resolve().parents[3]
APP = """
import json, os, sys
from pathlib import Path

import psutil
from core.jobs.engine import Engine
from core.store import Store

def main():
    engine = Engine(Store.at(Path(sys.argv[1])), n_slots=1)
    engine.start()
    assert engine.wait_until_ready(300)
    began = [each.environ() for each in psutil.Process().children(recursive=True)]
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
    workers = [each for each in began if VARIABLES.items() <= each.items()]
    assert len(workers) >= 2  # one that trains, one for short work
    assert "torch._dynamo" in loaded  # the last that everything brings with it
    assert web["GOMP_SPINCOUNT"] == "0"  # nobody else's setting has changed
    assert web.get("OPENBLAS_NUM_VARIABLES") == own.get("OPENBLAS_NUM_VARIABLES")
