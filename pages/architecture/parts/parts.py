"""Step 2, architecture: what each part of a model is for, found by training without it."""

import streamlit as st

from pages.kit.frame import draw_below, open_page, stations
from pages.kit.static import ASSETS

st.html(ASSETS / "parts.css")  # before the question, which it makes smaller
t = open_page("parts")
stations(t, "architecture")
draw_below("parts", t)
