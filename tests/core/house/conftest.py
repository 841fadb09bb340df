"""The whole example chain, made once with recipes that teach nothing."""

import pytest

from core.house.command import make_house
from core.house.files import Folder


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Folder:
    return Folder(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="session")
def lines() -> list[str]:
    return []


@pytest.fixture(scope="session", autouse=True)
def record(folder, lines):
    return make_house(folder, is_quick=True, say=lines.append)
