"""Limits, looked up: what was never told is found in notices, put before the model, and read."""

import streamlit as st

from pages.kit.frame import draw_below, open_page, stations
from pages.kit.static import ASSETS

st.html(ASSETS / "limits.css")  # before the question, which it makes smaller
t = open_page("lookup")
stations(t, "limits")
draw_below("lookup", t)
