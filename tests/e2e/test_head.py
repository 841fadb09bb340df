"""The head at every desktop width: beginnings are whole or not there, and it stays low."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from pages.kit.catalogue import words

WIDTHS = (1024, 1280, 1440, 1920)
BEGINNINGS = """() => {
  const box = document.querySelector(".st-key-gb_starters")
  const seen = box.getBoundingClientRect()
  const line = document.querySelector(".st-key-gb_sentence")
  return [...box.querySelectorAll("button:not(:disabled)")].map((button) => {
    const at = button.getBoundingClientRect()
    const text = button.querySelector("p")
    const range = document.createRange()
    range.selectNodeContents(text)
    const wide = range.getBoundingClientRect()
    const top = document.elementFromPoint((at.left + at.right) / 2, (at.top + at.bottom) / 2)
    return {
      text: button.textContent,
      shown: at.bottom > seen.top + 1 && at.top < seen.bottom - 1,
      whole: at.left >= seen.left - 1 && at.right <= seen.right + 1
        && at.top >= seen.top - 1 && at.bottom <= seen.bottom + 1
        && wide.left >= at.left - 1 && wide.right <= at.right + 1,
      reachable: button.contains(top),
    }
  })
}"""


@pytest.mark.parametrize("kind", ["text", "pictures"])
@pytest.mark.parametrize("lang", ["de", "en"])
def test_no_beginning_is_cut_and_the_head_stays_low_at_any_width(page, settled, lang, kind):
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"/data?lang={lang}&modality={kind}")
        settled(page)
        page.wait_for_selector(".st-key-gb_starters button", state="attached")
        page.wait_for_timeout(300)  # the line has found its width
        found = page.evaluate(BEGINNINGS)
        assert len(found) == 2, width
        shown = [each for each in found if each["shown"]]
        assert shown, width
        assert all(each["whole"] and each["reachable"] for each in shown), (width, found)
        foot = page.evaluate(
            "document.querySelector('.st-key-gb_chain').getBoundingClientRect().bottom"
        )
        assert foot <= 120, width
        page.locator(".st-key-gb_sentence input").focus()
        page.wait_for_timeout(300)
        assert all(each["reachable"] for each in page.evaluate(BEGINNINGS)), width


@pytest.mark.parametrize(("lang", "own"), [("de", "zwei Katzen"), ("en", "two cats")])
def test_beside_a_sentence_of_ones_own_a_beginning_is_shown(page, settled, lang, own):
    for kind, name in (("text", "sentence"), ("pictures", "caption")):
        page.goto(f"/data?lang={lang}&modality={kind}&{name}={own}")
        settled(page)
        page.wait_for_selector(".st-key-gb_starters button", state="attached")
        page.wait_for_timeout(300)
        found = page.evaluate(BEGINNINGS)
        shown = [each for each in found if each["shown"]]
        assert len(found) == 3 and shown and all(each["whole"] for each in shown), found


def boxes(page):
    """Where the doors, what is beside them, the ribbon and the stage stand."""
    found = {
        "doors": page.locator("[class*=st-key-gb_doors_] button"),
        "brand": page.locator(".st-key-gb_header a").first,
        "lang": page.locator(".st-key-lang"),
        "kind": page.locator(".st-key-modality"),
        "menu": page.locator("[data-testid=stMainMenu] button"),
        "chain": page.locator(".st-key-gb_chain"),
        "stage": page.locator("[class*=st-key-gb_card_]").first,
    }
    return {name: each.bounding_box() for name, each in found.items()}


def apart(one, other):
    """Whether two boxes beside each other share no pixel."""
    return (
        one["x"] + one["width"] <= other["x"] + 0.5 or other["x"] + other["width"] <= one["x"] + 0.5
    )


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_doors_to_the_rooms_cover_nothing_and_move_nothing(page, settled, lang):
    for width in (320, 360, 390, 700, *WIDTHS):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(f"/data?lang={lang}")
        settled(page)
        page.wait_for_timeout(300)
        at = boxes(page)
        for beside in ("brand", "lang", "kind", "menu"):
            assert apart(at["doors"], at[beside]), (width, beside, at)
        page.add_style_tag(content="[class*=st-key-gb_doors_] { display: none !important; }")
        page.wait_for_timeout(200)
        without = page.locator(".st-key-gb_chain").bounding_box()
        stage = page.locator("[class*=st-key-gb_card_]").first.bounding_box()
        assert (without["y"], stage["y"]) == (at["chain"]["y"], at["stage"]["y"]), width


@pytest.mark.parametrize(("lang", "width"), [("de", 390), ("en", 1280)])
def test_every_room_is_two_steps_away_from_a_station_by_keyboard(page, settled, lang, width):
    t = words(lang)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"/cost?lang={lang}")
    settled(page)
    doors = page.get_by_role("button", name=str(t("shell.rooms")))
    doors.focus()
    page.keyboard.press("Enter")
    ways = page.get_by_role("dialog", name=str(t("shell.rooms")))
    show = ways.get_by_role("link", name=str(t("show.enter_ten")))
    expect(show).to_have_attribute("href", f"/show?lesson=ten&lang={lang}")
    expect(ways.get_by_role("link", name=str(t("home.group")))).to_be_visible()
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    ways.get_by_role("link", name=str(t("home.evening"))).click()
    expect(page.get_by_role("heading", level=1, name=str(t("path.question")))).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/path\?.*lang={lang}"))
    expect(ways).to_have_count(0)
