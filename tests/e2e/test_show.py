"""The show in a real browser: it plays, is steered, pauses under a hand, and fits a projector."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from core.rooms.lessons import shipped

PROJECTOR = {"width": 1920, "height": 1080}
LARGE_PX = 28
N_BEATS = len(shipped("show_three").steps)
UNSEEN_MS = 1000  # nobody waits longer in sight of it


def state(page: Page, name: str) -> None:
    expect(page.locator("body")).to_have_attribute("data-state", name, timeout=60_000)


def beat(page: Page, n: int) -> None:
    expect(page.locator("body")).to_have_attribute("data-beat", str(n - 1), timeout=60_000)


def live(page: Page):
    """The page that is seen."""
    return page.frame_locator("iframe.front")


def test_the_short_show_plays_to_its_end_and_no_page_is_waited_for_in_sight(page: Page, server):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/show?lesson=three&lang=de&speed=15")
    state(page, "ended")
    waits = json.loads(page.locator("body").get_attribute("data-waits"))
    assert len(waits) == N_BEATS and all(ms is not None and ms < UNSEEN_MS for ms in waits), waits
    assert [url for url in asked if not url.startswith((server, "data:", "blob:"))] == []
    links = page.locator("#show-end a")
    assert [each.get_attribute("href") for each in links.all()] == [
        "/decisions?lang=de",
        "/report?lang=de",
        "/?lang=de",
    ]
    page.locator("#show-again").click()
    beat(page, 1)
    state(page, "playing")


def test_keys_and_buttons_steer_and_a_hand_in_the_page_pauses(page: Page):
    page.set_viewport_size(PROJECTOR)
    page.goto("/show?lesson=three&lang=de")
    state(page, "playing")
    drawn = live(page).locator(".st-key-home_guess .text")
    before = drawn.inner_text()
    expect(drawn).not_to_have_text(before, timeout=15_000)  # the player draws, nobody else

    page.keyboard.press("Space")
    state(page, "paused")
    page.keyboard.press("Space")
    state(page, "playing")
    page.keyboard.press("PageDown")
    beat(page, 2)
    page.keyboard.press("ArrowLeft")
    beat(page, 1)
    page.keyboard.press("ArrowRight")
    beat(page, 2)
    state(page, "playing")

    live(page).locator(".st-key-home_hero").click(position={"x": 300, "y": 20})
    state(page, "paused")
    expect(page.locator("#show-notice")).to_be_visible()
    page.locator("#show-continue").click()
    beat(page, 2)
    state(page, "playing")
    page.get_by_role("button", name="EN", exact=True).click()
    expect(page.locator("#show-heading")).to_have_text(shipped("show_three").steps[1].title["en"])
    state(page, "playing")
    beat(page, 2)
    expect(live(page).locator("h1")).to_have_text("How does a machine learn to write?")


def test_type_is_large_on_a_projector_and_axe_finds_nothing(page: Page):
    page.set_viewport_size(PROJECTOR)
    page.goto("/show?lesson=three&lang=en&beat=4")
    state(page, "playing")
    page.keyboard.press("Space")
    scale = page.evaluate(
        "document.querySelector('iframe.front').getBoundingClientRect().width /"
        " document.querySelector('iframe.front').offsetWidth"
    )
    body = (
        live(page)
        .locator("body")
        .evaluate(
            "() => parseFloat(getComputedStyle(document.querySelector('.gb-decision')).fontSize)"
        )
    )
    assert scale * body >= LARGE_PX
    sizes = page.evaluate(
        "[...document.querySelectorAll('footer :is(h2, p, span, summary, button)')]"
        ".filter((one) => one.offsetParent && one.textContent.trim())"
        ".map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert len(sizes) > 6 and min(sizes) >= LARGE_PX
    window = page.locator("main").bounding_box()
    heading = live(page).get_by_role("heading", name="Taught to read")
    expect(heading).to_be_visible()
    answer = heading.bounding_box()
    assert answer["y"] + answer["height"] < window["y"] + window["height"]
    found = Axe().run(page, context="body").response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_a_badge_says_how_its_figure_came_to_be_and_the_show_waits(page: Page):
    steps = shipped("show_three").steps
    measured = next(n for n, step in enumerate(steps) if step.measured)
    page.goto(f"/show?lesson=three&lang=en&beat={measured + 1}")
    state(page, "playing")
    badge = page.locator("#show-measured details").first
    badge.locator("summary").click()
    state(page, "paused")
    expect(badge.locator("p").first).to_be_visible()
    expect(badge.locator("code")).to_contain_text("python -m core")
    page.keyboard.press("Space")  # on the badge: it closes, and the show still waits
    expect(badge.locator("p").first).to_be_hidden()
    state(page, "paused")


def test_a_kiosk_begins_again_and_goes_on_when_nobody_touches_it(page: Page):
    page.goto(f"/show?lesson=three&lang=de&kiosk=1&speed=40&beat={N_BEATS}")
    state(page, "playing")
    beat(page, 1)
    page.keyboard.press("Space")
    state(page, "paused")
    state(page, "playing")


def test_on_a_phone_the_page_keeps_its_size_and_nothing_runs_over(page: Page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/show?lesson=three&lang=de")
    state(page, "playing")
    assert page.locator("iframe.front").evaluate("(one) => one.offsetWidth") == 390
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator("#show-play").bounding_box()["y"] < 844


ROOM_AT_FOOT = """[...document.querySelectorAll('.sheet')].map((sheet) => {
  const [last, foot] = [...sheet.children].slice(-2)
  return foot.getBoundingClientRect().top - last.getBoundingClientRect().bottom
})"""
OWN_MODELS = """() => {
  const list = document.createElement("ul")
  list.className = "own"
  for (let n = 0; n < 6; n++) {
    const row = document.createElement("li")
    row.textContent = "Nachbearbeitung: 29 999 Texte / 29 999"
    list.append(row)
  }
  const heading = document.createElement("h2")
  heading.textContent = "Ihre eigenen Modelle"
  document.querySelector(".again").after(heading, list)
}"""


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_report_is_two_sheets_of_paper(page: Page, lang):
    page.goto(f"/report?lang={lang}")
    paper = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 2
    page.emulate_media(media="print")
    room = page.evaluate(ROOM_AT_FOOT)
    # Nothing is cut off, and no sheet is left half empty.
    assert len(room) == 2 and all(10 < each < 80 for each in room), room
    page.evaluate(OWN_MODELS)  # with six steps of one's own it still fits
    assert min(page.evaluate(ROOM_AT_FOOT)) > 10
    paper = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 2
