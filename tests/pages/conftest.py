"""Pages in tests: services around a store of their own, nothing started, nothing left behind."""

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from core.house import chain as house_chain
from core.house.command import make_house
from core.house.files import Folder
from core.house.pictures.installing import install_pictures
from core.house.pictures.making import make_pictures
from core.services import Services, use_services
from core.store import Store
from pages.kit.process import SHELL

OpenPage = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def components_are_looked_for_once() -> Iterator[None]:
    """Each new AppTest would read the metadata of every installed package again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner,
            "scan_component_manifests",
            cache(manifest_scanner.scan_component_manifests),
        )
        yield


@pytest.fixture
def store_folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder for a store, in which lies what the test's other fixtures promise."""
    kept = frozenset(KEPT_HOMES.keys() & set(request.fixturenames))
    if kept:
        shutil.copytree(request.getfixturevalue("homes")(kept), tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def services(store_folder: Path) -> Iterator[Services]:
    own = Services.of(Store.at(store_folder))
    with use_services(own):
        yield own
    own.store.close()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny shipped models, made by the command that makes the real ones."""
    folder = tmp_path_factory.mktemp("house")
    make_house(Folder(folder), is_quick=True, say=lambda line: None)
    return folder


@pytest.fixture(scope="session")
def pictures_house(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A tiny example model that draws, made by the command that makes the real one."""
    folder = Folder(tmp_path_factory.mktemp("pictures"))
    make_pictures(folder, is_quick=True, say=lambda line: None)
    return folder


KEPT_HOMES: Final[dict[str, Callable[[Store, pytest.FixtureRequest], None]]] = {
    "with_house": lambda store, request: house_chain.install(
        store, Folder(request.getfixturevalue("house"))
    ),
    "with_pictures": lambda store, request: install_pictures(
        store, request.getfixturevalue("pictures_house")
    ),
}
"""What a fixture puts into a store; for hundreds of tests, so it is done once and copied."""


@pytest.fixture(scope="session")
def homes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[frozenset[str]], Path]:
    """A folder with a store into which the fixtures that are named have put what they put."""

    @cache
    def filled(names: frozenset[str]) -> Path:
        folder = tmp_path_factory.mktemp("home")
        store = Store.at(folder)
        for name, fill in KEPT_HOMES.items():
            if name in names:
                fill(store, request)
        store.close()
        return folder

    return filled


@pytest.fixture
def with_pictures(services: Services) -> Services:
    """Services on whose bench the tiny model that draws lies for everybody."""
    return services


@pytest.fixture
def with_house(
    house: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Services]:
    """Services whose house chain are the tiny models; what writes is ended afterwards."""
    monkeypatch.setattr(house_chain, "SHIPPED", house)
    yield services
    services.writer.close()


@pytest.fixture
def open_page(services: Services) -> OpenPage:
    """Open a page file of pages/ with settings in its URL, as a browser with that locale would."""

    def open_(file: str = "", locale: str = "en-GB", **url: str) -> AppTest:
        app = AppTest.from_file(str(SHELL), default_timeout=60)
        app.context = {"locale": locale}
        app.query_params.update(url)
        app.run()
        return app.switch_page(f"../{file}").run() if file else app

    return open_
