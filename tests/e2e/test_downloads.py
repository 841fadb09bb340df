"""Every file that a page offers really comes, to its owner, and holds what it says."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from pages.kit.catalogue import words

T = words("en")
SOON_MS = 240_000  # a whole corpus is prepared, on a machine that may be busy


def fetched(page: Page, button: Locator) -> tuple[str, bytes]:
    """What a click on a button brings: the file's name and its bytes."""
    expect(button).to_be_visible(timeout=SOON_MS)
    with page.expect_download(timeout=SOON_MS) as coming:
        button.click()
    download = coming.value
    assert download.failure() is None
    return download.suggested_filename, Path(download.path()).read_bytes()


def test_one_s_own_corpus_comes_as_prepared(
    page: Page, server: str, settled: Callable[[Page], None]
):
    page.goto(f"{server}/data?lang=en&world_documents=500&world_language=de&vocabulary=300")
    settled(page)
    page.locator(".st-key-data_prepare button").click()
    expect(page.get_by_text(T("data.on_bench"))).to_be_visible(timeout=SOON_MS)
    settled(page)
    name, data = fetched(page, page.locator(".st-key-gb_card_yours").get_by_role("button"))
    documents = [json.loads(line) for line in data.decode("utf-8").splitlines()]
    assert name == "corpus.jsonl"
    assert 300 <= len(documents) <= 700, "one's own few, not the many of the example model"


def test_the_record_of_an_answer_comes_in_every_form(
    page: Page, server: str, settled: Callable[[Page], None]
):
    page.goto(f"{server}/sending?lang=en")
    settled(page)
    send, again = (
        page.get_by_role("button", name=T(f"sending.{key}"), exact=True)
        for key in ("send", "send_again")
    )
    if not page.locator(".st-key-sending_jsonl").is_visible():
        send.or_(again).click()
    name, data = fetched(page, page.locator(".st-key-sending_json button"))
    envelope = json.loads(data)
    assert name == f"{envelope['id']}.json"
    entries = envelope["audit"]["entries"]
    _, data = fetched(page, page.locator(".st-key-sending_jsonl button"))
    assert len(data.decode("utf-8").splitlines()) == len(entries)
    _, data = fetched(page, page.locator(".st-key-sending_csv button"))
    assert len(list(csv.reader(io.StringIO(data.decode("utf-8"))))) == len(entries) + 1


def test_the_answered_letters_come_as_one_archive(
    page: Page, server: str, settled: Callable[[Page], None]
):
    page.goto(f"{server}/sending?lang=en")
    settled(page)
    page.get_by_role("button", name=T("sending.run_mailbox"), exact=True).click()
    name, data = fetched(page, page.locator(".st-key-sending_zip button"))
    assert name == "answers.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None and archive.namelist()
