"""A call that fails says why in the visitor's language, and the next one may still succeed."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from pages.kit.catalogue import words

CALL = "**/v1/chat/completions"


def refused(status: int, code: str, message: str) -> Callable[[Route], None]:
    """Answers as the API does when it refuses."""
    error = {"message": message, "type": "server_error", "param": None, "code": code}
    body = json.dumps({"error": error})
    return lambda route: route.fulfill(status=status, body=body, content_type="application/json")


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_call_that_fails_is_explained_and_can_be_sent_again(
    page: Page, server: str, settled: Callable[[Page], None], lang: str
):
    t = words(lang)
    page.goto(f"{server}/sending?lang={lang}")
    settled(page)
    send = page.get_by_role("button", name=t("sending.send"), exact=True)
    again = page.get_by_role("button", name=t("sending.send_again"), exact=True)

    page.route(CALL, refused(503, "busy", "7 others wait"))
    send.or_(again).click()
    expect(page.get_by_text(t("sending.failed_busy"))).to_be_visible()
    page.unroute(CALL)

    page.route(CALL, lambda route: route.abort())
    send.or_(again).click()
    expect(page.get_by_text(t("sending.unreachable"))).to_be_visible()
    page.unroute(CALL)

    page.route(CALL, refused(400, "invalid_value", "n: <b>bold</b> is not a number"))
    send.or_(again).click()
    said = f"{t('sending.call_refused')} “n: <b>bold</b> is not a number”"
    expect(page.get_by_text(said)).to_be_visible()  # as letters, never as markup
    page.unroute(CALL)

    send.or_(again).click()
    arrived = t("sending.arrived", time="").split("  ")[0].strip()[:12]
    expect(page.get_by_text(arrived).first).to_be_visible(timeout=60_000)


def test_before_the_first_call_the_button_says_send_and_after_it_the_trail_is_in_view(
    page: Page, server: str, settled: Callable[[Page], None]
):
    t = words("en")
    page.goto(f"{server}/sending?lang=en")
    settled(page)
    expect(page.get_by_role("button", name=t("sending.send_again"), exact=True)).to_have_count(0)
    page.get_by_role("button", name=t("sending.send"), exact=True).click()
    expect(page.get_by_role("button", name=t("sending.send_again"), exact=True)).to_be_visible(
        timeout=60_000
    )
    trail = page.locator("table.gb-trail")
    expect(trail).to_be_in_viewport(ratio=1)
    expect(trail).to_contain_text(t("sending.name_sent"))
    page.reload()
    settled(page)
    expect(page.get_by_text(t("sending.earlier"))).to_be_visible()  # the answer is still there
