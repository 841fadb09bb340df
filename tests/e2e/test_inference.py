"""Step 5 in a real browser, on the shipped model: throw, stop, go back, choose, measure."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

START = "Am Montag ging Frau Lindner"
LIMIT_MS = 60_000


def opened(page: Page, base_url: str, settled, **url: str) -> None:
    asked = {"lang": "de", "sentence": START, **url}
    query = "&".join(f"{name}={quote(value)}" for name, value in asked.items())
    page.goto(f"{base_url}/inference?{query}")
    settled(page)
    expect(candidates(page).first).to_be_visible(timeout=LIMIT_MS)


def candidates(page: Page):
    return page.get_by_role("button", name=re.compile("wählen; ohne Regler"))


def written(page: Page):
    return page.get_by_role("button", name=re.compile("^Zurück vor"))


def test_the_page_opens_on_the_base_model_with_whole_words_after_the_sentence(
    page: Page, base_url: str, settled
):
    opened(page, base_url, settled)
    expect(page.get_by_role("radio", name="Basismodell")).to_be_checked()
    expect(page.locator(".text .prompt")).to_have_text(START)
    names = [name.strip() for name in page.locator(".rows button:visible .name").all_inner_texts()]
    assert "mit" in names and len(names) >= 5


@pytest.mark.parametrize("unit", ["words", "tokens"])
def test_a_dart_is_thrown_a_candidate_chosen_and_all_taken_back(
    page: Page, base_url: str, settled, unit: str
):
    opened(page, base_url, settled, candidates=unit)
    throw = page.get_by_role("button", name="Pfeil werfen")
    throw.click()
    expect(written(page)).to_have_count(1, timeout=LIMIT_MS)
    page.keyboard.press("Space")  # the focus has stayed
    expect(written(page)).to_have_count(2, timeout=LIMIT_MS)
    expect(candidates(page).first).to_be_visible(timeout=LIMIT_MS)
    candidates(page).first.click()
    expect(page.get_by_text(re.compile("^Von Ihnen gewählt"))).to_be_visible(timeout=LIMIT_MS)
    written(page).first.click()
    expect(written(page)).to_have_count(0, timeout=LIMIT_MS)


def test_the_dart_stands_on_the_word_that_is_appended(page: Page, base_url: str, settled):
    opened(page, base_url, settled)
    page.get_by_role("button", name="Pfeil werfen").click()
    # Looked at in the moment in which it is there: the next words take its place.
    where = page.wait_for_function(
        """() => {
          const hosts = [...document.querySelectorAll("*")]
          const root = hosts.find((e) => e.shadowRoot?.querySelector(".line .hit"))?.shadowRoot
          if (!root?.querySelector(".dart")) return null
          const dart = root.querySelector(".dart").getBoundingClientRect().left
          const hit = root.querySelector(".line .hit"), box = hit.getBoundingClientRect()
          return [dart >= box.left - 1, dart <= box.right + 1, hit.title]
        }""",
        polling="raf",
        timeout=LIMIT_MS,
    ).json_value()
    expect(written(page)).to_have_count(1, timeout=LIMIT_MS)
    word = page.locator(".text button").inner_text().strip()
    assert where[:2] == [True, True]
    assert where[2].split()[0] == word


def test_thrown_one_by_one_or_in_a_run_one_seed_writes_the_same_words(
    page: Page, base_url: str, settled
):
    opened(page, base_url, settled)
    throw = page.get_by_role("button", name="Pfeil werfen")
    for n in range(1, 4):
        throw.click()
        expect(written(page)).to_have_count(n, timeout=LIMIT_MS)
    thrown = page.locator(".text button").all_inner_texts()
    page.get_by_role("button", name="Von vorn").click()
    expect(written(page)).to_have_count(0, timeout=LIMIT_MS)
    page.get_by_role("button", name="Weiterschreiben").click()
    expect(written(page).nth(3)).to_be_visible(timeout=LIMIT_MS)
    page.get_by_role("button", name="Anhalten").click()
    assert page.locator(".text button").all_inner_texts()[:3] == thrown


@pytest.mark.parametrize("screen", [(1280, 800), (390, 844)])
def test_words_move_with_the_temperature_in_the_same_frame_and_in_sight(
    page: Page, base_url: str, settled, screen: tuple[int, int]
):
    page.set_viewport_size({"width": screen[0], "height": screen[1]})
    opened(page, base_url, settled)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    handle = page.get_by_role("slider", name="Temperatur")
    handle.evaluate("(handle) => handle.scrollIntoView({ block: 'center' })")
    before, after = handle.evaluate(
        """async (handle) => {
          const root = handle.getRootNode()
          const share = root.querySelector(".rows .share")
          const look = () => [share.textContent, root.querySelector(".line span").style.width]
          const before = look()
          handle.value = 1.9
          handle.dispatchEvent(new Event("input", { bubbles: true }))
          await new Promise(requestAnimationFrame)   // the very next frame
          return [before, look()]
        }"""
    )
    assert before[0] != after[0] and before[1] != after[1]
    assert [url for url in asked if "/live/" in url] == []
    lowest = page.locator(".rows button:visible").nth(4).bounding_box()
    highest = page.locator(".line").bounding_box()
    assert highest and lowest
    assert lowest["y"] + lowest["height"] - highest["y"] < 500  # all of it fits on the screen


def test_a_run_stops_at_once(page: Page, base_url: str, settled):
    opened(page, base_url, settled, max_tokens="400", candidates="tokens")
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


def test_a_whole_text_is_measured_and_handed_on(page: Page, base_url: str, settled):
    opened(page, base_url, settled, max_tokens="20")
    page.get_by_role("button", name="Text schreiben und behalten").click()
    expect(page.get_by_text("Wahrscheinlichkeit genau dieses Textes")).to_be_visible(
        timeout=LIMIT_MS
    )
    kept = page.locator("dl div").filter(has_text="Token behalten")
    expect(kept.locator("dd")).to_have_text("20", timeout=LIMIT_MS)


def test_who_only_watches_sees_it_write_by_itself(page: Page, base_url: str, settled):
    page.goto(f"{base_url}/inference?lang=de&depth=watch&sentence={quote(START)}")
    settled(page)
    expect(written(page).nth(1)).to_be_visible(timeout=LIMIT_MS)
    expect(page.get_by_role("slider", name="Temperatur")).to_have_count(0)
    expect(page.get_by_role("radio", name="Nur wenn")).to_have_count(0)
