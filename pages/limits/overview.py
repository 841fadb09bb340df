"""What stands below the question on the page “limits”."""

from collections.abc import Mapping, Sequence
from html import escape
from importlib import import_module
from typing import Protocol

import streamlit as st

from core.limits import facts
from pages.kit import site, state
from pages.kit.catalogue import Text, Words
from pages.kit.frame import (
    card,
    first_action,
    hand_over,
    note,
    source,
    stage,
    under_the_hood,
)
from pages.limits.shown import Treated, measured_then


class Summary(Protocol):
    """pages/limits/<station>/summary.py: what the overview says of a station."""

    PART: str
    """The shipped measurement that it opens with."""

    def claim(self, t: Words) -> Text:
        """What one may doubt."""

    def found(self, t: Words) -> str:
        """What was measured, in a sentence."""

    def treated(self, t: Words) -> list[Treated]:
        """What helps, and what it costs; empty if nothing was measured."""


def draw(t: Words) -> None:
    """Draw the page below its question."""
    summaries = {name: _summary(name) for name in site.BESIDE["limits"]}
    first = next(iter(summaries.values()))
    with stage(t("limits.stage"), measured_then(t, first.PART)):
        first_action(t, "limits")
        with st.container(key="gb_limits"):
            for name, summary in summaries.items():
                _station(name, summary, t)
    groups = {name: summary.treated(t) for name, summary in summaries.items()}
    if any(groups.values()):
        with card("limits_treated", t("limits.treatments"), measured_then(t, first.PART)):
            note(t("limits.treatments_about"))
            if state.depth() == "watch":
                st.html(_picture(groups, t))
            else:
                with st.expander(t("limits.show_all")):
                    st.html(_picture(groups, t))
    if under_the_hood(t):
        source(t, facts.judged, words=t("limits.hood"))
    hand_over(t, "limits")


def _summary(name: str) -> Summary:
    """The summary of a station of this place."""
    module: Summary = import_module(f"pages.limits.{name}.summary")
    return module


def _picture(groups: Mapping[str, Sequence[Treated]], t: Words) -> str:
    """All limits with all that helps: each limit and each treatment leads to where it is measured.

    Args:
        groups: of each station the treatments measured there.
    """
    heads = (
        t("limits.treatment"),
        t("limits.limit"),
        t("limits.before"),
        t("limits.after"),
        t("limits.price"),
    )
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    bodies = []
    for (name, rows), href in zip(groups.items(), site.hrefs(groups), strict=True):
        if not rows:
            continue
        to = f'<a href="{escape(href)}" target="_self">'
        station = escape(t(f"shell.{name}"))
        lines = "".join(
            f'<tr><th scope="row">{to}{escape(row.treatment)}</a></th>'
            + "".join(
                f"<td>{escape(each)}</td>" for each in (row.limit, row.before, row.after, row.price)
            )
            + "</tr>"
            for row in rows
        )
        bodies.append(
            f'<tbody><tr class="gb-limit"><th colspan="{len(heads)}" scope="rowgroup">'
            f"{to}{station}</a></th></tr>{lines}</tbody>"
        )
    label = escape(t("limits.treatments"))
    return (
        f'<div class="gb-lanes gb-treated" role="region" tabindex="0" aria-label="{label}">'
        f"<table><thead><tr>{head}</tr></thead>{''.join(bodies)}</table></div>"
    )


def _station(name: str, summary: Summary, t: Words) -> None:
    """A station: its question as a link, its claim; what was measured, where nobody is to guess."""
    with st.container(key=f"gb_limit_{name}"):
        label = t(f"shell.{name}")
        st.page_link(site.linked(name, t), label=label, query_params=state.shared())
        st.html(f'<p class="gb-found">{summary.claim(t).html}</p>')
        if state.depth() == "watch":
            note(summary.found(t))
