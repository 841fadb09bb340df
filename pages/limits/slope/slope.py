"""Limits: jump or slope. Does an ability appear all at once, or does the ruler make it look so?"""

import streamlit as st

from pages.kit.frame import draw_below, open_page, stations
from pages.kit.static import ASSETS

st.html(ASSETS / "limits.css")  # before the question, which it makes smaller
t = open_page("slope")
stations(t, "limits")
draw_below("slope", t)
