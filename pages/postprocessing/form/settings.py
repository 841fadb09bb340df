"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

import streamlit as st

from pages.kit.setting import Setting


def _question() -> str:
    """The schema's own."""
    from pages.kit import state

    of_hours = state.value("form_schema") in ("hours", "week")
    return state.t()("form.ask_hours") if of_hours else state.t()("form.ask_person")


def _telling_draw() -> int:
    """The draw that tells most, once it is known."""
    return int(st.session_state.get("_form_told", 1))


SETTINGS: Final = (
    Setting("form_schema", "person", choices=("person", "hours", "week", "own")),
    Setting("form_question", "", max_length=160, begins=_question),
    Setting("form_draw", 1, low=1, high=50, step=1, begins=_telling_draw),
)
