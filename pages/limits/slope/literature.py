"""What publications say for and against emergence as a jump; none of it is measured here."""

from html import escape

import streamlit as st

from pages.kit.catalogue import Words
from pages.kit.frame import note


def draw(t: Words) -> None:
    """Two columns, each entry with its source."""
    note(t("slope.literature_about"))
    columns = (
        (
            t("slope.speaks_for"),
            (
                (t("slope.for_wei"), "Wei et al. 2022", "2206.07682"),
                (t("slope.for_ganguli"), "Ganguli et al. 2022", "2202.07785"),
                (t("slope.for_du"), "Du et al. 2024", "2403.15796"),
            ),
        ),
        (
            t("slope.speaks_against"),
            (
                (t("slope.against_schaeffer"), "Schaeffer et al. 2023", "2304.15004"),
                (t("slope.against_kaplan"), "Kaplan et al. 2020", "2001.08361"),
                (t("slope.against_hoffmann"), "Hoffmann et al. 2022", "2203.15556"),
            ),
        ),
    )
    drawn = "".join(
        f"<section><h3>{escape(title)}</h3><ul>"
        + "".join(_entry(text, who, number) for text, who, number in entries)
        + "</ul></section>"
        for title, entries in columns
    )
    st.html(f"<div class='gb-literature'>{drawn}</div>")
    note(t("slope.literature_so"))


def _entry(text: str, who: str, number: str) -> str:
    return f"<li>{escape(text)} <small>{escape(f'{who}, arXiv:{number}')}</small></li>"
