"""The pair again, smaller and on this machine: prepared here, trained in step 3."""

from dataclasses import replace
from typing import Final

import streamlit as st

from core.data.world import WorldSettings
from core.errors import GlassboxError
from core.house import duplicates_pair
from core.jobs.preparing import Order
from core.modality import TEXT
from core.services import services
from pages.home.copying import PROMPT, of_kind
from pages.kit import preparing, runs, site, state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.numbers import whole

SIZE: Final = "s"
N_VOCAB: Final = 1000
N_DOCUMENTS: Final = 800
WANTED: Final = runs.Wanted(n_steps=600, n_batch=16)


def run_it(t: Words) -> None:
    """The button, and the progress of what it started."""
    owner = state.owner()
    if preparing.under_way(owner):
        preparing.progress(t, owner)
        return
    error = st.session_state.pop("_home_error", None)
    if st.session_state.pop("_home_pair", False):
        error = preparing.error_of(owner) or _train(t, owner)
    if error is not None:
        show_error(error, t)
    if services().engine.under_way(owner):
        note(t("home.busy"))
        st.page_link(
            site.page("training", t), label=t("home.to_training"), query_params=state.shared()
        )
        return
    with st.container(key="gb_run", horizontal=True, vertical_alignment="center"):
        st.button(t("home.run"), key="home_run", on_click=_begin)
        n_steps, n_texts = whole(WANTED.n_steps, t.lang), whole(N_DOCUMENTS, t.lang)
        note(t("home.run_text", steps=n_steps, texts=n_texts))


def _order() -> Order:
    """The recipe of the shipped pair for step 1, with fewer texts."""
    world = WorldSettings(**of_kind(duplicates_pair()["a"], "corpus").settings["world"])
    return Order(world=replace(world, n_documents=N_DOCUMENTS), n_vocab=N_VOCAB)


def _begin() -> None:
    try:
        preparing.begin_pair(services(), state.owner(), preparing.Task(_order()))
        st.session_state["_home_pair"] = True
    except GlassboxError as error:
        st.session_state["_home_error"] = error


def _train(t: Words, owner: str) -> GlassboxError | None:
    """Start training both prepared lanes and go there; None if the preparation was stopped."""
    grounds = [runs.ground(owner, lane) for lane in services().store.benches.of(owner, TEXT).lanes]
    if not services().store.benches.of(owner, TEXT).is_pair or None in grounds:
        return None
    names = (t("home.lane_out"), t("home.lane_in"))
    wanted = replace(WANTED, sentence=PROMPT)
    try:
        plans = [
            runs.plan(owner, ground, wanted, name, SIZE)
            for ground, name in zip(grounds, names, strict=True)
            if ground is not None
        ]
        services().engine.experiment(owner, plans)
    except GlassboxError as error:
        return error
    site.go("training", t)
