"""What is taken home from a stage is what the stage shows, whatever browser it is drawn by."""

import csv
import io
import json
import struct
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from pages.kit.catalogue import words

T = words("en")
PAGES = ["inference?temperature=0.6", "glass", "training", "data"]
SVG = "{http://www.w3.org/2000/svg}"


def menu(page: Page) -> Locator:
    return page.locator(".st-key-gb_card_stage .st-key-gb_take_home").first


def opened(page: Page) -> Locator:
    """The menu, opened by the keyboard."""
    button = menu(page).get_by_role("button", name=T("takehome.stage"))
    expect(button).to_be_visible()
    button.focus()
    page.keyboard.press("Enter")
    expect(menu(page).locator(".panel")).to_be_visible()
    return menu(page)


def taken(page: Page, kind: str) -> tuple[str, bytes]:
    with page.expect_download() as coming:
        menu(page).locator(f"button.{kind}").click()
    return coming.value.suggested_filename, Path(coming.value.path()).read_bytes()


@pytest.mark.parametrize("address", PAGES)
def test_picture_numbers_and_link_of_a_stage(
    page: Page, server: str, settled: Callable[[Page], None], address: str
):
    foreign: list[str] = []
    page.on("request", lambda asked: foreign.append(asked.url))
    page.goto(f"{server}/{address}{'&' if '?' in address else '?'}lang=en")
    settled(page)
    stage = page.locator(".st-key-gb_card_stage")
    expect(stage.locator("canvas, svg, button").first).to_be_visible()
    head = stage.locator(".gb-head h2")
    title = head.first.inner_text() if head.count() else page.locator("h1").inner_text()
    opened(page)

    name, png = taken(page, "png")
    assert name.startswith(f"glassbox-{address.split('?')[0]}-") and name.endswith(".png")
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    box = stage.bounding_box()
    width, height = struct.unpack(">II", png[16:24])
    assert box and width == 2 * -(-box["width"] // 1)
    assert 2 * box["height"] < height < 2 * box["height"] + 300

    name, svg = taken(page, "svg")
    root = ET.fromstring(svg)
    said = " ".join(node.text or "" for node in root.iter(f"{SVG}text"))
    assert title in said and "/" + address.split("?")[0] in said.replace(" ", "")
    assert not list(root.iter(f"{SVG}foreignObject")) and not list(root.iter(f"{SVG}script"))
    assert all(
        (node.get("href") or "").startswith(("data:image/", "#"))
        for node in root.iter(f"{SVG}image")
    )

    name, data = taken(page, "csv")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8"))))
    assert rows[0] == ["part", "series", "x", "value"] and {len(row) for row in rows} == {4}
    assert ["about", "title", "", title] in rows
    figures = [row for row in rows if row[0] != "about"]
    assert any(any(sign.isdigit() for sign in row[3]) for row in figures)
    if address == "training":
        drawer = page.locator(".st-key-gb_taking_home")
        drawer.get_by_text(T("takehome.what")).click()
        with page.expect_download(timeout=60_000) as coming:
            drawer.get_by_role("button", name=T("takehome.example_run")).click()
        cells = json.loads(Path(coming.value.path()).read_bytes())["cells"]
        assert len(cells) > 8
        assert [row for row in figures if row[2] == "22000" and float(row[3]) < 0.3]
    if address == "glass":
        shares = [float(row[3]) for row in figures if row[0] == "next token"]
        assert shares and max(shares) <= 1.0
    assert all(url.startswith((server, "data:", "blob:")) for url in foreign if "://" in url)


def test_the_link_is_copied_without_a_secure_context_and_opens_the_same_state(
    page: Page, server: str, settled: Callable[[Page], None]
):
    page.goto(f"{server}/inference?lang=en&temperature=0.6")
    settled(page)
    page.evaluate("delete Navigator.prototype.clipboard")
    opened(page).locator("button.copy").click()
    expect(menu(page).locator(".panel p")).to_have_text(T("takehome.copied"))
    link = menu(page).locator("input").input_value()
    assert link == page.url and "token=" not in link
    page.keyboard.press("Escape")
    expect(menu(page).locator(".panel")).to_be_hidden()
    expect(menu(page).get_by_role("button", name=T("takehome.stage"))).to_be_focused()
    before = page.locator(".st-key-gb_card_stage").inner_text()
    page.goto(link)
    settled(page)
    expect(page.locator(".st-key-gb_card_stage")).to_have_text(before, use_inner_text=True)


def test_the_menu_is_large_enough_and_moves_nothing(
    page: Page, server: str, settled: Callable[[Page], None]
):
    page.goto(f"{server}/glass?lang=en")
    settled(page)
    button = menu(page).get_by_role("button", name=T("takehome.stage"))
    expect(button).to_be_visible()
    view = page.locator(".st-key-gb_card_stage .stBidiComponent").nth(1)  # the first is the menu
    for width, smallest in ((1280, 24), (390, 44)):
        page.set_viewport_size({"width": width, "height": 800})
        expect(button).to_have_css("width", "28px" if width > 640 else "44px")
        box = button.bounding_box()
        assert box and min(box["width"], box["height"]) >= smallest
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(button).to_have_css("width", "28px")
    with_menu = view.bounding_box()
    page.add_style_tag(content=".st-key-gb_take_home { display: none !important }")
    without = view.bounding_box()
    assert with_menu and without and with_menu["y"] == without["y"] < 400
