"""One whole unit of the learning path in a real browser, by keyboard alone: done, wrong, right."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

MOST_TABS = 90
NOTICED_MS = 20_000


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until something has the focus, as somebody without a mouse does."""
    expect(target).to_be_visible()
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if target.evaluate("node => node === node.getRootNode().activeElement"):
            return
    raise AssertionError(f"{target} cannot be reached by Tab")


def press(page: Page, target: Locator, settled, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)
    page.wait_for_timeout(300)
    settled(page)


def sound(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]
    return [each["id"] for each in found if each["impact"] in ("serious", "critical")]


def button(page: Page, name: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("button", name=name)


def test_a_unit_is_done_answered_wrongly_looked_up_and_answered_rightly_by_keyboard(
    page: Page, base_url: str, settled
):
    page.goto(f"{base_url}/path?lang=en")
    settled(page)
    press(page, page.get_by_role("link", name="4 · Does a model read words?"), settled)
    expect(page.get_by_role("heading", name="Does a model read words?")).to_be_visible()
    expect(page.get_by_text("Two questions", exact=True)).to_have_count(0)
    assert sound(page) == []
    press(page, button(page, "To the page “Data”"), settled)
    status = page.locator(".st-key-gb_unit [role=status]")
    expect(status).to_contain_text("Unit 4: Under “Guess first, then look”")
    line = status.element_handle()
    guess = page.get_by_role("radio", name="5 at most")
    press(page, guess, settled, "Space")
    shown = page.locator(".st-key-gb_card_predict_word").get_by_role("button", name="Show me")
    press(page, shown, settled)
    expect(status).to_contain_text("Unit 4 is done:", timeout=NOTICED_MS)
    assert line.evaluate("node => node.isConnected"), "a new line is not announced as a change"
    assert sound(page) == []

    press(page, button(page, "To the surprise"), settled)
    expect(page.get_by_text("The surprise", exact=True)).to_be_visible()
    first = page.locator(".st-key-gb_check_tokens_german")
    press(page, first.get_by_role("button", name="Check my answer"), settled)
    expect(first.get_by_role("status")).to_contain_text("Too low.")
    press(page, first.get_by_role("button", name="See it on the page “Data”"), settled)
    expect(status).to_contain_text("See for yourself")
    press(page, button(page, "Back to the path"), settled)

    tab_to(page, first.get_by_role("slider"))
    for _ in range(4):  # from 1.0 to 1.4
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    settled(page)
    press(page, first.get_by_role("button", name="Check my answer"), settled)
    expect(first.get_by_role("status")).to_contain_text("Right, at try number 2.")
    expect(first.get_by_role("status")).to_contain_text("Counted in its texts")
    assert sound(page) == []
    page.reload()
    settled(page)
    expect(first.get_by_role("status")).to_contain_text("Right, at try number 2.")


def test_a_click_in_a_part_of_the_page_is_noticed_and_the_bar_covers_no_control_on_a_phone(
    page: Page, base_url: str, settled
):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{base_url}/choosing?lang=de&unit=choosing")
    settled(page)
    bar = page.locator(".st-key-gb_unit")
    expect(bar.get_by_role("status")).to_contain_text("Einheit 2:")
    assert bar.bounding_box()["height"] < 200
    candidate = page.locator("tbody tr button").nth(1)
    candidate.click()
    expect(bar.get_by_role("status")).to_contain_text("Einheit 2 ist getan:", timeout=NOTICED_MS)
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 1e6)")
    page.wait_for_timeout(300)
    last = page.locator(".st-key-gb_ways_further a").last.bounding_box()
    assert last["y"] + last["height"] <= bar.bounding_box()["y"]
