"""The browser's Back leads to the page before, however many settings were moved on this one."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from pages.kit.catalogue import words

T = words("en")
RIBBON, STATIONS = ".st-key-gb_chain", ".st-key-gb_stations"


@pytest.mark.parametrize(
    ("before", "place", "link", "moved"),
    [
        ("data", "inference", RIBBON, "input[type=range]"),
        ("postprocessing", "safety", STATIONS, "input[type=range]"),
    ],
)
def test_back_leads_to_the_page_before_whatever_was_moved(
    page: Page,
    server: str,
    settled: Callable[[Page], None],
    before: str,
    place: str,
    link: str,
    moved: str,
):
    page.goto(f"{server}/{before}?lang=en")
    settled(page)
    page.locator(link).get_by_role("link", name=T(f"shell.{place}")).first.click()
    expect(page.locator("h1")).to_have_text(T(f"{place}.question"))
    settled(page)
    page.locator(moved).first.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"lang=en&\w+="))  # the setting is in the address ...
    n_entries = page.evaluate("history.length")
    for _ in range(3):
        page.locator(moved).first.press("ArrowRight")
        settled(page)
    assert page.evaluate("history.length") == n_entries  # ... and adds nothing to go back to
    page.go_back()
    expect(page.locator("h1")).to_have_text(T(f"{before}.question"))


def test_forward_after_back_finds_the_settings_again(
    page: Page, server: str, settled: Callable[[Page], None]
):
    page.goto(f"{server}/postprocessing?lang=en")
    settled(page)
    page.locator(STATIONS).get_by_role("link", name=T("shell.safety")).click()
    expect(page.locator("h1")).to_have_text(T("safety.question"))
    settled(page)
    page.locator("input[type=range]").first.press("ArrowRight")
    moved = re.compile(r"lang=en&\w+=")
    expect(page).to_have_url(moved)
    page.go_back()
    expect(page.locator("h1")).to_have_text(T("postprocessing.question"))
    settled(page)
    page.go_forward()
    expect(page.locator("h1")).to_have_text(T("safety.question"))
    expect(page).to_have_url(moved)
