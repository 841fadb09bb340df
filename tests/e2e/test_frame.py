"""The frame in a real browser: its ribbon, its switches, and what is sent to tabs nobody sees."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.kit import site
from pages.kit.catalogue import words
from tests.e2e.watched import Watched

PATHS = [place.path for place in site.PLACES]
SIDE_BY_SIDE = 6  # tabs open at the same time
QUIET_S = 2
A_RERUN_S = 12  # what had been asked for when the tab was hidden
A_DRAWING_S = 240  # a page that draws when it is opened, on a busy machine


def batched(paths: Sequence[str], n: int) -> list[tuple[str, ...]]:
    """The same in groups of n."""
    return [tuple(paths[place : place + n]) for place in range(0, len(paths), n)]


def test_the_ribbon_opens_a_step_without_reloading_and_keeps_the_settings(
    page: Page, server: str, settled
):
    page.goto(f"{server}/?lang=de&depth=dig")
    settled(page)
    page.evaluate("window.stillHere = true")
    page.get_by_role("navigation", name=words("de")("shell.steps")).get_by_role(
        "link", name=words("de")("shell.training")
    ).click()
    expect(page.locator("h1")).to_have_text(words("de")("training.question"))
    assert page.evaluate("window.stillHere")
    assert urlparse(page.url).path == "/training"
    assert parse_qs(urlparse(page.url).query) == {"lang": ["de"], "depth": ["dig"]}


def test_a_step_opens_in_a_new_tab_with_the_middle_button_and_by_keyboard(
    page: Page, server: str, settled
):
    page.goto(f"{server}/?lang=en")
    settled(page)
    t = words("en")
    steps = page.get_by_role("navigation", name=t("shell.steps"))
    link = steps.get_by_role("link", name=t("shell.alignment"))
    with page.context.expect_page() as opened:
        link.click(button="middle")
    expect(opened.value.locator("h1")).to_have_text(words("en")("alignment.question"))
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(words("en")("alignment.question"))


def test_a_reload_keeps_language_depth_and_sentence(page: Page, server: str, settled):
    page.goto(f"{server}/data?lang=de")
    settled(page)
    page.get_by_role("radio", name=words("de")("shell.watch")).click()
    expect(page.locator(".gb-decision")).to_be_visible()
    field = page.get_by_label(words("de")("shell.sentence"), exact=True)
    field.fill("Der Müller sagte")
    field.press("Enter")
    page.wait_for_url("**sentence=Der**")
    page.reload()
    settled(page)
    expect(field).to_have_value("Der Müller sagte")
    expect(page.locator(".gb-decision")).to_be_visible()


def test_the_language_switch_changes_page_and_document(page: Page, server: str, settled):
    page.goto(f"{server}/data")
    settled(page)
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.get_by_role("radio", name="EN", exact=True).click()
    expect(page.locator("h1")).to_have_text(words("en")("data.question"))
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_ownership_cookie_is_set_once_and_hidden_from_scripts(page: Page, server: str, settled):
    page.goto(server)
    settled(page)
    [cookie] = [c for c in page.context.cookies() if c["name"] == "glassbox_owner"]
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"
    assert page.evaluate("document.cookie").find("glassbox_owner") == -1
    page.goto(f"{server}/data")
    settled(page)
    [again] = [c for c in page.context.cookies() if c["name"] == "glassbox_owner"]
    assert again["value"] == cookie["value"]


@pytest.mark.parametrize("paths", batched(PATHS, SIDE_BY_SIDE), ids=" ".join)
def test_nothing_is_sent_to_hidden_tabs_nor_while_nothing_happens(
    browser: Browser, server: str, settled, paths: tuple[str, ...]
):
    context = browser.new_context()
    tabs = {path: Watched(context, server) for path in paths}
    for path, seen in tabs.items():
        seen.page.goto(f"{server}{path}?lang=de&seed=11")  # what is drawn here was not drawn before
        settled(seen.page)
    for state, limit_s in (("hidden", A_RERUN_S), ("visible", A_DRAWING_S)):
        for seen in tabs.values():
            look(seen.page, state)
        assert restless_after(limit_s, tabs) == [], state
    context.close()


def look(page: Page, state: str) -> None:
    """Pretend that the tab is hidden or visible."""
    page.evaluate(
        """state => { Object.defineProperty(document, "visibilityState", { value: state, configurable: true })
          document.dispatchEvent(new Event("visibilitychange")) }""",  # noqa: E501
        state,
    )


def restless_after(limit_s: float, tabs: Mapping[str, Watched]) -> list[str]:
    """The tabs for which there comes no time of QUIET_S in which the server sends nothing, on any
    way.
    """
    left = dict(tabs)
    for _ in range(round(limit_s / QUIET_S)):
        before = {path: (seen.n_frames, seen.n_messages) for path, seen in left.items()}
        next(iter(left.values())).page.wait_for_timeout(1000 * QUIET_S)
        left = {
            path: seen
            for path, seen in left.items()
            if (seen.n_frames, seen.n_messages) != before[path]
        }
        if not left:
            break
    return list(left)


def test_nothing_is_sent_to_a_hidden_tab_while_a_run_trains(browser: Browser, server: str, settled):
    context, t = browser.new_context(), words("de")
    seen = Watched(context, server)
    seen.page.goto(f"{server}/data?lang=de&world_documents=500&vocabulary=400")
    settled(seen.page)
    seen.page.get_by_role("button", name="aufbereiten").click()
    expect(seen.page.get_by_text(t("data.on_bench"))).to_be_visible(timeout=90_000)
    seen.page.goto(f"{server}/training?lang=de&n_steps=10000")
    settled(seen.page)
    seen.page.get_by_role("button", name=t("training.start")).click()
    wait_for_messages(seen)
    look(seen.page, "hidden")
    assert restless_after(20.0, {"training": seen}) == []  # what was on its way may still come
    look(seen.page, "visible")
    wait_for_messages(seen)
    seen.page.get_by_role("button", name=t("training.stop")).click()
    # heard, before the page goes: or ten thousand steps would train beside all tests that follow
    expect(seen.page.get_by_role("button", name=t("training.start"))).to_be_visible(timeout=60_000)
    context.close()


def wait_for_messages(seen: Watched) -> None:
    """Until a run speaks, beyond the first word of a stream."""
    known = seen.n_messages
    for _ in range(120):
        seen.page.wait_for_timeout(500)
        if seen.n_messages > known + 2:
            return
    pytest.fail("the run said nothing")


@pytest.mark.parametrize("lang", ["de", "en"])
def test_streamlit_itself_speaks_the_language_of_the_page(
    browser: Browser, server: str, settled, lang: str
):
    context = browser.new_context(locale={"de": "en-US", "en": "de-DE"}[lang])
    page, t = context.new_page(), words(lang)
    page.goto(f"{server}/data?lang={lang}&world_noise=0.15")  # one's own data, with its controls
    settled(page)
    thumbs = page.locator("[data-testid=stSliderThumbValue]")
    documents = {"de": "8\u202f000", "en": "8,000"}[lang]
    expect(thumbs.filter(has_text=documents).first).to_be_visible()
    slider = page.get_by_role("slider", name=t("data.documents"))
    expect(slider).to_have_attribute("aria-valuetext", {"de": "8\u202f000", "en": "8,000"}[lang])
    expect(page.get_by_role("button", name=t("shell.help", of=t("data.noise")))).to_be_visible()
    page.get_by_role("button", name=t("shell.menu"), exact=True).click()
    for word in ("theme_system", "theme_light", "theme_dark"):
        expect(page.get_by_role("menuitemradio", name=t(f"shell.{word}"))).to_be_visible()
    expect(page.get_by_text(t("shell.made_with"))).to_be_visible()
    page.get_by_role("menuitem", name=t("shell.about")).click()
    expect(page.get_by_role("dialog", name=t("shell.about"))).to_be_visible()
    page.get_by_role("button", name=t("shell.close"), exact=True).click()
    page.goto(f"{server}/data?lang={lang}&data_source=files")
    settled(page)
    uploader = page.get_by_test_id("stFileUploader")
    expect(uploader.locator("button")).to_contain_text(t("shell.upload"))
    expect(uploader).to_contain_text(t("shell.upload_hint"))
    context.close()


def test_theme_and_language_are_switched_and_every_word_goes_along(
    page: Page, server: str, settled
):
    page.goto(f"{server}/data?lang=en&world_noise=0.15")
    settled(page)
    page.get_by_role("radio", name="DE", exact=True).click()
    t = words("de")
    page.get_by_role("button", name=t("shell.menu"), exact=True).click()
    page.get_by_role("menuitemradio", name=t("shell.theme_dark")).click()
    expect(page.locator("html[data-theme=dark]")).to_be_attached()
    expect(page.get_by_role("button", name=t("shell.help", of=t("data.noise")))).to_be_visible()


def test_what_is_typed_and_not_handed_in_outlives_a_reload(page: Page, server: str, settled):
    t = words("de")
    page.goto(f"{server}/data?lang=de&data_source=text")
    settled(page)
    field = page.get_by_label(t("data.paste"), exact=True)
    field.fill("Noch lange nicht fertig.")  # the field is not left, no key is pressed
    expect(page.get_by_role("button", name="aufbereiten")).to_be_visible()
    page.reload()
    settled(page)
    expect(field).to_have_value("Noch lange nicht fertig.")
    assert "fertig" not in page.url
    field.fill("")


def test_a_page_of_another_site_cannot_frame_or_read_the_app(page: Page, server: str):
    answer = page.request.get(server)
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    port = urlparse(server).port
    refused = page.request.get(server, headers={"host": f"evil.example:{port}"})
    assert refused.status == 403
