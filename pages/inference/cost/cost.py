"""Step 5, inference: what a token costs."""

import streamlit as st

from pages.kit.frame import draw_below, open_page, stations
from pages.kit.static import ASSETS

st.html(ASSETS / "cost.css")  # before the question, which it makes smaller
t = open_page("cost")
stations(t, "inference")
draw_below("cost", t)
