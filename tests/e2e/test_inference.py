"""Step 5 in a real browser, on the model that is shipped: draw, stop, go back, force, measure."""

import re
from urllib.parse import quote

from playwright.sync_api import Page, expect

START = "Am Montag ging Frau Lindner"
LIMIT_MS = 60_000


def opened(page: Page, base_url: str, settled, **url: str) -> None:
    asked = {"lang": "de", "sentence": START, **url}
    query = "&".join(f"{name}={quote(value)}" for name, value in asked.items())
    page.goto(f"{base_url}/inference?{query}")
    settled(page)
    expect(page.get_by_role("button", name=re.compile("wählen; wie gelernt")).first).to_be_visible(
        timeout=LIMIT_MS
    )


def written(page: Page):
    return page.get_by_role("button", name=re.compile("^Zurück vor"))


def test_tokens_are_drawn_one_by_one_forced_and_taken_back(page: Page, base_url: str, settled):
    opened(page, base_url, settled)
    step = page.get_by_role("button", name="Ein Token", exact=True)
    step.click()
    expect(written(page)).to_have_count(1, timeout=LIMIT_MS)
    page.get_by_role("button", name=re.compile("wählen; wie gelernt")).nth(3).click()
    expect(page.get_by_text(re.compile("^Von Ihnen gewählt"))).to_be_visible(timeout=LIMIT_MS)
    written(page).first.click()
    expect(written(page)).to_have_count(0, timeout=LIMIT_MS)


def test_a_run_stops_at_once(page: Page, base_url: str, settled):
    opened(page, base_url, settled, max_tokens="400")
    # A slow line: here the model is done with a text before any hand could reach the button.
    line = {"offline": False, "latency": 0, "downloadThroughput": 1e5, "uploadThroughput": 1e5}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", line)
    page.get_by_role("button", name="Weiterschreiben").click()
    expect(written(page).nth(2)).to_be_visible(timeout=LIMIT_MS)
    page.get_by_role("button", name="Anhalten").click()
    n = written(page).count()
    page.wait_for_timeout(1500)
    assert written(page).count() <= n + 1


def test_a_handle_let_go_reaches_the_address_and_the_copied_call(
    page: Page, base_url: str, settled
):
    opened(page, base_url, settled)
    page.get_by_role("slider", name="Temperatur").fill("0.4")
    page.wait_for_url(re.compile("temperature=0.4"), timeout=LIMIT_MS)
    settled(page)
    expect(page.locator("code", has_text='"temperature": 0.4')).to_be_visible(timeout=LIMIT_MS)
    expect(page.get_by_role("slider", name="Temperatur")).to_have_value("0.4")


def test_a_whole_text_is_measured_and_stands_in_the_ribbon(page: Page, base_url: str, settled):
    opened(page, base_url, settled, max_tokens="20")
    page.get_by_role("button", name="Schreiben lassen und festhalten").click()
    expect(page.get_by_text("Chance auf genau diesen Text")).to_be_visible(timeout=LIMIT_MS)
    expect(page.get_by_text(re.compile("[0-9] Token/s"))).to_be_visible(timeout=LIMIT_MS)


def test_who_only_watches_sees_it_write_by_itself(page: Page, base_url: str, settled):
    page.goto(f"{base_url}/inference?lang=de&depth=watch&sentence={quote(START)}")
    settled(page)
    expect(written(page).nth(1)).to_be_visible(timeout=LIMIT_MS)
    expect(page.get_by_role("slider", name="Temperatur")).to_have_count(0)
    expect(page.get_by_role("radio", name="Nur wenn")).to_have_count(0)
