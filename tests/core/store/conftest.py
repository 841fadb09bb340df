"""A fresh store in its own folder, and one whose files are kept in memory."""

from pathlib import Path

import pytest

from core.store import Store


@pytest.fixture
def store(tmp_path: Path):
    store = Store.at(tmp_path / "home")
    yield store
    store.close()
