"""A full disk, a place that may not be written, a damaged file: the cause is told, and is true."""

import errno
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from core.errors import Corrupted, DamagedDatabase, DiskFull, ReadOnly
from core.lineage import recipe_id
from core.store import Store, files
from core.store.causes import kind_of

ROOT = Path(__file__).resolve().parents[3]
NOBODY = 65534

# A limit on the size of files is a full disk that needs no disk: the system refuses to write on.
ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from core.store import Store

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Store.at(Path(sys.argv[1]))
kept = store.artifacts.keep("anna", "corpus", b"before", modality="text")
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
for attempt in (
    lambda: store.artifacts.keep("anna", "corpus", bytes(900_000), modality="text"),
    lambda: [store.belongings.put_away("anna", f"draft:{n}", "x" * 50_000) for n in range(40)],
):
    try:
        attempt()
        print("stored")
    except Exception as error:
        print(type(error).__name__, error.key)
print(store.artifacts.read("anna", kept.id).decode())
"""

IN_A_FORBIDDEN_PLACE = """
import os, sys
from pathlib import Path
from core.store import Store

if os.getuid() == 0:  # who is root may write anywhere
    os.setuid(int(sys.argv[2]))
try:
    Store.at(Path(sys.argv[1]))
    print("opened")
except Exception as error:
    print(type(error).__name__, error.key)
"""


def said_by(script, *arguments):
    command = [sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no file's size")
def test_a_full_disk_is_told_for_artefacts_and_rows_and_what_was_there_stays(tmp_path):
    full = "DiskFull disk_full"
    assert said_by(ON_A_FULL_DISK, tmp_path) == [full, full, "before"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
@pytest.mark.parametrize("made", [False, True], ids=["new", "with a database"])
def test_a_home_that_may_not_be_written_is_told(made):
    home = Path(tempfile.mkdtemp(prefix="gb-ro-"))  # pytest's folders are closed to others
    try:
        if made:
            Store.at(home).close()
        for path in (*home.rglob("*"), home):
            if os.getuid() == 0:
                os.chown(path, NOBODY, NOBODY)
            path.chmod(0o500 if path.is_dir() else 0o400)
        assert said_by(IN_A_FORBIDDEN_PLACE, home, NOBODY) == ["ReadOnly read_only"]
    finally:
        home.chmod(stat.S_IRWXU)
        shutil.rmtree(home)


@pytest.mark.parametrize("damage", ["noise", "cut", "overwritten"])
def test_a_damaged_database_is_told(tmp_path, damage):
    store = Store.at(tmp_path)
    for number in range(30):
        store.belongings.put_away("anna", f"draft:{number}", "x" * 5000)
    store.close()
    file = tmp_path / "glassbox.sqlite"
    held = file.read_bytes()
    for beside in tmp_path.glob("glassbox.sqlite-*"):
        beside.unlink()
    spoilt = {
        "noise": os.urandom(20_000),
        "cut": held[: len(held) // 2],
        "overwritten": held[:4096] + os.urandom(len(held) - 4096),
    }
    file.write_bytes(spoilt[damage])
    with pytest.raises(DamagedDatabase, match=r"glassbox\.sqlite"):
        store = Store.at(tmp_path)
        for number in range(30):
            store.belongings.take_out("anna", f"draft:{number}")
    assert file.read_bytes() == spoilt[damage], "nobody repairs it behind its owner's back"


def test_a_damaged_artefact_is_told_and_can_be_made_again(store, tmp_path):
    settings = {"size": 3}
    kept = store.artifacts.keep(
        "anna", "corpus", b"the very text", modality="text", settings=settings
    )
    (file,) = (tmp_path / "home/artifacts").rglob(kept.id)
    file.write_bytes(b"the vary text")
    with pytest.raises(Corrupted):
        store.artifacts.read("anna", kept.id)
    assert store.artifacts.find("anna", recipe_id("corpus", [], settings, None, "text")) is None
    again = store.artifacts.keep(
        "anna", "corpus", b"the very text", modality="text", settings=settings
    )
    assert store.artifacts.read("anna", again.id) == b"the very text"
    assert store.artifacts.find("anna", recipe_id("corpus", [], settings, None, "text")) == again
    file.unlink()
    assert store.artifacts.find("anna", recipe_id("corpus", [], settings, None, "text")) is None


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, DiskFull), (errno.EDQUOT, DiskFull), (errno.EROFS, ReadOnly)],
)
def test_nothing_half_written_is_left_where_a_file_could_not_be_stored(
    store, tmp_path, monkeypatch, number, kind
):
    def refuse(handle):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(files.os, "fsync", refuse)
    with pytest.raises(kind):
        store.artifacts.keep("anna", "corpus", b"text", modality="text")
    assert [path for path in (tmp_path / "home/artifacts").rglob("*") if path.is_file()] == []
    assert store.artifacts.of_kind("anna", "corpus") == []


class OfPostgres(Exception):
    def __init__(self, sqlstate):
        self.sqlstate = sqlstate


def test_the_causes_that_postgresql_names_are_known():
    kinds = [
        kind_of(OperationalError("INSERT", {}, OfPostgres(state)))
        for state in ("53100", "25006", "XX001", "40001")
    ]
    assert kinds == [DiskFull, ReadOnly, DamagedDatabase, None]


def test_a_cause_that_nobody_names_is_not_made_up(store):
    with pytest.raises(ConnectionResetError), store._database.writing():
        raise ConnectionResetError("gone")
    assert kind_of(TimeoutError("late")) is None
