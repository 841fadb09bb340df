"""Home in a real browser: the slider under the hand, one's own sentence, the tour."""

import re

from playwright.sync_api import expect

from core.house import checkpoints_over_time


def shown_text(page):
    return page.locator(".texts p.now")


def test_the_slider_goes_from_noise_to_language(page, settled):
    page.emulate_media(reduced_motion="reduce")
    page.goto("/?lang=de")
    settled(page)
    slider = page.locator("input[type=range]").first
    expect(shown_text(page)).to_have_count(1)
    language = shown_text(page).inner_text()
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "Schritt 0")
    expect(page.get_by_text("vor dem Lernen", exact=True)).to_be_visible()
    noise = shown_text(page).inner_text()
    assert noise != language
    slider.press("End")
    expect(shown_text(page)).to_have_text(language)


def test_a_throw_lights_one_of_the_candidates_and_the_sentence_goes_on(page, settled):
    page.emulate_media(reduced_motion="reduce")
    page.goto("/?lang=de")
    settled(page)
    throw = page.get_by_role("button", name="Wort ziehen")
    rows = page.locator(".guess li")
    expect(rows.first).to_be_visible()
    assert 2 <= rows.count() <= 6
    expect(page.locator(".guess li.hit")).to_have_count(0)
    before = page.locator(".guess .text").inner_text()
    throw.click()
    expect(page.locator(".guess li.hit")).to_have_count(1)
    word = page.locator(".guess mark").inner_text()
    throw.click()
    expect(page.locator(".guess .text")).to_contain_text(
        before.replace("?", "").strip() + " " + word
    )
    page.get_by_role("button", name="Von vorn").click()
    expect(page.locator(".guess .text")).to_have_text(before)


def test_the_card_of_the_town_shows_its_map(page, settled):
    page.goto("/?lang=de")
    settled(page)
    page.get_by_role("button", name="Ahornbach kennenlernen").click()
    card = page.get_by_role("dialog")
    expect(card.locator(".gb-town section")).to_have_count(9)
    expect(card).to_contain_text("Rosenweg")


def test_a_sentence_of_ones_own_is_written_on_by_every_checkpoint(page, settled):
    page.emulate_media(reduced_motion="reduce")
    page.goto("/?lang=de&sentence=Der+Hund+lief")
    settled(page)
    texts = page.locator(".texts p")
    expect(texts).to_have_count(len(checkpoints_over_time()))
    # An ellipsis stands at the end for as long as a text is being written.
    for n in range(texts.count()):
        expect(texts.nth(n)).to_have_text(re.compile(r"^Der Hund lief.+"), timeout=60_000)
    expect(page.locator(".gb-slider-head .gb-badge-now")).to_be_visible()
    expect(page.locator(".st-key-gb_ways .gb-badge-precomputed")).to_be_visible()


def test_the_tour_begins_at_home_and_waits_for_the_reader(page, settled):
    page.goto("/?lang=de")
    settled(page)
    page.get_by_role("button", name="Im eigenen Tempo zuschauen").click()
    page.wait_for_url(re.compile(r"/data\?.*tour=True"))
    expect(page.locator(".st-key-gb_tour")).to_contain_text("Rundgang 1 von 7")
    page.get_by_role("button", name="Weiter: Architektur").click()
    page.wait_for_url(re.compile(r"/architecture\?"))
    expect(page.locator(".st-key-gb_tour")).to_contain_text("Rundgang 2 von 7")


def test_a_number_opens_its_second_computation(page, settled):
    page.goto("/?lang=de")
    settled(page)
    page.locator(".st-key-recheck_home button").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Beide Wege führen zur selben Zahl")
