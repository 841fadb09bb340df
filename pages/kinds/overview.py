"""What stands below the question on the page “kinds”."""

from html import escape
from importlib import import_module
from types import ModuleType

import streamlit as st

from core.errors import GlassboxError
from core.modality import MODALITIES, PLANNED
from pages.inference.writing import watched
from pages.kinds import frame
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    card,
    computed_now,
    first_action,
    hand_over,
    note,
    show_error,
    source,
    under_the_hood,
)
from pages.kit.static import ASSETS


def draw(t: Words) -> None:
    """Draw the page below its question."""
    st.html(ASSETS / "journey.css")
    st.html(ASSETS / "kinds.css")
    with card("kinds", t("kinds.frame"), computed_now(t)):
        first_action(t, "kinds")
        if state.depth() != "watch":
            st.session_state["caption"] = state.caption()
            with st.container(key="gb_kinds_asked", horizontal=True, vertical_alignment="bottom"):
                controls.text("caption", t("shell.caption"))
                look_for_failures(t)
        with st.spinner(t("kinds.computing")):
            found = frame.columns(t)
        found = {name: with_failure(name, column, t) for name, column in found.items()}
        st.html(frame.table(found, {name: head(name, t) for name in found}, t))
    with card("kinds_same", t("kinds.same")):
        note(t("kinds.same_text"))
    if under_the_hood(t):
        for kind in MODALITIES.values():
            words = t("kinds.hood", kind=frame.name_of(kind.name, t))
            source(t, *frame.code_of(kind), words=words)
    hand_over(t, "kinds")


def head(name: str, t: Words) -> str:
    """A kind's name, and what its example model has learned from, or that it is not here yet."""
    about = t("kinds.not_here") if name in PLANNED else module_of(name).learned_from(t)
    sign = "gb-planned" if name in PLANNED else "gb-live"
    return f'<b>{escape(frame.name_of(name, t))}</b><small class="{sign}">{escape(about)}</small>'


def module_of(name: str) -> ModuleType:
    """The module with a kind's live examples."""
    return import_module(f"pages.kinds.{name}")


def with_failure(name: str, column: frame.Column, t: Words) -> frame.Column:
    """The column with the failure that was found for what travels now, if one was looked for."""
    markup = st.session_state.get("_kinds_failures", {}).get((name, *asked(t)), "")
    if not markup:
        return column
    return {**column, "failure": frame.Live(column["failure"].said, markup)}


def asked(t: Words) -> tuple[str, str, str, int]:
    """What failures are looked for with."""
    return t.lang, state.sentence(), state.caption(), state.seed()


def look_for_failures(t: Words) -> None:
    """The button that looks for a real failure of every kind that is here."""
    kept = st.session_state.setdefault("_kinds_failures", {})
    missing = [name for name in MODALITIES if (name, *asked(t)) not in kept]
    if not missing:
        return
    if not st.button(t("kinds.look"), key="kinds_look", type="primary", help=t("kinds.look_help")):
        return
    try:
        with watched(t, "kinds") as tell:
            for k, name in enumerate(missing):

                def told(done: float, k: int = k) -> None:
                    tell((k + done) / len(missing))

                kept[(name, *asked(t))] = module_of(name).failure(t, told)
    except GlassboxError as error:
        show_error(error, t)
        return
    st.rerun()
