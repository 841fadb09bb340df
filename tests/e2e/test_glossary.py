"""The glossary in a real browser: marked words show their card, the list is searched as typed."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from pages.kit.glossary import entries

MARKED = "/alignment?lang=de"  # a page with marked words


def card(page: Page):
    return page.get_by_role("dialog").and_(page.locator(".gb-term-card"))


@pytest.fixture
def term(page: Page, settled):
    """The last marked word of a page, in view."""
    page.goto(MARKED)
    settled(page)
    page.wait_for_timeout(500)
    marked = page.locator(".gb-term").last
    marked.scroll_into_view_if_needed()
    return marked


def plain(marked) -> str:
    return entries()[marked.get_attribute("data-term")].wordings["de"].plain


def test_a_hand_that_rests_on_a_word_opens_its_card_and_leaving_closes_it(page: Page, term):
    term.hover()
    expect(card(page)).to_contain_text(plain(term))
    card(page).hover()  # it stays while the hand is on it
    page.wait_for_timeout(600)
    expect(card(page)).to_be_visible()
    page.mouse.move(4, 400)
    expect(card(page)).to_be_hidden()


def test_the_keyboard_opens_the_card_enters_it_and_comes_back(page: Page, term):
    term.focus()
    expect(card(page)).to_be_visible()
    expect(term).to_have_attribute("aria-describedby", "gb-term-plain")
    page.keyboard.press("Escape")
    expect(card(page)).to_be_hidden()
    page.keyboard.press("Enter")
    expect(card(page).get_by_role("link").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(card(page)).to_be_hidden()
    expect(term).to_be_focused()


def test_an_open_card_lies_in_the_window_and_passes_axe(page: Page, term):
    term.focus()
    expect(card(page)).to_be_visible()
    box, window = card(page).bounding_box(), page.viewport_size
    assert box["x"] >= 0 and box["y"] >= 0
    assert box["x"] + box["width"] <= window["width"]
    assert box["y"] + box["height"] <= window["height"]
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


def test_a_tap_opens_the_card_on_a_phone_and_one_beside_it_closes_it(
    browser: Browser, server: str, settled
):
    phone = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, locale="de-DE"
    )
    page = phone.new_page()
    page.goto(server + MARKED)
    settled(page)
    marked = page.locator(".gb-term").first
    marked.tap()
    expect(card(page)).to_contain_text(plain(marked))
    assert card(page).bounding_box()["x"] + card(page).bounding_box()["width"] <= 390
    page.touchscreen.tap(20, 70)
    expect(card(page)).to_be_hidden()
    phone.close()


def test_the_cards_are_fetched_once_and_only_when_a_word_is_touched(page: Page, settled):
    fetched: list[str] = []
    page.on("request", lambda r: fetched.append(r.url) if "/terms/" in r.url else None)
    page.goto(MARKED)
    settled(page)
    assert fetched == []
    for nth in (0, 1, 0):
        page.locator(".gb-term").nth(nth).focus()
        expect(card(page)).to_be_visible()
    assert len(fetched) == 1


def test_the_link_of_a_card_opens_the_glossary_at_its_entry(page: Page, term):
    wanted = term.get_attribute("data-term")
    term.focus()
    card(page).get_by_role("link", name="Im Glossar").click()
    page.wait_for_url(re.compile(rf"/glossary\?.*term={wanted}"))
    entry = page.locator(f"#term-{wanted}")
    expect(entry).to_be_focused()
    expect(entry).to_be_in_viewport()
    expect(entry).to_have_class(re.compile("gb-named"))


def test_the_list_is_searched_while_one_types_and_without_a_rerun(page: Page, settled):
    page.goto("/glossary?lang=de")
    settled(page)
    shown = page.locator(".gb-entry:visible")
    expect(shown).to_have_count(len(entries()))
    field = page.get_by_role("textbox", name="Suchen")
    field.press_sequentially("direct pref")
    expect(shown).to_have_count(1)
    expect(shown.locator("h3")).to_have_text("DPO")
    expect(page.locator(".gb-counted")).to_have_text(f"1 von {len(entries())} Wörtern")
    page.wait_for_url(re.compile("glossary_query=direct"))  # once the typing pauses
    expect(shown).to_have_count(1)
    field.fill("qwertz")
    expect(shown).to_have_count(0)
    field.fill("")
    expect(shown).to_have_count(len(entries()))


def test_a_search_can_be_shared_and_finds_what_stands_in_the_texts(page: Page, settled):
    page.goto("/glossary?lang=en&glossary_query=gladly")  # in no name
    settled(page)
    expect(page.locator(".gb-entry:visible h3")).to_have_text(["Reward hacking"])
