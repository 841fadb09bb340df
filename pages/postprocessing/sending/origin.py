"""The record of where a text comes from: shown, checked, and broken by a single letter."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from html import escape

import streamlit as st

from core.house.marked import text_of
from core.postprocessing.marking.provenance import Origin, signed, verify
from core.services import services
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import card, computed_now, note
from pages.kit.models import Model
from pages.postprocessing.marking.detector import mark_now, written

SHOWN = 280  # characters of the text that is signed


def origin(model: Model, t: Words) -> None:
    """The card: a text, its record, and whether both still belong together."""
    drawn = written(model, mark_now())
    with card("origin", t("marking.origin"), computed_now(t)):
        if not drawn.over.is_set() or drawn.error:
            note(t("marking.origin_waits"))
            return
        text = text_of(model.encoder, drawn.texts[0])[:SHOWN]
        record = _record(model, text, drawn.wanted[0][1].seed)
        is_other = st.session_state.get("_origin_of") != record["signature"]
        if is_other or "origin_text" not in st.session_state:
            st.session_state["_origin_of"] = record["signature"]
            st.session_state["origin_text"] = text
        left, right = st.columns(2, gap="large")
        with left:
            if state.depth() == "watch":
                now = text
                st.text(text)
            else:
                now = st.text_area(
                    t("marking.origin_text"),
                    st.session_state["origin_text"],
                    key="origin_text",
                    height=190,
                )
                with st.container(horizontal=True):
                    st.button(t("marking.tamper"), key="tamper", on_click=_tamper)
                    st.button(t("marking.restore"), key="restore", on_click=_restore, args=(text,))
            _say(now or "", record, t)
        with right:
            st.code(_shown(record), language="json", wrap_lines=True)
        note(t("marking.origin_note"))


def _record(model: Model, text: str, seed: int) -> dict:
    """The text's record, signed once a session, so that its date does not wander."""
    kept = st.session_state.setdefault("_origin_records", {})
    key = (model.id, text)
    if key not in kept:
        lineage = services().store.artifacts.lineage(state.owner(), model.id)
        about = Origin(
            model=model.id,
            lineage=tuple(each.id for each in lineage[:-1]),
            settings={"temperature": 1.0, "watermark": {"strength": mark_now().strength}},
            seed=seed,
            stages=("mark",),
            written_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        kept[key] = json.loads(json.dumps(asdict(signed(text, about))))
    return kept[key]


def _shown(record: dict) -> str:
    """The record with its long numbers shortened, for reading."""

    def short(value: object) -> object:
        if isinstance(value, str) and len(value) >= 40:
            return f"{value[:12]}…"
        return [short(each) for each in value] if isinstance(value, list) else value

    return json.dumps({k: short(v) for k, v in record.items()}, indent=2, ensure_ascii=False)


def _say(text: str, record: dict, t: Words) -> None:
    verdict = verify(text, record)
    words = {
        "intact": t("marking.intact"),
        "text_changed": t("marking.text_changed"),
        "record_changed": t("marking.record_changed"),
        "unreadable": t("marking.unreadable"),
    }
    kind = "yes" if verdict == "intact" else "no"
    st.html(f"<p class='gb-verdict {kind}' role='status'><b>{escape(words[verdict])}</b></p>")


def _tamper() -> None:
    """Change one letter in the middle of the text."""
    text = st.session_state.get("origin_text") or ""
    letters = [place for place, sign in enumerate(text) if sign.isalpha()]
    if letters:
        place = letters[len(letters) // 2]
        other = "e" if text[place] != "e" else "a"
        st.session_state["origin_text"] = text[:place] + other + text[place + 1 :]


def _restore(text: str) -> None:
    st.session_state["origin_text"] = text
