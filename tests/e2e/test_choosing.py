"""Way of a choice in a real browser, on the shipped model: move, reorder, throw, draw, search."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

LIMIT_MS = 60_000


def opened(page: Page, base_url: str, settled) -> None:
    page.goto(f"{base_url}/choosing?lang=en&sentence=Mrs+Haller+went")
    settled(page)
    expect(page.locator("tbody tr").first).to_be_visible(timeout=LIMIT_MS)
    expect(strip(page)).not_to_have_count(0)


def left(page: Page, n: int) -> str:
    return page.locator(f'[data-left="{n}"]').inner_text()


def test_a_slider_moves_what_is_left_in_the_same_breath(page: Page, base_url: str, settled):
    opened(page, base_url, settled)
    before = left(page, 4)
    top_p = page.get_by_role("slider", name="Top-p")
    expect(page.locator("td.out").first).to_have_text("out")
    while float(top_p.input_value()) < float(top_p.get_attribute("max") or 1):
        before_press = top_p.input_value()
        top_p.press("ArrowRight")  # it may be drawn anew once, when the candidates arrive
        expect(top_p).not_to_have_value(before_press)
    expect(page.locator('[data-left="4"]')).to_have_text("3,072 left")
    page.get_by_role("button", name="Reset").click()
    expect(page.locator('[data-left="4"]')).to_have_text(before)  # with the next frame


def test_the_order_matters_and_is_changed_by_keyboard(page: Page, base_url: str, settled):
    opened(page, base_url, settled)
    names = page.locator("thead th b")
    assert names.all_inner_texts()[2:5] == ["Repetition penalty", "Temperature", "Top-k"]
    page.get_by_role("button", name="Temperature: one step later").focus()
    page.keyboard.press("Enter")
    assert names.all_inner_texts()[2:5] == ["Repetition penalty", "Top-k", "Temperature"]


def test_a_dart_and_a_thousand_draws(page: Page, base_url: str, settled):
    opened(page, base_url, settled)
    page.get_by_role("button", name="Throw a dart").click()
    expect(page.locator(".said")).to_contain_text(re.compile(r"The dart 0\.\d{4} hit"))
    page.get_by_role("button", name="Draw 1,000 times").click()
    expect(page.locator(".said")).to_contain_text("expected were")
    counts = page.locator("tbody tr td:last-child span").all_inner_texts()
    assert sum(int(count.replace(",", "")) for count in counts) == 1000


def test_any_token_is_found(page: Page, base_url: str, settled):
    opened(page, base_url, settled)
    rows = page.locator("tbody tr")
    before = rows.count()
    page.get_by_role("searchbox").fill("teapot")
    expect(rows).not_to_have_count(before)
    expect(page.locator("tbody th", has_text="teapot").first).to_be_visible()


def test_five_ways_are_written_and_the_tree_grows(page: Page, base_url: str, settled):
    opened(page, base_url, settled)
    page.get_by_role("button", name="Write all five").click()
    expect(page.get_by_text("Beam search, 4 beams")).to_be_visible(timeout=LIMIT_MS)
    tree = page.get_by_role("img", name="Tree of the candidates, from left to right")
    expect(tree).to_be_visible(timeout=LIMIT_MS)
    nodes = page.locator("g.node")
    whole = nodes.count()
    slider = page.get_by_role("slider", name="Tokens written")
    slider.focus()
    page.keyboard.press("Home")
    expect(nodes).not_to_have_count(whole)


def strip(page: Page):
    return page.get_by_role("group", name="The text so far").get_by_role("button")


def forced(page: Page, row: int) -> None:
    """Click a candidate and wait for the choice after it."""
    tokens = strip(page)
    before = tokens.count()
    name = page.locator("tbody .take").nth(row)
    name.click()
    expect(tokens).to_have_count(before + 1)
    expect(page.locator("tbody tr.drawn")).to_have_count(0)
    page.wait_for_timeout(300)  # the choice after it stands below


def test_a_token_is_forced_rewound_to_and_the_tree_keeps_both_branches(
    page: Page, base_url: str, settled
):
    opened(page, base_url, settled)
    begun = strip(page).count()
    forced(page, 0)
    forced(page, 1)
    strip(page).nth(begun).click()
    expect(strip(page)).to_have_count(begun + 1)
    page.wait_for_timeout(300)
    forced(page, 2)
    nodes = page.get_by_role("treeitem")
    expect(nodes).to_have_count(4)  # the beginning, the fork, and one token on each side
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
    current = page.locator("[role=treeitem][aria-current=true]")
    expect(current).to_have_attribute("aria-label", re.compile("picked by you, after all steps"))
    current.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(current).to_have_attribute("aria-selected", "true")
    expect(page.locator(".total.here")).to_have_text(re.compile(r"log p = −\d+\.\d"))
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="To the beginning").click()
    expect(strip(page)).to_have_count(begun)
    expect(nodes).to_have_count(0)


def test_what_a_dart_hit_is_taken_and_ten_more_are_drawn(page: Page, base_url: str, settled):
    opened(page, base_url, settled)
    begun = strip(page).count()
    page.get_by_role("button", name="Throw a dart").click()
    taken = page.get_by_role("button", name=re.compile("^Take “.*”$"))
    expect(taken).to_be_visible()
    word = re.search("“(.*)”", taken.inner_text()).group(1)
    taken.click()
    expect(strip(page)).to_have_count(begun + 1)
    assert word in strip(page).last.inner_text()
    page.get_by_role("button", name="Draw 10 more").click()
    expect(strip(page)).not_to_have_count(begun + 1)
    last = strip(page).last
    last.hover()
    expect(page.locator(".about")).to_contain_text("entropy before")
    expect(page.locator(".about")).to_contain_text("The likeliest were")
    expect(page.locator(".strip circle")).not_to_have_count(0)


def test_the_text_is_steered_by_keyboard_on_a_phone(page: Page, base_url: str, settled):
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, base_url, settled)
    begun = strip(page).count()
    page.locator("tbody .take").first.focus()
    page.keyboard.press("Enter")
    expect(strip(page)).to_have_count(begun + 1)
    strip(page).last.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(strip(page)).to_have_count(begun)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
