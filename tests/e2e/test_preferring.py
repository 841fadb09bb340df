"""Choosing between answers in a real browser, with the keyboard alone."""

import re

from playwright.sync_api import Page, expect

LIMIT_MS = 60_000


def test_answers_are_chosen_by_keyboard_taken_back_and_kept_over_a_reload(
    page: Page, base_url: str, settled
):
    page.goto(f"{base_url}/preferring?lang=en")
    settled(page)
    box = page.get_by_role("group", name="Two answers to choose from")
    left = box.get_by_role("button", name=re.compile("^Left answer: "))
    expect(left).to_be_visible(timeout=LIMIT_MS)
    counted = box.get_by_text(re.compile("chosen$"))
    expect(counted).to_have_text("0 chosen")

    left.focus()
    answer = left.inner_text()
    page.keyboard.press("ArrowLeft")
    expect(counted).to_have_text("1 chosen")
    expect(left).not_to_have_text(answer)  # the next pair is there at once
    expect(left).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(box.get_by_text("1 left, 1 right, 1 both bad")).to_be_visible(timeout=LIMIT_MS)
    page.keyboard.press("u")
    expect(box.get_by_text("1 left, 1 right, 0 both bad")).to_be_visible(timeout=LIMIT_MS)
    # the box shows at once what a hand did; the figure beside it is what the server has heard
    expect(box).to_have_attribute("data-unheard", "0", timeout=LIMIT_MS)
    heard = page.locator("dl.gb-figures div").filter(has_text="chosen by you").locator("dd")
    expect(heard).to_have_text("2", timeout=LIMIT_MS)

    page.reload()
    settled(page)
    expect(box.get_by_text("1 left, 1 right, 0 both bad")).to_be_visible(timeout=LIMIT_MS)
