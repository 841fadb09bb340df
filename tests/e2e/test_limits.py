"""The place “limits” in a real browser: from its overview to nine models, trained and asked."""

from playwright.sync_api import Page, expect

LIMIT_MS = 480_000


def test_small_models_are_trained_and_asked_in_both_directions(page: Page, base_url: str, settled):
    page.goto(f"{base_url}/limits?lang=en")
    settled(page)
    page.locator(".st-key-gb_limits").get_by_role("link", name="Asked backwards").click()
    settled(page)
    page.get_by_text("hardly ever").click()
    settled(page)
    page.get_by_role("button", name="Train 9 models").click()
    expect(page.get_by_role("button", name="End it now")).to_be_visible()
    rows = page.locator(".gb-lanes tbody tr")
    expect(page.locator("dl.gb-reveal")).to_be_visible(timeout=LIMIT_MS)
    expect(rows).to_have_count(4)
    told_one_way = rows.filter(has_text="told forwards only").locator("td")
    assert told_one_way.nth(0).inner_text().startswith("100%")
    assert int(told_one_way.nth(1).inner_text().split("%")[0].strip("< ")) <= 10


def test_a_notice_of_ones_own_is_found_read_and_its_source_checked(
    page: Page, base_url: str, settled
):
    page.goto(f"{base_url}/lookup?lang=en&depth=dig")
    settled(page)
    page.get_by_text("hardly ever: 20% or less").first.click()
    settled(page)
    page.get_by_role("button", name="Show me").first.click()
    settled(page)
    expect(page.locator(".gb-ways section")).to_have_count(5)
    page.get_by_label("Your own notices").fill("Mr Fink works as a baker.")
    page.get_by_label("Your own notices").press("Control+Enter")
    settled(page)
    box = page.get_by_role("combobox", name="Question")
    box.fill("What is Mr Fink’s job?")
    box.press("Enter")
    settled(page)
    found = page.locator(".gb-lookup li").filter(has_text="Mr Fink works as a baker.")
    expect(found).to_have_count(1)
    reader = page.locator(".gb-lookup section").filter(has_text="Taught to read").last
    expect(reader.locator(".a")).to_contain_text("baker")
    page.get_by_text("nothing", exact=True).click()
    settled(page)
    expect(page.locator(".gb-lookup li")).to_have_count(0)
