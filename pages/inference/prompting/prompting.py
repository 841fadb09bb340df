"""Step 5, inference: what a prompt changes, what is lost of a long one, and what slips in."""

import streamlit as st

from pages.kit.frame import draw_below, open_page, stations
from pages.kit.static import ASSETS

st.html(ASSETS / "prompting.css")  # before the question, which it makes smaller
t = open_page("prompting")
stations(t, "inference")
draw_below("prompting", t)
