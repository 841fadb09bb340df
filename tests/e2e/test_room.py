"""A workshop as it is held: a room is opened, phones come in and vote, the projector shows it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

LIMIT_MS = 30_000


def plain(browser: Browser, base_url: str, path: str, **about) -> Page:
    """A page of somebody else's device."""
    context = browser.new_context(**{"viewport": {"width": 390, "height": 844}, **about})
    page = context.new_page()
    page.goto(base_url + path)
    return page


@pytest.fixture
def code(page: Page, base_url: str, settled):
    """A room, opened on its own machine for this machine alone."""
    page.goto(f"{base_url}/room?lang=en")
    settled(page)
    page.get_by_text("Only this laptop, to try it out").click()
    settled(page)
    page.get_by_role("button", name="Open the room").click()
    letters = page.locator(".gb-way-in dd").first
    expect(letters).to_have_text(re.compile("^[A-Z]{4}$"), timeout=LIMIT_MS)
    yield letters.inner_text()
    page.bring_to_front()
    page.get_by_role("button", name="End the workshop").click()
    expect(page.get_by_role("button", name="Open the room")).to_be_visible(timeout=LIMIT_MS)


def test_a_vote_travels_from_phone_to_projector_and_the_answer_back(
    page: Page, browser: Browser, base_url: str, code: str
):
    outside: list[str] = []
    phone = plain(browser, base_url, f"/j/{code}", locale="de-DE")
    phone.on("request", lambda r: outside.append(r.url) if base_url not in r.url else None)
    option = phone.get_by_role("radio").nth(2)
    expect(option).to_be_visible()
    option.click()
    expect(phone.get_by_text("Ihre Stimme zählt")).to_be_visible()
    lead = page.context.new_page()
    lead.goto(f"{base_url}/lead/{code}?lang=en")
    expect(lead.get_by_text("People · 1")).to_be_visible()
    projector = page.context.new_page()
    projector.set_viewport_size({"width": 1920, "height": 1080})
    projector.goto(f"{base_url}/projector/{code}?lang=en")
    expect(projector.get_by_text("Votes: 1 of 1")).to_be_visible()
    size = projector.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    scale = projector.locator("iframe").evaluate(
        "e => e.getBoundingClientRect().width / e.offsetWidth"
    )
    assert size >= 28 and 16 * scale > 27.9  # the window is cut to whole pixels
    lead.bring_to_front()
    lead.get_by_role("button", name="Next", exact=True).click()
    projector.bring_to_front()  # whose page puts its own question to the room
    guess = phone.get_by_role("radio").first
    expect(phone.get_by_role("heading", name="Der Zufall zieht mit")).to_be_visible()
    expect(guess).to_be_visible(timeout=2 * LIMIT_MS)
    # The page speaks English on the projector; the phone reads its question in German.
    expect(
        projector.get_by_role("heading", name="The same prompt, continued twice")
    ).to_be_visible()
    expect(phone.get_by_role("heading", name="Derselbe Prompt, zweimal")).to_be_visible()
    expect(guess).to_have_text("Nie. Ein Computer rechnet immer dasselbe aus.")
    guess.press("Enter")
    expect(lead.get_by_role("navigation").get_by_text("Votes: 1 of 1")).to_be_visible()
    expect(projector.get_by_text("The votes are shown with the answer.")).to_be_visible()
    lead.bring_to_front()
    lead.get_by_role("button", name="Reveal").click()
    projector.bring_to_front()
    expect(projector.locator(".measured")).to_contain_text("Measured:", timeout=2 * LIMIT_MS)
    expect(projector.get_by_text("1 · 100 %")).to_be_visible()
    expect(phone.locator(".measured")).to_contain_text("Gemessen:")
    assert outside == []
    for each in (phone, lead, projector):
        each.close()


def test_a_vote_given_without_connection_arrives_when_it_is_back(
    page: Page, browser: Browser, base_url: str, code: str
):
    phone = plain(browser, base_url, f"/j/{code}", locale="en-GB")
    expect(phone.get_by_role("radio").first).to_be_visible()
    phone.context.set_offline(True)
    phone.get_by_role("radio").nth(1).click()
    expect(phone.get_by_text("Kept on this device")).to_be_visible(timeout=LIMIT_MS)
    phone.context.set_offline(False)
    expect(phone.get_by_text("Your vote counts")).to_be_visible(timeout=LIMIT_MS)
    phone.reload()
    expect(phone.get_by_role("radio").nth(1)).to_have_attribute("aria-checked", "true")
    phone.close()


