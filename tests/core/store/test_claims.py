"""Runs that several processes could take up belong to one of them, as long as it lives."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.store import Store
from tests.postgresql import PROGRAMS, throwaway_server

ROOT = Path(__file__).resolve().parents[3]
HOLDER = """
import sys, time
from core.store import Store
store = Store(sys.argv[1], sys.argv[2])
print(store.claims.take("ours"), flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def url():
    if PROGRAMS is None:
        pytest.skip("PostgreSQL is not installed")
    pytest.importorskip("psycopg")
    with throwaway_server() as found:
        yield found


@pytest.fixture
def pair(url, tmp_path):
    """The stores of two processes."""
    one, other = Store(url, str(tmp_path)), Store(url, str(tmp_path))
    yield one.claims, other.claims
    one.close()
    other.close()


def test_what_one_has_the_other_cannot_take_until_it_is_given_back(pair):
    one, other = pair
    assert one.take("a") and not other.take("a") and other.take("b")
    one.give_back("a")
    assert other.take("a") and not one.take("a")


def test_a_process_that_closes_gives_everything_back(pair):
    one, other = pair
    assert one.take("a") and one.take("b")
    one.close()
    assert other.take("a") and other.take("b")


def test_a_crash_gives_everything_back(pair, url, tmp_path):
    _, other = pair
    command = [sys.executable, "-c", HOLDER, url, str(tmp_path)]
    holder = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline().strip() == "True" and not other.take("ours")
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert any(other.take("ours") for _ in range(2_000))


def test_a_connection_that_was_cut_is_made_again(pair, url):
    one, other = pair
    assert one.take("a")
    one._held().connection.driver_connection.close()
    assert one.take("c") and not other.take("c")
    one.give_back("never taken")


def test_beside_sqlite_the_home_s_lease_decides(tmp_path):
    one, other = Store.at(tmp_path), Store.at(tmp_path)
    assert one.claims.take("a") and other.claims.take("a")
    one.claims.give_back("a")
    for store in (one, other):
        store.close()
