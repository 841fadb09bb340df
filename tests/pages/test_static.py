"""Files for the browser: small, cached, and nothing from outside their folders."""

import gzip
import json
import os
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from pages.kit import document, look
from pages.kit.catalogue import words
from pages.kit.static import FOLDERS, Folder, ServeFiles, Shelf


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "code.js").write_text("export const n = 1\n" * 100)
    (tmp_path / "secret.js").write_text("outside")
    return tmp_path


def client(folder: Path, forever: bool = False) -> TestClient:
    shelf = Shelf({"/assets/": Folder(folder / "assets", forever=forever)})
    return TestClient(ServeFiles(Starlette(), shelf))


def test_text_is_sent_compressed_and_reads_the_same(folder: Path):
    answer = client(folder).get("/assets/code.js")
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 200
    assert answer.text == "export const n = 1\n" * 100


def test_a_client_without_gzip_gets_it_plain(folder: Path):
    answer = client(folder).get("/assets/code.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.text.startswith("export const n = 1")


def test_an_unchanged_file_is_not_sent_again(folder: Path):
    asking = client(folder)
    tag = asking.get("/assets/code.js").headers["etag"]
    again = asking.get("/assets/code.js", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_changed_file_is_sent_anew(folder: Path):
    asking = client(folder)
    tag = asking.get("/assets/code.js").headers["etag"]
    (folder / "assets" / "code.js").write_text("export const n = 2")
    os.utime(folder / "assets" / "code.js", (1, 1))
    assert asking.get("/assets/code.js", headers={"if-none-match": tag}).text.endswith("= 2")


@pytest.mark.parametrize(
    "path", ["/assets/../secret.js", "/assets/%2e%2e/secret.js", "/assets/none.js", "/assets/"]
)
def test_nothing_outside_the_folder_is_served(folder: Path, path: str):
    assert client(folder).get(path).status_code == 404


def test_what_every_first_visit_fetches_can_be_compressed_ahead():
    shelf = Shelf({"/assets/": FOLDERS["/assets/"]})
    shelf.fill(document.html("de"))
    plotly = TestClient(ServeFiles(Starlette(), shelf)).get("/assets/plotly.min.js")
    assert plotly.status_code == 200 and b"plotly.js" in plotly.content[:400]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_document_speaks_the_language_and_links_our_styles(lang: str):
    html = document.html(lang)
    assert f'<html lang="{lang}">' in html
    assert (
        "assets/theme.css" in html and "assets/page.css" in html and "Streamlit</title>" not in html
    )
    assert words(lang)("shell.noscript") in html and "enable JavaScript" not in html
    brought = html.split('id="gb-words">')[1].split("</script>")[0]
    assert json.loads(brought) == look.spoken(words(lang))
    assert gzip.compress(html.encode())  # text that can be sent


@pytest.mark.parametrize("prefix", ["/static/", "/assets/"])
@pytest.mark.parametrize("name", ["\0", "a\0.js", "x" * 5000 + ".js"])
def test_a_name_that_no_file_can_have_is_not_found(prefix, name):
    answer = Shelf(FOLDERS).answer(prefix + name, Headers({"accept-encoding": "gzip"}))
    assert answer is None or answer.status_code == 404
    assert answer is not None or "\0" not in name
