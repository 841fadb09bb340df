"""Step 5, inference: how a word is chosen, and what it would have been."""

import streamlit as st

from pages.kit.frame import draw_below, open_page, stations
from pages.kit.static import ASSETS

st.html(ASSETS / "choosing.css")  # before the question, which it makes smaller
t = open_page("choosing")
stations(t, "inference")
draw_below("choosing", t)
