"""Limits: is the answer right, and how sure is the model of it?"""

import streamlit as st

from pages.kit.frame import draw_below, open_page, stations
from pages.kit.static import ASSETS

st.html(ASSETS / "limits.css")  # before the question, which it makes smaller
t = open_page("confident")
stations(t, "limits")
draw_below("confident", t)
