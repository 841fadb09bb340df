"""Limits: how often must it be told? Truth against how often a text tells a fact."""

import streamlit as st

from pages.kit.frame import draw_below, open_page, stations
from pages.kit.static import ASSETS

st.html(ASSETS / "limits.css")  # before the question, which it makes smaller
t = open_page("often")
stations(t, "limits")
draw_below("often", t)
