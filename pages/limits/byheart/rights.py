"""Rights in training data and in results: what is settled and what is open, with sources.

Nothing here is measured, and it stands apart from all that is.
"""

from html import escape

import streamlit as st

from pages.kit.catalogue import Words
from pages.kit.frame import card, note


def draw(t: Words) -> None:
    """Both lists, each statement with its source and date."""
    settled = (
        (t("byheart.law_mining"), t("byheart.law_mining_source")),
        (t("byheart.law_act"), t("byheart.law_act_source")),
        (t("byheart.law_extract"), t("byheart.law_extract_source")),
        (t("byheart.law_author"), t("byheart.law_author_source")),
    )
    still_open = (
        (t("byheart.law_laion"), t("byheart.law_laion_source")),
        (t("byheart.law_gema"), t("byheart.law_gema_source")),
        (t("byheart.law_getty"), t("byheart.law_getty_source")),
        (t("byheart.law_bartz"), t("byheart.law_bartz_source")),
        (t("byheart.law_kadrey"), t("byheart.law_kadrey_source")),
        (t("byheart.law_office"), t("byheart.law_office_source")),
        (t("byheart.law_edpb"), t("byheart.law_edpb_source")),
    )
    with card("byheart_rights", t("byheart.rights")):
        note(t("byheart.rights_about"))
        st.html(
            f"<div class='gb-rights'>{_listed(t('byheart.rights_settled'), settled)}"
            f"{_listed(t('byheart.rights_open'), still_open)}</div>"
        )


def _listed(title: str, statements: tuple[tuple[str, str], ...]) -> str:
    items = "".join(
        f"<li>{escape(statement)}<br><span>{escape(source)}</span></li>"
        for statement, source in statements
    )
    return f"<section><h3>{escape(title)}</h3><ul>{items}</ul></section>"
