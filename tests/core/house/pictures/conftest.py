"""The denoiser of the house, made once with a recipe that teaches nothing."""

import pytest

from core.house.files import Folder
from core.house.pictures.making import make_pictures


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Folder:
    return Folder(tmp_path_factory.mktemp("house_pictures"))


@pytest.fixture(scope="session")
def lines() -> list[str]:
    return []


@pytest.fixture(scope="session", autouse=True)
def record(folder, lines):
    return make_pictures(folder, is_quick=True, say=lines.append)
