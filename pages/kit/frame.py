"""The frame of every page and station: the same five parts in the same order.

How to build a page (see pages/4_alignment.py for a whole one):

    t = open_page("training")                        # question, answer, line for deciders
    stations(t, "training")                          # links to the step's stations, if it has any

    # Controls, Compute: plain Python between the parts
    with stage(t("training.stage"), computed_now(t)):    # the one live visual, controls included
        ...
    if experiments(t):                               # False under "watch"
        predict("ten_times", t, question=…, options={"faster": …}, measure=function)
    if under_the_hood(t):                            # True once the visitor opened it
        source(t, keep_nucleus, formula=r"…", paper="Holtzman et al. 2020, arXiv:1904.09751")
    hand_over(t, "training", [Figure(share(0.83, t.lang), t("training.grammatical"))])

Words: `open_page("training")` and `hand_over` read five keys of words/training.*.toml: `question`,
`answer`, `decision`, `known` (what the visitor now knows, in one sentence) and `passes_on`. Where
the travelling sentence plays no part (site.WITHOUT_SENTENCE) it is not shown; where its beginnings
would not do, `no_beginnings` says why in a few words. All other keys are written out in full in the
page.
Numbers come from pages/kit/numbers.py, controls from pages/kit/controls.py, cards from `card()`.
What the visitor or a model wrote is data: show it with st.text or a component, never as markdown.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape

import streamlit as st

from core.modality import TEXT
from pages.kit import rooms, site, state, taking_home
from pages.kit.catalogue import Words, rich
from pages.kit.hood import source, under_the_hood
from pages.kit.importing import imported
from pages.kit.parts import (
    STAGE,
    Badge,
    Coming,
    Figure,
    card,
    coming,
    computed_now,
    figures,
    illustration,
    note,
    points,
    precomputed,
    published,
    show_badge,
    show_error,
)
from pages.kit.prediction import Measured, predict
from pages.kit.travelling import travelling_sentence

__all__ = [
    "Badge",
    "Coming",
    "Figure",
    "Measured",
    "card",
    "coming",
    "computed_now",
    "draw_below",
    "experiments",
    "figures",
    "hand_over",
    "illustration",
    "note",
    "open_page",
    "points",
    "precomputed",
    "predict",
    "published",
    "show_badge",
    "show_error",
    "source",
    "stage",
    "stations",
    "under_the_hood",
]


def open_page(name: str) -> Words:
    """Begin a page: its question, its one-sentence answer and, under "watch", what it means.

    Args:
        name: the place's name in site.PLACES, which for text is also that of the catalogue file.

    Returns:
        the catalogue in the visitor's language.
    """
    t, place = state.t(), site.BY_NAME[name]
    kind, file = place.kind(state.modality()), place.words(state.modality())
    st.title(t(f"{file}.question"), anchor=False)
    state.first_question.set()
    st.html(f'<p class="gb-answer">{rich(t(f"{file}.answer"))}</p>')
    if state.depth() == "watch":
        means = escape(t("frame.decision"))
        st.html(f'<p class="gb-decision"><b>{means}</b> {rich(t(f"{file}.decision"))}</p>')
    if place.step and kind != state.modality():
        st.html(f'<p class="gb-not-here" role="status">{escape(t("frame.only_text"))}</p>')
    if file not in site.WITHOUT_SENTENCE:
        own = t(f"{file}.no_beginnings") if f"{file}.no_beginnings" in t else ""
        travelling_sentence(t, kind, own)
    return t


def draw_below(name: str, t: Words) -> None:
    """Draw all that stands below a page's question.

    Only now is it imported: torch comes with most of it and takes its time, and no visitor should
    wait for that to read what a page is about.
    """
    imported(site.BY_NAME[name].body(state.modality())).draw(t)


def stations(t: Words, around: str) -> None:
    """Links to the stations of a step, or of a page beside the steps, with the current one marked;
    nothing where there are none.
    """
    places = [
        place
        for place in site.PLACES
        if place.around == around and not site.is_foreign(place.name, state.modality())
    ]
    if len(places) < 2:
        return
    shared = state.shared()
    with st.container(key="gb_stations", horizontal=True, gap="medium"):
        for place in places:
            label = t("frame.overview") if place.name == around else t(f"shell.{place.name}")
            st.page_link(site.linked(place.name, t), label=label, query_params=shared)


@contextmanager
def stage(title: str, badge: Badge | None = None) -> Iterator[None]:
    """The one live visual that the page is about, with the controls that change it."""
    with card(STAGE, title, badge):
        yield


def first_action(t: Words, name: str) -> None:
    """What to do first on a page and what happens then; nothing under "watch".

    Args:
        name: catalogue file with the sentences `first` and `first_then`.
    """
    if state.depth() != "watch":
        do, then = rich(t(f"{name}.first")), rich(t(f"{name}.first_then"))
        st.html(f'<p class="gb-first"><b>{do}</b> {then}</p>')


def experiments(t: Words) -> bool:
    """Begin the experiments; False under "watch", where visitors are not asked anything."""
    if state.depth() == "watch":
        return False
    st.html(f'<h2 class="gb-part">{escape(t("frame.experiments"))}</h2>')
    return True


def hand_over(t: Words, name: str, row: Sequence[Figure] = (), *, is_known: bool = True) -> None:
    """What the visitor now knows, what the page passes on, and one button to the next place.

    Args:
        name: the place's name; its catalogue file has the sentences `known` and `passes_on`.
        row: what is passed on; empty while nothing is.
        is_known: whether it was seen already; what is still to be guessed is not told here.
    """
    following, file = site.following(name), site.BY_NAME[name].words(state.modality())
    shared = state.shared()
    with st.container(key="gb_handover"):
        if is_known:
            st.html(
                f'<div class="gb-head"><h2>{escape(t("frame.known"))}</h2></div>'
                f'<p class="gb-learned">{rich(t(f"{file}.known"))}</p>'
                f'<p class="gb-soft">{rich(t(f"{file}.passes_on"))}</p>'
            )
        if row:
            figures(t, row)
        if state.modality() == TEXT and name in site.BEGINS:
            with st.container(key="gb_begins", horizontal=True, vertical_alignment="center"):
                st.html(f'<p class="gb-soft">{escape(t("limits.begins"))}</p>', width="content")
                for limit in site.BEGINS[name]:
                    label = t(f"shell.{limit}")
                    st.page_link(site.linked(limit, t), label=label, query_params=shared)
        taking_home.offer(t, name)
        label = (
            t("frame.home")
            if following == "home"
            else t("frame.next", step=t(f"shell.{following}"))
        )
        with st.container(key="gb_ways_further", horizontal=True, vertical_alignment="center"):
            st.page_link(site.linked(following, t), label=label, query_params=shared)
            if name != "journey":
                way = t("shell.journey_long")
                st.page_link(site.linked("journey", t), label=way, query_params=shared)
            else:  # whoever has come to the end may have to decide something
                way = t("shell.decisions")
                st.page_link(site.linked("decisions", t), label=way, query_params=shared)
            if name != "kinds":
                st.page_link(
                    site.linked("kinds", t), label=t("shell.kinds_long"), query_params=shared
                )
            if site.BY_NAME[name].beside != "limits":
                st.page_link(site.linked("limits", t), label=t("shell.limits"), query_params=shared)
            if name != "glossary":
                st.page_link(
                    site.linked("glossary", t), label=t("shell.glossary"), query_params=shared
                )
        if name != "home":  # which leads there in its own words
            rooms.foot(name, t)
