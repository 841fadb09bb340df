"""Limits: pattern or rule. Has a model that adds rightly understood adding?"""

import streamlit as st

from pages.kit.frame import draw_below, open_page, stations
from pages.kit.static import ASSETS

st.html(ASSETS / "limits.css")  # before the question, which it makes smaller
t = open_page("rule")
stations(t, "limits")
draw_below("rule", t)
