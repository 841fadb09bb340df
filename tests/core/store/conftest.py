"""A fresh store in a folder of its own, and one whose files lie in memory."""

from pathlib import Path

import pytest

from core.store import Store


@pytest.fixture
def store(tmp_path: Path):
    store = Store.at(tmp_path / "home")
    yield store
    store.close()
