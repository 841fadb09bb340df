"""The three rooms: ten minutes before a decision, an evening alone, a group; and the way to them.

A menu in the head of every page and a line at its foot lead there, as the home page does in words.
"""

from html import escape

import streamlit as st

from pages.kit import site, state
from pages.kit.catalogue import Words


def menu(here: str, t: Words) -> None:
    """In the head: three doors, behind them the ways; no more than their width in a full row.

    Args:
        here: the place, of which it is a part: on another place it is another one, and closed.
    """
    with st.popover(t("shell.rooms"), type="tertiary", key=f"gb_doors_{here}"):
        st.html(plays_by_itself(t))
        shared = state.shared()
        for name, label in (("path", t("home.evening")), ("room", t("home.group"))):
            st.page_link(site.linked(name, t), label=label, query_params=shared)


def foot(here: str, t: Words) -> None:
    """At a page's foot: the ways to the three rooms, but for the one that somebody is in."""
    with st.container(key="gb_three_rooms", horizontal=True, vertical_alignment="center"):
        st.html(plays_by_itself(t), width="content")
        shared = state.shared()
        for name, label in (("path", t("home.evening")), ("room", t("home.group"))):
            if name != here:
                st.page_link(site.linked(name, t), label=label, query_params=shared)


def plays_by_itself(t: Words) -> str:
    """The way to the show, in three minutes or in ten; a whole document, so it is a plain link."""
    links = " · ".join(
        f'<a href="/show?lesson={lesson}&amp;lang={t.lang}" target="_top">{escape(label)}</a>'
        for lesson, label in (("three", t("show.enter_three")), ("ten", t("show.enter_ten")))
    )
    return f'<p class="gb-shows">{escape(t("show.enter"))} {links}</p>'
