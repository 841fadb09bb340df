"""In scale, in a real browser, on the shipped model: guess, zoom by hand and by keyboard."""

import re

from playwright.sync_api import Page, expect

LIMIT_MS = 60_000


def opened(page: Page, base_url: str, settled, query: str = "") -> None:
    page.goto(f"{base_url}/scale?lang=en{query}")
    settled(page)
    expect(page.locator(".name")).to_have_text("Example model", timeout=LIMIT_MS)


def sides(page: Page) -> dict[str, float]:
    """Every square that is drawn, by its name, with its side in pixels."""
    rects = page.locator("svg rect:has(title)")
    return {
        rect.locator("title").text_content() or "": float(rect.get_attribute("width") or 0)
        for rect in rects.all()
    }


def test_areas_are_true_at_every_zoom(page: Page, base_url: str, settled):
    page.emulate_media(reduced_motion="reduce")
    opened(page, base_url, settled)
    page.get_by_role("button", name="GPT-3, BLOOM", exact=True).click()
    expect(page.locator(".name")).to_have_text("GPT-3, BLOOM")
    found = sides(page)
    assert abs((found["GPT-3"] / found["Llama 2 7B"]) ** 2 - 175 / 7) < 0.01
    page.get_by_role("button", name="DeepSeek-V3", exact=True).click()
    later = sides(page)
    assert abs((later["DeepSeek-V3"] / later["GPT-3"]) ** 2 - 671 / 175) < 0.01
    assert later["GPT-3"] < found["GPT-3"]
    expect(page.locator(".lines")).to_contain_text(re.compile(r"fit into a single pixel"))


def test_the_keyboard_zooms_and_stops(page: Page, base_url: str, settled):
    page.emulate_media(reduced_motion="reduce")
    opened(page, base_url, settled)
    page.get_by_role("button", name="Larger").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".name")).to_have_text("GPT-2 small, SmolLM2-135M")
    zoom = page.get_by_role("slider", name="Zoom")
    zoom.focus()
    page.keyboard.press("End")
    expect(page.locator(".name")).to_have_text("DeepSeek-V3")
    expect(zoom).to_have_attribute("aria-valuetext", "DeepSeek-V3")
    expect(page.get_by_role("button", name="Larger")).to_be_disabled()
    page.keyboard.press("Home")
    expect(page.locator(".name")).to_have_text("Example model")


def test_a_guess_is_drawn_and_held_against_the_figure(page: Page, base_url: str, settled):
    page.emulate_media(reduced_motion="reduce")
    opened(page, base_url, settled)
    reveal = page.get_by_role("button", name="Zoom to the answer")
    expect(reveal).to_be_disabled()
    guess = page.get_by_role("slider", name="Your guess")
    guess.focus()
    for _ in range(40):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".ask .n")).to_have_text("100 times")
    assert set(sides(page)) == {"Example model"}  # nothing gives the answer away
    reveal.click()
    expect(page.locator(".ask")).to_contain_text("It is 170,000 times as much; you said 100.")
    expect(page.locator(".name")).to_have_text("Llama 3.1 405B")
    own = sides(page)["Example model"]
    drawn = float(page.locator("rect.guess").get_attribute("width") or 0)
    assert abs((drawn / own) ** 2 - 100) < 0.1
    page.get_by_role("button", name="Guess again").click()
    expect(reveal).to_be_disabled()


def test_another_measure_has_another_ratio(page: Page, base_url: str, settled):
    page.emulate_media(reduced_motion="reduce")
    opened(page, base_url, settled, "&scale_measure=flops")
    page.get_by_role("button", name="Llama 3.1 405B", exact=True).click()
    expect(page.locator(".figures")).to_have_text("3.8 × 10²⁵ FLOPs (published)")
    expect(page.locator(".lines")).to_contain_text(re.compile(r"\d+(\.\d)? billion times"))


def test_the_way_is_animated_where_motion_is_welcome(page: Page, base_url: str, settled):
    page.emulate_media(reduced_motion="no-preference")
    opened(page, base_url, settled)
    page.get_by_role("button", name="PaLM", exact=True).click()
    assert page.locator(".name").inner_text() != "PaLM"  # still on the way
    expect(page.locator(".name")).to_have_text("PaLM")


def test_a_phone_shows_it_without_scrolling_sideways(page: Page, base_url: str, settled):
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, base_url, settled)
    box = page.locator("svg[role=img]").first.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
