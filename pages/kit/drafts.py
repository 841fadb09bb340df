"""Drafts: text typed into a longer field survives a reload and a lost session.

Invariant: a draft is kept in the store under the owner's cookie, never in the URL; it is there
before the text is processed, so that no error can lose it. It is kept for
core.store.retention.DRAFT_DAYS. assets/typing.js submits the text as soon as typing pauses.

    start = drafts.recall("own_answer")
    text = st.text_area(label, start, key="own_answer")
    drafts.keep("own_answer")
"""

from typing import Any, Final

import streamlit as st

from core.services import services
from core.store import DRAFT
from pages.kit import state

MOST: Final = 20 * 2**20  # characters; longer text is refused everywhere
RETOLD: Final = 100_000  # characters; a longer text is sent once, not in every run


def recall(key: str, start: str = "") -> str:
    """Before a field is drawn: give it the text last typed there, or else its start.

    Args:
        key: the field's key.
        start: what the field holds while nobody has typed; a different start, such as the one in
            another language, replaces an untouched one.

    Returns:
        the text, for use as the field's default: see pages.kit.controls.
    """
    if key not in st.session_state:  # a field that is not drawn for a while loses its text
        typed = known(key)
        st.session_state[key] = start if typed is None else typed
    elif st.session_state[key] == st.session_state.get(f"_start_{key}") != start:
        st.session_state[key] = start
    st.session_state[f"_start_{key}"] = start
    now = str(st.session_state[key] or "")
    return now if len(now) <= RETOLD else ""


def keep(key: str) -> None:
    """After a field is drawn: store its text; nothing is stored while it is at its start."""
    now = st.session_state.get(key) or ""
    if len(now) <= MOST:
        store(key, None if now == st.session_state.get(f"_start_{key}") else now)


def text(key: str) -> str:
    """The text in a field, whether or not it is drawn."""
    return str(st.session_state.get(key, known(key)) or "")


def known(key: str) -> Any:
    """What is stored under a key; None if nothing is."""
    here = f"_draft_{key}"
    if here not in st.session_state:
        st.session_state[here] = services().store.belongings.take_out(state.owner(), DRAFT + key)
    return st.session_state[here]


def store(key: str, value: Any) -> None:
    """Store a JSON value under a key, replacing the previous one; None clears it."""
    if value != known(key):
        services().store.belongings.put_away(state.owner(), DRAFT + key, value)
        st.session_state[f"_draft_{key}"] = value
