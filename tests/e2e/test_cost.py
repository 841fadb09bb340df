"""Cost in a real browser, on the shipped model: measured live, the cache drawn, a batch."""

import re

from playwright.sync_api import Page, expect

LIMIT_MS = 180_000


def test_a_sentence_is_measured_and_its_cache_shown(page: Page, base_url: str, settled):
    page.goto(f"{base_url}/cost?lang=en&sentence=Mrs+Haller+went")
    settled(page)
    page.get_by_role("button", name="Measure", exact=True).click()
    timeline = page.get_by_role("img", name=re.compile(r"With KV cache: [\d.]+"))
    expect(timeline).to_be_visible(timeout=LIMIT_MS)
    expect(page.get_by_role("button", name="Measure again")).to_be_visible(timeout=LIMIT_MS)
    settled(page)
    blocks = timeline.locator("i")
    assert blocks.count() == 61  # the prompt, and every token that was written
    widths = [block.bounding_box()["width"] for block in blocks.all()]
    assert min(widths) >= 0 and sum(widths) <= timeline.bounding_box()["width"] + 1
    expect(page.get_by_text("393,216 bytes").first).to_be_visible()


def test_eight_texts_write_side_by_side(page: Page, base_url: str, settled):
    page.goto(f"{base_url}/cost?lang=de&sentence=Mia+mag")
    settled(page)
    page.get_by_role("button", name="Batches von 1 bis 32 messen").click()
    rows = page.locator(".gb-cost-table tbody tr")
    expect(rows).to_have_count(6, timeout=LIMIT_MS)
    assert rows.locator("th").all_inner_texts() == ["1", "2", "4", "8", "16", "32"]
