"""Pages in tests: services around a store of their own, nothing started, nothing left behind."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.services import Services, use_services
from core.store import Store
from pages.kit.process import SHELL

OpenPage = Callable[..., AppTest]


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    own = Services.of(Store.at(tmp_path))
    with use_services(own):
        yield own
    own.store.close()


@pytest.fixture
def open_page(services: Services) -> OpenPage:
    """Open a page file of pages/ with settings in its URL, as a browser with that locale would."""

    def open_(file: str = "", locale: str = "en-GB", **url: str) -> AppTest:
        app = AppTest.from_file(str(SHELL), default_timeout=30)
        app.context = {"locale": locale}
        app.query_params.update(url)
        app.run()
        return app.switch_page(f"../{file}").run() if file else app

    return open_
