"""Step 2, architecture: how large this model is beside those of others."""

import streamlit as st

from pages.kit.frame import draw_below, open_page, stations
from pages.kit.static import ASSETS

st.html(ASSETS / "scale.css")  # before the question, which it makes smaller
t = open_page("scale")
stations(t, "architecture")
draw_below("scale", t)
