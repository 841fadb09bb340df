"""Pages in tests: services around a store of their own, nothing started, nothing left behind."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

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
def services(tmp_path: Path) -> Iterator[Services]:
    own = Services.of(Store.at(tmp_path))
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


@pytest.fixture
def with_pictures(services: Services, pictures_house: Folder) -> Services:
    """Services on whose bench it lies for everybody."""
    install_pictures(services.store, pictures_house)
    return services


@pytest.fixture
def with_house(
    house: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Services]:
    """Services whose house chain are the tiny models; what writes is ended afterwards."""
    monkeypatch.setattr(house_chain, "SHIPPED", house)
    house_chain.install(services.store)
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
