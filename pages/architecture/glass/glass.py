"""Step 2, architecture: a whole transformer with its real numbers, from a sentence to a word."""

import streamlit as st

from pages.kit.frame import draw_below, open_page, stations
from pages.kit.static import ASSETS

st.html(ASSETS / "glass.css")  # before the question, which it makes smaller
t = open_page("glass")
stations(t, "architecture")
draw_below("glass", t)
