"""Beside the six steps: where such models end, what can be done about it, and what that costs."""

import streamlit as st

from pages.kit.frame import draw_below, open_page, stations
from pages.kit.static import ASSETS

st.html(ASSETS / "limits.css")  # before the question, which it makes smaller
t = open_page("limits")
stations(t, "limits")
draw_below("limits", t)
