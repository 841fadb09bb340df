"""Taking progress home, bringing it back, and deleting it."""

import json

import streamlit as st

from core.errors import GlassboxError
from core.learning.progress import NAME_OF_FILE, Progress, from_file
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import card, note, show_error
from pages.kit.numbers import whole
from pages.kit.surround import BENCH_DAYS
from pages.path import kept, report
from pages.path.units import ORDER

LONGEST_NAME = 60  # characters


def draw(progress: Progress, t: Words) -> None:
    """The sheet for printing, the file, and the way to begin anew."""
    with card("path_yours", t("path.yours")):
        if state.has_cookie():
            note(t("path.kept", days=whole(BENCH_DAYS, t.lang)))
        else:
            note(t("path.no_cookie"))
        _sheet(progress, t)
        _file(progress, t)
        _reset(t)


def _sheet(progress: Progress, t: Words) -> None:
    note(t("path.sheet_about"))
    with st.container(key="gb_path_takes", horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(t("path.name"), key="path_name", max_chars=LONGEST_NAME)
        st.download_button(
            t("path.sheet"),
            lambda: report.html(progress, name or "", t),
            file_name=f"{NAME_OF_FILE}.html",
            mime="text/html",
            on_click="ignore",
        )


def _file(progress: Progress, t: Words) -> None:
    st.download_button(
        t("path.export"),
        json.dumps(progress.to_dict(), ensure_ascii=False, indent=1),
        file_name=f"{NAME_OF_FILE}.json",
        mime="application/json",
        on_click="ignore",
    )
    given = st.file_uploader(t("path.import"), type=["json"], key="path_import")
    note(t("path.import_about"))
    if given is not None and st.session_state.get("_path_read") != given.file_id:
        st.session_state["_path_read"] = given.file_id
        try:
            read = from_file(given.getvalue(), ORDER)
        except GlassboxError as error:
            st.session_state["_path_said"] = error
        else:
            kept.changed(lambda before: before.joined(read))
            n = whole(len(read.units), t.lang)
            st.session_state["_path_said"] = str(t("path.imported", n=n))
        st.rerun()
    said = st.session_state.pop("_path_said", None)
    if isinstance(said, GlassboxError):
        show_error(said, t)
    elif said:
        st.html(f'<p class="gb-verdict" role="status">{said}</p>')


def _reset(t: Words) -> None:
    if not st.session_state.get("_path_reset"):
        st.button(t("path.reset"), key="path_reset", type="tertiary", on_click=_ask, args=(True,))
        return
    st.html(f'<p class="gb-verdict gb-no" role="alert">{t("path.reset_question").html}</p>')
    with st.container(key="gb_path_reset", horizontal=True):
        st.button(t("path.reset_no"), key="path_reset_no", on_click=_ask, args=(False,))
        st.button(
            t("path.reset_yes"), key="path_reset_yes", type="primary", on_click=_forget, args=(t,)
        )


def _ask(asks: bool) -> None:
    st.session_state["_path_reset"] = asks


def _forget(t: Words) -> None:
    kept.forget()
    for key in [str(key) for key in st.session_state if str(key).startswith("_check_")]:
        del st.session_state[key]
    st.session_state["_path_reset"] = False
    st.session_state["_path_said"] = str(t("path.reset_done"))
