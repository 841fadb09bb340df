"""What stands below the question on the page “decisions”."""

from html import escape

import streamlit as st

from pages.decisions.five import Decision, five
from pages.kit import site, state
from pages.kit.catalogue import Words, rich
from pages.kit.frame import card, hand_over, note, stage
from pages.limits.shown import table
from pages.show import report


def draw(t: Words) -> None:
    """Draw the page below its question."""
    found = five(t)
    with stage(t("decisions.stage")):
        items = "".join(f"<li>{rich(one.sentence)}</li>" for one in found)
        st.html(f'<ol class="gb-five">{items}</ol>')
        note(t("decisions.steps"))
        take_away(t)
    for n, one in enumerate(found, start=1):
        _detail(n, one, t)
    note(t("decisions.about"))
    hand_over(t, "decisions")


def take_away(t: Words) -> None:
    """The report of two pages: as a file, and to look at and print."""
    base = "/".join((st.context.url or "").split("/")[:3])
    with st.container(key="gb_take_away", horizontal=True, vertical_alignment="center"):
        st.download_button(
            t("decisions.download"),
            data=report.html(t.lang, state.owner(), base).encode(),
            file_name=f"{t('report.file')}-{t.lang}.html",
            mime="text/html",
            type="primary",
            on_click="ignore",
            key="decisions_report",
        )
        to = f"{report.ROUTE}?lang={t.lang}"
        st.html(
            f'<a href="{to}" target="_blank">{escape(t("decisions.open_report"))}</a>',
            width="content",
        )


def _detail(n: int, one: Decision, t: Words) -> None:
    """One decision: why, with both figures, its options, and where to see it."""
    with card(f"decision_{one.name}"):
        st.html(
            f'<div class="gb-head"><h2><span class="gb-n">{n}</span> '
            f"{rich(one.sentence)}</h2></div>"
        )
        badge = one.badge.html if one.badge else ""
        here = f"<p>{rich(one.measured)} {badge}</p>" if one.measured else ""
        st.html(
            f'<div class="gb-why"><div><h3>{escape(t("decisions.here"))}</h3>{here}</div>'
            f"<div><h3>{escape(t('decisions.elsewhere'))}</h3><p>{rich(one.published)}</p>"
            f"<p class='gb-soft'>{escape(one.source)}</p></div></div>"
        )
        heads = (t("decisions.option"), t("decisions.costs"))
        st.html(table(heads, one.options, one.sentence))
        with st.container(key=f"gb_see_{one.name}", horizontal=True, vertical_alignment="center"):
            st.html(f'<p class="gb-soft">{escape(t("decisions.see"))}</p>', width="content")
            for place in one.places:
                st.page_link(
                    site.linked(place, t),
                    label=t(f"shell.{place}"),
                    query_params=state.shared(),
                )
