"""The travelling sentence: typed once or picked from three beginnings, it goes through all steps.

It lives in the URL like every shareable setting, and is data: shown in a text field, sent to the
model, never rendered as markdown.
"""

import streamlit as st

from core.data.world import PROMPTS
from pages.kit import controls, state
from pages.kit.catalogue import Words


def travelling_sentence(t: Words) -> str:
    """The line under the ribbon: the sentence, and the beginnings to pick from.

    Returns:
        the sentence in force, never empty.
    """
    now = state.sentence()
    for known in PROMPTS.values():  # a beginning in the other language becomes its twin
        if now in known:
            now = PROMPTS[t.lang][known.index(now)]
    if str(st.session_state.get("sentence", "")).strip() != now:  # else it may still be typed at
        st.session_state["sentence"] = now
    with st.container(key="gb_sentence", horizontal=True, vertical_alignment="center"):
        typed = controls.text("sentence", t("shell.sentence"))
        with st.container(key="gb_starters", horizontal=True, vertical_alignment="center"):
            for n, beginning in enumerate(PROMPTS[t.lang], start=1):
                st.button(
                    beginning,
                    key=f"gb_starter_{n}",
                    type="tertiary",
                    on_click=_pick,
                    args=(beginning,),
                    disabled=beginning == typed,
                )
    return typed


def _pick(beginning: str) -> None:
    st.session_state["sentence"] = beginning
