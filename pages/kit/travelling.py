"""The travelling sentence: typed once or picked from three beginnings, it visits all steps. For
pictures it is a caption.

It is kept in the URL like every shareable setting, and is data: shown in a text field, sent to the
model, never rendered as markdown.
"""

from html import escape

import streamlit as st

from pages.kit import controls, state
from pages.kit.catalogue import Words, rich


def travelling_sentence(t: Words, kind: str, no_beginnings: str = "") -> str:
    """The line with the sentence, and beginnings to pick from.

    Args:
        t: the visitor's words.
        kind: the kind of data that the page is about.
        no_beginnings: if the beginnings would not do on this page: why, in a few words.

    Returns:
        the sentence in force, never empty.
    """
    name = state.TRAVELLING[kind]
    starters = state.starters(name)
    now = state.travelling(name)
    for known in starters.values():  # a beginning in the other language becomes its counterpart
        if now in known:
            now = starters[t.lang][known.index(now)]
    raw = str(st.session_state.get(name, ""))
    unseen = bool(raw) and not state.can_be_seen(raw)
    too_long = len(raw) > state.SETTINGS[name].max_length
    if raw.strip() != now and not unseen and not too_long:  # else it may be in mid-typing
        st.session_state[name] = now
    with st.container(key="gb_sentence", horizontal=True, vertical_alignment="center"):
        typed = controls.text(name, t(f"shell.{name}"))
        if unseen:
            said = escape(t("shell.sentence_unseen", start=now))
            st.html(f'<p class="gb-not-here" role="status">{said}</p>')
        if unseen or too_long:
            return now
        if no_beginnings:
            st.html(f'<p class="gb-not-here">{rich(no_beginnings)}</p>')
            return typed
        with st.container(key="gb_starters", horizontal=True, vertical_alignment="center"):
            for n, beginning in enumerate(starters[t.lang], start=1):
                st.button(
                    beginning,
                    key=f"gb_starter_{n}",
                    type="tertiary",
                    on_click=_pick,
                    args=(name, beginning),
                    disabled=beginning == typed,
                )
    return typed


def _pick(name: str, beginning: str) -> None:
    st.session_state[name] = beginning
