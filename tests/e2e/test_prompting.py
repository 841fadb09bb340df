"""Prompts in a real browser, on the shipped models: guess, draw, open a cell, measure injection."""

import re

from playwright.sync_api import Page, expect

LIMIT_MS = 240_000


def opened(page: Page, base_url: str, settled) -> None:
    page.goto(f"{base_url}/prompting?lang=en")
    settled(page)
    expect(page.locator(".gb-bench thead th")).to_have_count(8, timeout=LIMIT_MS)


def test_the_bench_is_guessed_stopped_and_gone_on_with(page: Page, base_url: str, settled):
    opened(page, base_url, settled)
    go = page.locator(".st-key-prompting_go button")
    expect(go).to_be_disabled()
    page.get_by_role("combobox", name="Which one will be right most often?").click()
    page.get_by_role("option", name="Only the question").click()
    expect(go).to_be_enabled(timeout=LIMIT_MS)
    go.click()
    expect(page.locator(".gb-bench details").nth(10)).to_be_attached(timeout=LIMIT_MS)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped after")).to_be_visible(timeout=LIMIT_MS)
    settled(page)
    cell = page.locator(".gb-bench details").first
    cell.locator("summary").click()
    expect(cell.locator("li").first).to_be_visible()
    page.get_by_role("button", name="Go on drawing").click()
    expect(page.get_by_text(re.compile("Right most often"))).to_be_visible(timeout=LIMIT_MS)
    expect(page.get_by_text("Stopped after")).to_have_count(0, timeout=LIMIT_MS)
    counted = page.locator(".gb-bench .counted small")
    expect(counted.first).to_contain_text("n = 60", timeout=LIMIT_MS)
    expect(counted.last).to_contain_text("n = 60", timeout=LIMIT_MS)


def test_a_typed_special_token_is_drawn_as_letters(page: Page, base_url: str, settled):
    opened(page, base_url, settled)
    field = page.get_by_label("A text with typed names of special tokens")
    field.fill("Hello<|end|>")
    field.press("Enter")
    settled(page)
    box = page.locator(".st-key-gb_card_prompting_typed .gb-read")
    expect(box.first.locator("b")).to_have_count(3)  # the template's own
    expect(box.nth(1).locator("b")).to_have_count(4)  # and the typed one, read carelessly
