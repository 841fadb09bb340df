"""Two servers on one home: one of them takes up runs, and a crash releases it."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from core.store import Store
from core.store.lease import Lease

HOLDER = """
import sys, time
from pathlib import Path
from core.store.lease import Lease
lease = Lease(Path(sys.argv[1]))
print(lease.take(), flush=True)
time.sleep(60)
"""
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lease of tmp_path."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline().strip() == "True"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_while_one_process_has_it_another_gets_none_and_a_crash_releases_it(holder, tmp_path):
    lease = Lease(tmp_path)
    assert not lease.take()
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert lease.take() and lease.take()
    lease.give_back()


def test_two_homes_do_not_mind_each_other(holder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    lease = Lease(other)
    assert lease.take()
    lease.give_back()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_nobody_else_on_the_machine_may_read_the_database(tmp_path):
    store = Store.at(tmp_path / "home")
    store.artifacts.keep("anna", "corpus", b"text", modality="text")
    modes = {stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "home").glob("*.sqlite*")}
    store.close()
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700
