"""The tour: through the six steps under "watch", at the reader's own pace, to what it all means.

It is a setting in the address like any other, so a link into the middle of it opens there. Its
position is the current page; nothing advances by itself.
"""

from html import escape
from typing import Final

import streamlit as st

from core.pipeline import STEPS
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.static import ASSETS

STOPS: Final = (*STEPS, "journey")


def begin() -> None:
    """On a button: go to the first stop; only one bar stands at the foot."""
    st.query_params.pop("unit", None)
    st.session_state["tour"] = True
    st.session_state["depth"] = "watch"
    st.session_state["_go"] = STOPS[0]


def end() -> None:
    """On a button: go to the first step, with the controls enabled."""
    st.session_state["_go"] = STOPS[0]
    leave()


def leave() -> None:
    """On a button: stay here, with the controls enabled."""
    st.session_state["tour"] = False
    if st.session_state.get("depth") == "watch":
        st.session_state["depth"] = "try"


def _turn(step: str) -> None:
    st.session_state["_go"] = step


def draw(place: str, t: Words) -> None:
    """The bar at the foot of a stop: what to look at, and the way on; nothing outside the tour."""
    state.put_in_url("tour")
    if not state.value("tour") or place not in STOPS:
        return
    at = STOPS.index(place)
    st.html(ASSETS / "tour.css")
    with st.container(key="gb_tour", horizontal=True, vertical_alignment="center"):
        where = escape(t("tour.stop", n=at + 1, of=len(STOPS)))
        st.html(f'<p role="status"><b>{where}</b> {escape(t(f"tour.{place}"))}</p>')
        with st.container(key="gb_tour_ways", horizontal=True, gap="small"):
            if not at:
                href = f"/show?lesson=three&amp;lang={t.lang}"
                label = escape(t("tour.by_itself"))
                st.html(f'<a href="{href}" target="_top">{label}</a>', width="content")
            st.button(t("tour.leave"), key="tour_leave", type="tertiary", on_click=leave)
            if at:
                before = STOPS[at - 1]
                st.button(t("tour.back"), key="tour_back", on_click=_turn, args=(before,))
            if at + 1 < len(STOPS):
                label = t("tour.next", step=t(f"shell.{STOPS[at + 1]}"))
                args = (STOPS[at + 1],)
                st.button(label, key="tour_next", type="primary", on_click=_turn, args=args)
            else:
                st.button(t("tour.build"), key="tour_build", type="primary", on_click=end)
