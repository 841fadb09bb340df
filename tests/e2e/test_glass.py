"""The glass view in a real browser, on the shipped model: look, open, compute again, switch off."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

SENTENCE = "Frau Lindner gab Mia ein Buch, weil sie gern"
LIMIT_MS = 60_000


def opened(page: Page, base_url: str, settled, **url: str) -> None:
    asked = {"lang": "de", "sentence": SENTENCE, **url}
    query = "&".join(f"{name}={quote(value)}" for name, value in asked.items())
    page.goto(f"{base_url}/glass?{query}")
    settled(page)
    expect(page.locator(".word.first").first).to_be_visible(timeout=LIMIT_MS)


def first_word(page: Page) -> str:
    return page.locator(".word.first").first.inner_text()


def test_the_whole_model_stands_in_one_line_of_sight(page: Page, base_url: str, settled):
    opened(page, base_url, settled)
    tokens = page.locator(".tok")
    expect(tokens).to_have_count(11)
    expect(page.get_by_role("button", name=re.compile("Block . öffnen"))).to_have_count(4)
    lanes, play = tokens.last.bounding_box(), page.get_by_role("button", name="Abspielen")
    assert lanes and lanes["y"] < 800
    below = play.first.bounding_box()
    assert below and below["y"] + below["height"] <= 800  # nothing has to be scrolled


def test_a_token_pointed_at_says_what_follows_it(page: Page, base_url: str, settled):
    opened(page, base_url, settled)
    before = first_word(page)
    page.locator(".tok").nth(3).hover()
    expect(page.locator(".said")).to_contain_text("Token Nummer")
    assert first_word(page) != before
    page.mouse.move(5, 5)
    expect(page.locator(".word.first").first).to_have_text(
        re.compile(re.escape(before.split("\n")[0]))
    )


def test_a_block_opens_and_a_number_is_computed_again_by_keyboard_alone(
    page: Page, base_url: str, settled
):
    opened(page, base_url, settled)
    page.get_by_role("button", name="Block 2 öffnen").focus()
    page.keyboard.press("Enter")
    score = page.get_by_role("button", name=re.compile("^Score"))
    expect(score).to_be_visible()
    score.focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".said")).to_contain_text("Score")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Beide Wege führen zur selben Zahl.")).to_be_visible(timeout=LIMIT_MS)
    expect(page.locator(".cell .formula")).to_contain_text("√D")
    page.keyboard.press("Escape")
    expect(score).to_have_count(0)


def test_a_part_that_is_switched_off_changes_the_answer_and_comes_back(
    page: Page, base_url: str, settled
):
    opened(page, base_url, settled)
    before = first_word(page).split("\n")[0]
    page.locator(".parts").first.get_by_role("button", name="MLP").click()
    expect(page.get_by_text("Abgeschaltet:")).to_be_visible(timeout=LIMIT_MS)
    expect(page.locator(".word.first").first).not_to_have_text(re.compile(re.escape(before)))
    page.get_by_role("button", name="Alles wieder an").click()
    expect(page.locator(".word.first").first).to_have_text(
        re.compile(re.escape(before)), timeout=LIMIT_MS
    )


def test_it_plays_and_stops(page: Page, base_url: str, settled):
    opened(page, base_url, settled)
    page.get_by_role("button", name="Abspielen").first.click()
    front = page.get_by_role("slider", name="Wie weit der Satz schon ist")
    page.wait_for_function("() => true")
    expect(front).not_to_have_value("1000")
    page.get_by_role("button", name="Anhalten").first.click()
    expect(page.get_by_role("button", name="Abspielen").first).to_be_visible()


@pytest.mark.parametrize("n_words", [1, 40])
def test_short_and_long_sentences_are_drawn(page: Page, base_url: str, settled, n_words: int):
    opened(page, base_url, settled, sentence=" ".join(["Mia"] * n_words))
    assert page.locator(".tok").count() == n_words + 1


def test_a_phone_shows_one_block_at_a_time(page: Page, base_url: str, settled):
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, base_url, settled)
    page.get_by_role("button", name="Block 3", exact=True).click()
    expect(page.get_by_role("radiogroup", name="Attention-Köpfe von Block 3")).to_be_visible()
    expect(page.locator(".list .word")).to_have_count(13)
