"""Parts in a real browser: guess, train all six, leave, come back, end; costs on a real run."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from pages.kit.catalogue import words

LIMIT_MS = 120_000
t = words("en")


def test_lanes_go_on_without_their_page_and_are_ended_on_it(
    page: Page, server: str, settled: Callable[[Page], None]
):
    here = f"{server}/parts?lang=en&parts_steps=1500"
    page.goto(here)
    settled(page)
    # The table beside it names the same lanes, and may be there sooner than the options.
    page.get_by_test_id("stRadio").get_by_text(t("parts.no_residual"), exact=True).click()
    begin = page.get_by_role("button", name=t("parts.start"))
    expect(begin).to_be_enabled(timeout=LIMIT_MS)
    begin.click()
    stop = page.get_by_role("button", name=t("parts.stop"))
    expect(stop).to_be_visible(timeout=LIMIT_MS)
    page.goto(f"{server}/?lang=en")
    settled(page)
    page.goto(here)
    expect(stop).to_be_visible(timeout=LIMIT_MS)
    # The first look at every lane comes over the live stream: nothing is reloaded for it.
    page.wait_for_function(
        "() => document.querySelector('.plot')?.data?.filter((one) => one.y.length).length === 6",
        timeout=LIMIT_MS,
    )
    stop.click()
    expect(page.get_by_text(t("parts.stopped"))).to_be_visible(timeout=LIMIT_MS)


def test_costs_are_counted_on_a_real_run(page: Page, server: str, settled: Callable[[Page], None]):
    page.goto(f"{server}/parts?lang=en&size=s")
    settled(page)
    card = page.locator("[class*='st-key-gb_card_predict_parts_cost']")
    card.get_by_text("Feed-forward", exact=True).click()
    reveal = card.get_by_role("button", name=t("frame.reveal"))
    expect(reveal).to_be_enabled(timeout=LIMIT_MS)
    reveal.click()
    expect(card.get_by_text(t("parts.memory_cache"))).to_be_visible(timeout=LIMIT_MS)