def test_a_hand_is_seen_by_the_facilitator_alone_and_counted_in_the_results(
    page: Page, browser: Browser, base_url: str, code: str, tmp_path: Path
):
    phone = plain(browser, base_url, f"/j/{code}", locale="de-DE")
    expect(phone.get_by_role("radio").first).to_be_visible()
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Ich brauche Hilfe").click()
    expect(phone.get_by_text("Auf diesem Gerät gemerkt")).to_be_visible(timeout=LIMIT_MS)
    phone.context.set_offline(False)
    expect(phone.get_by_text("Ihre Hand ist oben")).to_be_visible(timeout=LIMIT_MS)
    lead = page.context.new_page()
    lead.goto(f"{base_url}/lead/{code}?lang=en")
    expect(lead.get_by_text("Hands up: 1")).to_be_visible()
    projector = page.context.new_page()
    projector.goto(f"{base_url}/projector/{code}?lang=en")
    expect(projector.get_by_text("1 here")).to_be_visible()
    assert "help" not in projector.locator(".side").inner_text()
    lead.bring_to_front()
    lead.get_by_role("button", name="I have helped").click()
    expect(phone.get_by_role("button", name="Ich brauche Hilfe")).to_be_visible()
    lead.goto(f"{base_url}/results/{code}?lang=en")
    with lead.expect_download() as saved:
        lead.get_by_role("link", name="Save this page as a file").click()
    file = tmp_path / saved.value.suggested_filename
    saved.value.save_as(file)
    alone = browser.new_context(offline=True).new_page()
    alone.goto(file.as_uri())
    row = alone.get_by_role("row").filter(has_text="1").last
    expect(alone.get_by_role("heading", name="Where somebody asked for help")).to_be_visible()
    expect(row).to_be_visible()
    assert alone.locator("script, link, a").count() == 0
    for each in (phone, lead, projector, alone):
        each.close()


def test_a_second_device_is_asked_for_the_new_password_at_once(
    page: Page, browser: Browser, base_url: str, code: str
):
    shown = page.locator(".gb-secret code")
    second = plain(browser, base_url, f"/lead/{code}?lang=de", locale="de-DE")
    second.get_by_label("Das Passwort zum Leiten").fill(shown.inner_text())
    second.get_by_role("button", name="Weiter").click()
    expect(second.get_by_role("heading", name="Personen")).to_be_visible()
    wall = second.context.new_page()  # its projector, too, is for whoever knows the password
    wall.goto(f"{base_url}/projector/{code}?lang=de")
    expect(wall.locator("aside")).to_contain_text(code)
    before = shown.inner_text()
    page.bring_to_front()
    page.get_by_role("button", name="Make a new password").click()
    expect(shown).not_to_have_text(before, timeout=LIMIT_MS)
    expect(wall.locator(".caption")).to_contain_text("öffnet nur die Leitung")
    second.bring_to_front()
    expect(second.get_by_role("alert")).to_contain_text("Das Passwort wurde am Laptop geändert")
    second.get_by_label("Das Passwort zum Leiten").fill(shown.inner_text())
    second.get_by_role("button", name="Weiter").click()
    expect(second.get_by_role("heading", name="Personen")).to_be_visible()
    wall.bring_to_front()
    expect(wall.locator("aside")).to_contain_text(code, timeout=LIMIT_MS)  # by itself
    second.context.close()


def test_a_rehearsal_is_said_on_the_projector_and_to_the_facilitator(
    page: Page, browser: Browser, base_url: str, code: str
):
    projector = page.context.new_page()
    projector.goto(f"{base_url}/projector/{code}?lang=en")
    page.bring_to_front()
    page.get_by_role("button", name="Rehearse with 30").click()
    projector.bring_to_front()
    expect(projector.get_by_text("simulated people: 30")).to_be_visible(timeout=2 * LIMIT_MS)
    lead = page.context.new_page()
    lead.goto(f"{base_url}/lead/{code}?lang=de")
    expect(lead.get_by_role("heading", name="Personen · 30")).to_contain_text(
        "simulierte Personen: 30"
    )
    lead.goto(f"{base_url}/results/{code}?lang=de")
    expect(lead.get_by_text("nicht mitgezählt, simulierte Personen: 30")).to_be_visible()
    for each in (lead, projector):
        each.close()


def test_a_wrong_code_is_said_and_a_right_one_lets_in(browser: Browser, base_url: str, code: str):
    phone = plain(browser, base_url, "/join?lang=en", locale="en-GB")
    phone.get_by_label("The four letters").fill("zzzz")
    phone.get_by_role("button", name="Join").click()
    expect(phone.get_by_role("alert")).to_contain_text("There is no workshop with these letters")
    phone.get_by_label("The four letters").fill(code.lower())
    phone.get_by_label("Nickname").fill("Kim")
    phone.get_by_role("button", name="Join").click()
    expect(phone.get_by_text("Your number: 1 · Kim")).to_be_visible()
    phone.close()


def test_a_phone_fetches_at_most_150_kilobytes(browser: Browser, base_url: str, code: str):
    phone = browser.new_context().new_page()
    sizes: list[int] = []
    phone.on("response", lambda r: sizes.append(int(r.headers.get("content-length", 0))))
    phone.goto(f"{base_url}/j/{code}")
    expect(phone.get_by_role("radio").first).to_be_visible()
    assert 10_000 < sum(sizes) < 150_000
    phone.close()
