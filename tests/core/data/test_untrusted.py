"""Reading in a child process: same results, same errors, and limits that hold."""

import json
import subprocess
import sys

import pytest

from core.data import untrusted
from core.data.text.files import LIMIT_BYTES, read_file
from core.data.untrusted import read_file_untrusted, read_untrusted
from core.errors import NoTextColumn, NotText, ReadingFailed, TooLarge

TABLE = "id,text\n1,Der Hund bellt laut.\n2,\n3,Die Kätzin 🐈 schläft heute.\n".encode("utf-16")


def test_the_child_reads_what_the_parent_would_have_read():
    assert read_file_untrusted("größe.csv", TABLE) == read_file("größe.csv", TABLE)
    assert read_untrusted("größe.csv", TABLE) == list(read_file("größe.csv", TABLE).documents)


@pytest.mark.parametrize(
    "name, data, kind",
    [("a.csv", b"a,b\n1,2\n", NoTextColumn), ("a.txt", b"\x00\x01\x02", NotText)],
)
def test_errors_come_back_with_their_class_and_values(name, data, kind):
    with pytest.raises(kind) as there:
        read_untrusted(name, data)
    with pytest.raises(kind) as here:
        read_file(name, data)
    assert there.value.values == here.value.values
    assert str(there.value) == str(here.value)


def test_a_child_that_takes_too_long_is_killed():
    with pytest.raises(ReadingFailed) as caught:
        read_untrusted("a.txt", b"Hallo", limit_s=0.001)
    assert caught.value.values == {"name": "a.txt", "limit_s": 0.001}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no single process")
def test_a_child_that_takes_too_much_memory_fails_alone():
    with pytest.raises(ReadingFailed):
        read_untrusted("a.txt", b"Hallo Welt. " * 1_000_000, memory_bytes=60 * 2**20)


def test_what_is_too_large_starts_no_child(monkeypatch):
    monkeypatch.setattr(untrusted.sys, "executable", "/no/such/program")
    with pytest.raises(TooLarge):
        read_untrusted("a.txt", b"x" * (LIMIT_BYTES + 1))


def test_the_child_imports_neither_torch_nor_streamlit():
    program = "import sys, json, core.data.untrusted; print(json.dumps(list(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert not {"torch", "streamlit", "numpy"} & set(json.loads(answer.stdout))
