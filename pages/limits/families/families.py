"""Limits and differences: rules, a table, a recurrent network and a transformer on one corpus."""

import streamlit as st

from pages.kit.frame import draw_below, open_page, stations
from pages.kit.static import ASSETS

st.html(ASSETS / "limits.css")  # before the question, which it makes smaller
t = open_page("families")
stations(t, "limits")
draw_below("families", t)
