"""Limits: told forwards, asked backwards. Does a model that knows “A is B” know “B is A”?"""

import streamlit as st

from pages.kit.frame import draw_below, open_page, stations
from pages.kit.static import ASSETS

st.html(ASSETS / "limits.css")  # before the question, which it makes smaller
t = open_page("backwards")
stations(t, "limits")
draw_below("backwards", t)
