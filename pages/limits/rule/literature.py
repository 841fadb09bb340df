"""What the literature says for and against “it reasons”; none of it is measured here."""

from html import escape

import streamlit as st

from pages.kit.catalogue import Words
from pages.kit.frame import note


def draw(t: Words) -> None:
    """Two columns, each entry with its source."""
    note(t("rule.literature_about"))
    columns = (
        (
            t("rule.speaks_for"),
            (
                (t("rule.for_power"), "Power et al. 2022", "2201.02177"),
                (t("rule.for_nanda"), "Nanda et al. 2023", "2301.05217"),
                (t("rule.for_wei"), "Wei et al. 2022", "2201.11903"),
                (t("rule.for_bubeck"), "Bubeck et al. 2023", "2303.12712"),
            ),
        ),
        (
            t("rule.speaks_against"),
            (
                (t("rule.against_mirzadeh"), "Mirzadeh et al. 2024", "2410.05229"),
                (t("rule.against_turpin"), "Turpin et al. 2023", "2305.04388"),
                (t("rule.against_lee"), "Lee et al. 2023", "2307.03381"),
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
    note(t("rule.literature_so"))


def _entry(text: str, who: str, number: str) -> str:
    return f"<li>{escape(text)} <small>{escape(f'{who}, arXiv:{number}')}</small></li>"
