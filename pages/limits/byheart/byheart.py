"""Limits: by heart. When does a model tell word for word what it has read?"""

import streamlit as st

from pages.kit.frame import draw_below, open_page, stations
from pages.kit.static import ASSETS

st.html(ASSETS / "limits.css")  # before the question, which it makes smaller
t = open_page("byheart")
stations(t, "limits")
draw_below("byheart", t)
