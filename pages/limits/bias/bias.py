"""Limits: whose world? What skewed texts make of a model, and what treatments leave of it."""

import streamlit as st

from pages.kit.frame import draw_below, open_page, stations
from pages.kit.static import ASSETS

st.html(ASSETS / "limits.css")  # before the question, which it makes smaller
t = open_page("bias")
stations(t, "limits")
draw_below("bias", t)
