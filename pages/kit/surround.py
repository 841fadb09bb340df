"""What surrounds every page: the head with its switches, and the ribbon."""

from contextlib import nullcontext
from typing import Final

import streamlit as st

from pages.kit import chain, controls, ribbon, rooms, site, state, tour
from pages.kit.catalogue import Words
from pages.kit.importing import imported
from pages.kit.look import write_look

# From core.store.retention, not imported here because no heading should wait for it.
ARTIFACT_DAYS: Final = 30
BENCH_DAYS: Final = 180


def draw() -> None:
    """One rerun of one page."""
    t = state.t()
    about = t("shell.about_text", days=ARTIFACT_DAYS, bench_days=BENCH_DAYS)
    st.set_page_config(t("shell.brand"), layout="wide", menu_items={"About": about})
    here = st.navigation([site.page(place.name, t) for place in site.PLACES], position="hidden")
    clicked = ribbon.wanted()
    if clicked:
        site.go(clicked, t)
    place = site.BY_NAME[here.url_path or "home"]
    if site.is_foreign(place.name, state.modality()):
        site.go(str(place.step), t)
    head(place.name, t)
    write_look(t)
    in_time = chain.at_hand()
    # A page asks a dozen times what is on the bench.
    with imported("core.store.remembering").remembering() if in_time else nullcontext():
        with st.container(key="gb_chain"):
            ribbon.ribbon(chain.numbers(t) if in_time else chain.blank(), place.name, t)
        tour.draw(place.name, t)
        if state.value("unit"):
            imported(site.BY_NAME["path"].part("bar")).draw(place.name, t)
        here.run()
    if not in_time:  # somebody came within seconds of the start; by now the numbers are there
        chain.numbers(t)
        st.rerun()


def head(place: str, t: Words) -> None:
    """Name, depth and language, the same on every page, and the ways to the three rooms."""
    st.session_state.setdefault("lang", t.lang)
    if st.session_state.get("_lang") != t.lang:
        # Options with new labels are new widgets: give each its value again.
        for name in state.SETTINGS.keys() & st.session_state.keys():
            st.session_state[name] = st.session_state[name]
        st.session_state["_lang"] = t.lang
    with st.container(key="gb_header", horizontal=True, vertical_alignment="center"):
        shared = state.shared()
        st.page_link(site.linked("home", t), label=t("shell.brand"), query_params=shared)
        with st.container(
            key="gb_switches", horizontal=True, vertical_alignment="center", gap="medium"
        ):
            # Where the sentence stands beside them there is no room for all (page.css).
            where = "alone" if place in site.WITHOUT_SENTENCE else "beside"
            with st.container(key=f"gb_pages_{where}", horizontal=True, gap="medium"):
                for name, label in (
                    ("kinds", t("shell.kinds")),
                    ("limits", t("shell.limits")),
                    ("glossary", t("shell.glossary")),
                ):
                    st.page_link(site.linked(name, t), label=label, query_params=shared)
            controls.choice(
                "modality", t("shell.modality"), lambda m: t(f"shell.{m}"), show_label=False
            )
            controls.choice("depth", t("shell.depth"), lambda d: t(f"shell.{d}"), show_label=False)
            controls.choice("lang", t("shell.language"), str.upper, show_label=False)
        rooms.menu(place, t)
