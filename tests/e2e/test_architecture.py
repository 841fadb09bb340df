"""The architecture page in a real browser: the dial redraws the map, a weight is computed again."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pages.kit.catalogue import words

PHONE_PX = (390, 844)


def grave(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['html'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def test_the_dial_redraws_the_map(page: Page, settled):
    page.goto("/architecture")
    settled(page)
    total = page.locator(".areas").first
    page.locator(".st-key-size").get_by_text("winzig", exact=True).click()
    settled(page)
    smallest = total.inner_text()
    page.locator(".st-key-size").get_by_text("groß", exact=True).click()
    expect(total).not_to_have_text(smallest)
    expect(page).to_have_url(re.compile("size=l"))


def test_a_weight_is_computed_again_by_keyboard(page: Page, settled):
    page.goto("/architecture?looked_at=design")
    settled(page)
    table = page.get_by_role("application").first
    table.focus()
    table.press("ArrowLeft")
    table.press("Enter")
    expect(page.get_by_role("dialog").locator(".gb-same")).to_be_visible()


@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_the_page_is_accessible_and_fits_a_phone(page: Page, settled, depth):
    page.set_viewport_size({"width": PHONE_PX[0], "height": PHONE_PX[1]})
    page.goto(f"/architecture?depth={depth}")
    settled(page)
    page.get_by_role("application").first.wait_for()
    assert grave(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE_PX[0]


def test_a_clicked_word_says_what_it_looks_back_at_and_what_would_follow(page: Page, settled):
    page.goto("/architecture?lang=en&sentence=On+Monday+morning+Mrs+Lindner")
    settled(page)
    said = page.locator(".about").first
    expect(said).to_contain_text(words("en")("components.map_invite"))
    page.locator(".tokens .rows button", has_text="morning").click()
    expect(said).to_contain_text(re.compile(r"“morning”.*looks back mostly at “.+” here \(\d+%\)"))
    likeliest = page.locator(".guess .rows b").first.inner_text()
    expect(said).to_contain_text(f"“{likeliest}”")
    page.mouse.move(2, 2)  # it stays when the pointer leaves
    expect(said).to_contain_text("“morning”")
