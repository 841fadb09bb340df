"""Drafts: what a visitor has typed into a longer field outlives a reload and a lost session.

Invariant: a draft lies in the store under the owner's cookie, never in the URL; it is there before
anything is made of the text, so that no error of the text can lose it. It is kept for
core.store.retention.DRAFT_DAYS. assets/typing.js hands a text in as soon as the typing pauses.

    start = drafts.recall("own_answer")
    text = st.text_area(label, start, key="own_answer")
    drafts.keep("own_answer")
"""

from typing import Any, Final

import streamlit as st

from core.services import services
from core.store import DRAFT
from pages.kit import state

MOST: Final = 20 * 2**20  # characters; more is refused everywhere
RETOLD: Final = 100_000  # characters; a longer text is told once and not in every run


def recall(key: str, start: str = "") -> str:
    """Before a field is drawn: give it the text that was typed there last, else its start.

    Args:
        key: the field's.
        start: what stands there as long as nobody has typed; another one, such as that of another
            language, takes the place of an untouched one.

    Returns:
        the text, to be the field's default: see pages.kit.controls.
    """
    if key not in st.session_state:  # a field that is not drawn for a while forgets
        typed = known(key)
        st.session_state[key] = start if typed is None else typed
    elif st.session_state[key] == st.session_state.get(f"_start_{key}") != start:
        st.session_state[key] = start
    st.session_state[f"_start_{key}"] = start
    now = str(st.session_state[key] or "")
    return now if len(now) <= RETOLD else ""


def keep(key: str) -> None:
    """After a field is drawn: keep its text; at its start, nothing is kept."""
    now = st.session_state.get(key) or ""
    if len(now) <= MOST:
        store(key, None if now == st.session_state.get(f"_start_{key}") else now)


def text(key: str) -> str:
    """What stands in a field, whether or not it is drawn."""
    return str(st.session_state.get(key, known(key)) or "")


def known(key: str) -> Any:
    """What is kept under a key; None if there is nothing."""
    here = f"_draft_{key}"
    if here not in st.session_state:
        st.session_state[here] = services().store.take_out(state.owner(), DRAFT + key)
    return st.session_state[here]


def store(key: str, value: Any) -> None:
    """Keep what JSON can hold under a key, instead of what was there; None for nothing."""
    if value != known(key):
        services().store.put_away(state.owner(), DRAFT + key, value)
        st.session_state[f"_draft_{key}"] = value
