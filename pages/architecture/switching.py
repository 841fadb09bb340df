"""The switch between the models that a visitor can look into."""

from collections.abc import Mapping

import streamlit as st

from pages.kit import state
from pages.kit.catalogue import Words


def switched(names: Mapping[str, str], t: Words, setting: str = "looked_at") -> str:
    """Which model is looked into; the first one where nothing else was asked for.

    Args:
        names: of the setting what can be chosen, and what it is called.
        t: the visitor's words.
        setting: which one keeps the choice.
    """
    options = list(names)
    wanted = str(state.value(setting))
    wanted = wanted if wanted in options else options[0]
    if state.depth() != "watch" and len(options) > 1:
        st.session_state[setting] = wanted
        wanted = st.segmented_control(
            t("architecture.looked_at"),
            options,
            format_func=names.__getitem__,
            key=setting,
            required=True,
            label_visibility="collapsed",
        )
        state.put_in_url(setting)
    return wanted
