"""The visitor's API key: shown when asked for, and replaced when it has become known."""

import streamlit as st

from core.api.room import room_token
from core.identity import hash_of_room
from core.services import services
from pages.kit import state
from pages.kit.catalogue import Words


def own_key(t: Words) -> str:
    """Draw the switch that shows the key.

    Returns:
        the key; as long as it is not shown, words that stand for it.
    """
    if not st.toggle(t("inference.show_key"), key="show_key", help=t("inference.key_help")):
        return t("inference.key_here")
    about = t("inference.new_key_help")
    st.button(t("inference.new_key"), key="new_key", on_click=_key, args=(True,), help=about)
    return _key()


def _key(new: bool = False) -> str:
    room = hash_of_room(room_token())
    return services().store.keys.of(state.owner(), state.api_key_with, room, new=new)
