"""What this means for us: five decisions, why they matter, and what each option costs."""

import streamlit as st

from pages.kit.frame import draw_below, open_page
from pages.kit.static import ASSETS

st.html(ASSETS / "limits.css")  # its tables
st.html(ASSETS / "decisions.css")
t = open_page("decisions")
draw_below("decisions", t)
