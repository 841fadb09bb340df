"""How small the example model is beside the well-known ones, by published sizes only."""

from html import escape
from typing import Final

import streamlit as st

from pages.home import shipped
from pages.kit.catalogue import Words, rich
from pages.kit.numbers import millions, significant

GPT_3: Final = 175e9
"""Parameters. Source: Brown et al. 2020, arXiv:2005.14165, table 2.1."""


def small(t: Words) -> None:
    """One line, with the sources of its numbers behind a click."""
    n = float(shipped.artifacts()["design"].numbers["n_parameters"])
    said = t("home.small", n=millions(n, t.lang), times=significant(GPT_3 / n, t.lang, 2))
    st.html(
        f'<p class="gb-soft gb-small">{rich(said)}</p>'
        f'<details class="gb-sizes"><summary>{escape(t("home.small_sources"))}</summary>'
        f"<p>{escape(t('home.small_table'))}</p></details>"
    )
