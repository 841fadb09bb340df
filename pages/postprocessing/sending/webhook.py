"""The webhook on the page: what the operator allows, an attempt, and what became of it."""

from html import escape
from typing import Any

import streamlit as st

from core.api.delivery import Delivery
from core.api.sending import courier
from core.api.webhook import (
    ALLOWED_VARIABLE,
    SECRET_VARIABLE,
    admitted,
    allowed_addresses,
    secret,
)
from core.errors import WebhookRefused
from core.lineage import canonical_json
from core.services import services
from pages.kit import drafts, state
from pages.kit.catalogue import Words
from pages.kit.components.clock import look_again
from pages.kit.frame import card, computed_now, note
from pages.kit.numbers import duration, whole

START = "http://192.168.0.10/hook"  # an address that every home network has: refused, and said why
LOOK_EVERY_S = 0.5


def webhook(envelope: dict[str, Any], t: Words) -> None:
    """The card: allowed addresses, an address to try, the outcome."""
    with card("webhook", t("sending.webhook"), computed_now(t)):
        st.html(f"<p>{escape(t('sending.webhook_text'))}</p>")
        _allowed(t)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            start = drafts.recall("sending_address", START)
            url = st.text_input(t("sending.address"), start, key="sending_address", max_chars=2_000)
            drafts.keep("sending_address")
            clicked = st.button(t("sending.deliver"), key="sending_deliver")
        if clicked:
            _deliver(str(url or "").strip(), envelope, t)
        _outcome(envelope["id"], t)


def reasons(t: Words) -> dict[str, str]:
    """Why nothing was delivered, for every reason there is."""
    return {
        "none_allowed": t("sending.why_none_allowed", variable=ALLOWED_VARIABLE),
        "no_secret": t("sending.why_no_secret", variable=SECRET_VARIABLE),
        "form": t("sending.why_form"),
        "scheme": t("sending.why_scheme"),
        "userinfo": t("sending.why_userinfo"),
        "not_allowed": t("sending.why_not_allowed"),
        "private": t("sending.why_private"),
        "unknown_host": t("sending.why_unknown_host"),
        "no_answer": t("sending.why_no_answer"),
        "redirect": t("sending.why_redirect"),
        "status": t("sending.why_status"),
        "busy": t("sending.why_busy"),
        "ended": t("sending.why_ended"),
    }


def _allowed(t: Words) -> None:
    try:
        found = [address.url for address in allowed_addresses()]
    except WebhookRefused:
        found = []
    if not found:
        note(t("sending.nothing_allowed", variable=ALLOWED_VARIABLE))
        return
    listed = "".join(f"<li><code>{escape(url)}</code></li>" for url in found)
    signed = t("sending.signed") if secret() else t("sending.not_signed", variable=SECRET_VARIABLE)
    note(t("sending.allowed"))
    st.html(f'<ul class="gb-points">{listed}</ul>')
    note(signed)


def _deliver(url: str, envelope: dict[str, Any], t: Words) -> None:
    """Hand the envelope in; what is refused is written down like what was tried."""
    store, owner, id_ = services().store, state.owner(), envelope["id"]

    def told(now: Delivery) -> None:
        store.outbox.note_delivery(owner, id_, now.to_dict())

    try:
        address = admitted(url)
    except WebhookRefused as error:
        why = str(error.values["reason"])
        told(Delivery(url, "refused", reason=why, message=str(error)))
        return
    body = canonical_json({key: value for key, value in envelope.items() if key != "delivery"})
    told(Delivery(url))
    handed = courier.hand_in(url, address, body, id_, told)
    if handed.state == "refused":
        told(handed)


def _outcome(id_: str, t: Words) -> None:
    """What became of it, looked at again until it is settled."""

    def look() -> None:
        delivery = services().store.outbox.get(state.owner(), id_)["delivery"]
        if delivery:
            st.html(_told(delivery, t))
            if delivery["state"] == "waiting":
                look_again("delivery", LOOK_EVERY_S)

    st.fragment(look)()


def _told(delivery: dict[str, Any], t: Words) -> str:
    """The outcome in a sentence."""
    url, state_ = delivery["url"], delivery["state"]
    why = reasons(t).get(delivery["reason"], delivery["message"])
    n = whole(delivery["n_attempts"], t.lang)
    if state_ == "delivered":
        time = duration(delivery["seconds"], t.lang)
        text = t("sending.delivered", url=url, status=delivery["status"], n=n, time=time)
    elif state_ == "waiting":
        text = t("sending.delivering", url=url, n=n)
    elif state_ == "refused":
        text = t("sending.refused", url=url, why=why)
    else:
        text = t("sending.not_delivered", url=url, n=n, why=why)
        if delivery["status"]:
            text += " " + t("sending.status", status=delivery["status"])
    kind = "gb-same" if state_ == "delivered" else "gb-soft" if state_ == "waiting" else "gb-error"
    return f'<p class="{kind}" role="status">{escape(text)}</p>'
