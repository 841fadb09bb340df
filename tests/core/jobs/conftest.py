"""One engine for all tests in this folder: starting processes takes seconds."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.jobs.engine import Engine
from core.store import Store

sys.path.insert(0, str(Path(__file__).parent))  # workers inherit it and so find `line`

from line import LINE


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store.at(tmp_path_factory.mktemp("home"))
    yield store
    store.close()


@pytest.fixture(scope="session")
def engine(store: Store) -> Iterator[Engine]:

    engine = Engine(store, n_slots=2, programs=LINE)
    engine.start()
    assert engine.wait_until_ready(300)
    yield engine
    engine.close()
