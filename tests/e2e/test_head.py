"""The head at every desktop width: beginnings are whole or not there, and it stays low."""

import pytest

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
