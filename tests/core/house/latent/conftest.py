"""The latent model of the house, made once with a recipe that teaches nothing."""

import pytest

from core.house.files import Folder
from core.house.latent.making import make_latent


@pytest.fixture(scope="session")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("latent_work")


@pytest.fixture(scope="session")
def latent_folder(tmp_path_factory) -> Folder:
    return Folder(tmp_path_factory.mktemp("house_latent"))


@pytest.fixture(scope="session", autouse=True)
def latent_record(latent_folder, work):
    return make_latent(latent_folder, is_quick=True, say=lambda line: None, work=work)
