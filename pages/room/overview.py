"""The room: open one, lead it, look at the results of earlier ones."""

from typing import Final

import streamlit as st

from core.languages import WRITTEN
from core.rooms.room import lesson_of, open_room_of
from core.services import services
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import first_action, hand_over, stage
from pages.kit.static import ASSETS
from pages.room import lessons, open_room, opening

MOST_EARLIER: Final = 10


def draw(t: Words) -> None:
    """All below the question."""
    st.html(ASSETS / "room_page.css")
    rooms = services().store.rooms
    room = open_room_of(rooms, state.owner())
    if not room:
        first_action(t, "room")
    with stage(t("room.is_open") if room else t("room.open_title")):
        if room:
            open_room.draw(room, t)
        else:
            opening.draw(t)
    if not room:
        lessons.write(t)
    _earlier(t)
    hand_over(t, "room")


def _earlier(t: Words) -> None:
    """Links to the results of rooms that have ended."""
    ended = [
        room for room in services().store.rooms.of_host(state.owner()) if room.ended_at is not None
    ][:MOST_EARLIER]
    if not ended:
        return
    with st.expander(t("room.earlier")):
        for room in ended:
            day = WRITTEN[t.lang].date.format(
                day=room.created_at.day, month=room.created_at.month, year=room.created_at.year
            )
            title = lesson_of(room).title[t.lang]
            st.text(t("room.earlier_row", date=day, lesson=title, code=room.code))
            address = f"/results/{room.code}?lang={t.lang}"
            st.link_button(t("room.results"), address)
