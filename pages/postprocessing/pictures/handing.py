"""The card: take the file with you, and read a file again to see where it comes from."""

import json
from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from core.errors import GlassboxError
from core.postprocessing.pictures.formats import FORMATS, Opened
from core.postprocessing.pictures.line import Finished, mark_key
from core.postprocessing.pictures.origin import checked, kept_by_conversion
from core.postprocessing.pictures.strangers import opened_safely
from core.postprocessing.pictures.watermark import detect
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import card, computed_now, note, show_error
from pages.postprocessing.pictures.finishing import leaves
from pages.postprocessing.pictures.leaving import bound

MOST_MB = 8


def card_of(found: Finished, t: Words) -> None:
    """Draw the card."""
    with card("picture_file", t("postprocessing_pictures.file_card"), computed_now(t)):
        left, right = st.columns(2, gap="large")
        with left:
            _take(found, t)
        with right:
            if state.depth() != "watch":
                _read_again(t)
            else:
                _record(found.record)


def _take(found: Finished, t: Words) -> None:
    if not leaves(found):
        note(t("postprocessing_pictures.held_file"))
        return
    name = "glassbox." + ("jpg" if found.format == "jpeg" else found.format)
    st.download_button(
        t("postprocessing_pictures.download", format=found.format.upper()),
        found.file,
        name,
        found.media_type,
        key="picture_download",
        type="primary",
    )
    note(t("postprocessing_pictures.download_note"))
    lost = [
        format.upper()
        for format in FORMATS
        if _after_saving(found.file, format) == "none" and format != "svg"
    ]
    if lost:
        note(t("postprocessing_pictures.conversion", formats=", ".join(lost)))


@st.cache_data(max_entries=64, show_spinner=False)
def _after_saving(file: bytes, format: str) -> str:
    """What becomes of the record when the file is opened and saved again."""
    return str(kept_by_conversion(file, format))


def _read_again(t: Words) -> None:
    """A file from anywhere: its record and its watermark, each examined."""
    given = st.file_uploader(
        t("postprocessing_pictures.read_again"),
        ["png", "webp", "jpg", "jpeg", "svg"],
        key="picture_read",
        help=t("postprocessing_pictures.read_help"),
        max_upload_size=MOST_MB,
    )
    if given is None:
        note(t("postprocessing_pictures.read_hint"))
        return
    try:
        opened = _opened(given.getvalue())
    except GlassboxError as error:
        show_error(error, t)
        return
    _say(opened, t)


@st.cache_data(max_entries=8, show_spinner=False, scope="session")
def _opened(data: bytes) -> Opened:
    return opened_safely(data)


def _say(opened: Opened, t: Words) -> None:
    found = checked(opened.pixels, opened.record)
    words = {
        "intact": t("postprocessing_pictures.intact"),
        "pixels_changed": t("postprocessing_pictures.pixels_changed"),
        "signature_wrong": t("postprocessing_pictures.signature_wrong"),
        "none": t("postprocessing_pictures.no_record"),
    }
    mark = detect(opened.pixels, mark_key())
    marked = (
        t("postprocessing_pictures.found")
        if mark.is_marked
        else t("postprocessing_pictures.not_found")
    )
    p = f"p ≤ {bound(mark.log10_p, t)}"
    st.html(
        f"<p class='gb-verdict {'yes' if found.verdict == 'intact' else 'no'}' role='status'>"
        f"<b>{escape(words[found.verdict])}</b></p>"
        f"<p class='gb-verdict {'yes' if mark.is_marked else 'no'}'><b>{escape(marked)}</b> "
        f"{escape(p)}</p>"
    )
    if found.record:
        _record(found.record)


def _record(record: Mapping[str, Any]) -> None:
    """A record with its long numbers shortened, for reading."""

    def short(value: object) -> object:
        return f"{value[:12]}…" if isinstance(value, str) and len(value) >= 40 else value

    shown = {name: short(value) for name, value in record.items()}
    st.code(json.dumps(shown, indent=2, ensure_ascii=False), language="json", wrap_lines=True)
