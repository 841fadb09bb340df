"""The overview of step 1: the stage, its experiments, what it hands over."""

import streamlit as st

from core.data.text.bpe import learn_merges, train_bpe
from core.data.text.cleaning import clean
from core.errors import GlassboxError
from core.modality import TEXT
from core.services import services
from pages.data import choosing, funnel, trying
from pages.data.arriving import Arrived, arriving, of_world, world_settings
from pages.data.example import draw_example
from pages.data.funnel import View
from pages.data.merges import merges_table
from pages.kit import controls, preparing, state
from pages.kit.catalogue import Words, rich
from pages.kit.frame import (
    Figure,
    card,
    experiments,
    hand_over,
    note,
    source,
    stage,
    under_the_hood,
)
from pages.kit.numbers import data_size, whole
from pages.kit.static import ASSETS


def begin(arrived: Arrived) -> None:
    """Prepare what the controls ask for."""
    store, owner = services().store, state.owner()
    difference = store.benches.of(owner, TEXT).difference
    if difference and difference.step == "data":
        store.benches.unfork(
            owner, TEXT
        )  # other data in one lane alone would make a second difference
    task = preparing.Task(choosing.order_of(arrived), arrived.corpus)
    try:
        preparing.begin(services(), owner, [task])
    except GlassboxError as error:
        st.session_state["_data_error"] = error


def prepare_button(t: Words, arrived: Arrived | None) -> None:
    """Begin, follow, stop; or say that it is done."""
    if preparing.under_way(state.owner()):
        preparing.progress(t, state.owner())
        return
    trying.failed(t)
    if arrived is None:
        return
    done = choosing.prepared(arrived)
    if done and done == choosing.on_bench(state.owner()):
        note(t("data.on_bench"))
        return
    label = t("data.take") if done else t("data.prepare", n=whole(arrived.n_documents, t.lang))
    st.button(label, key="data_prepare", type="primary", on_click=begin, args=(arrived,))


def take_home(t: Words) -> None:
    """The corpus on the bench as a file; nothing leaves the machine otherwise."""
    corpus = choosing.shown_slots().get("corpus")
    with card("yours", t("data.yours")):
        note(t("data.yours_text"))
        if corpus is not None:
            size = data_size(corpus.artifact.n_bytes, t.lang)
            owner = state.owner()  # asked here: the file is fetched outside the session
            st.download_button(
                t("data.download", size=size),
                lambda: services().store.artifacts.read(owner, corpus.artifact.id),
                file_name="corpus.jsonl",
                mime="application/jsonl",
                on_click="ignore",
            )


def passed_on(t: Words) -> list[Figure]:
    """What the next step gets: documents, tokens, vocabulary."""
    slots = choosing.shown_slots()
    if not {"corpus", "encoder", "dataset"} <= slots.keys():
        return []
    numbers, mine = slots["dataset"].artifact.numbers, slots["dataset"].whose
    n_tokens = float(numbers["n_train_tokens"]) + float(numbers["n_validation_tokens"])
    return [
        Figure(
            whole(float(slots["corpus"].artifact.numbers["n_kept"]), t.lang),
            t("data.passed_documents"),
            mine,
        ),
        Figure(whole(n_tokens, t.lang), t("data.passed_tokens"), mine),
        Figure(whole(float(numbers["n_vocab"]), t.lang), t("data.passed_vocabulary"), mine),
    ]


def draw(t: Words) -> None:
    """All of the page below its question."""
    st.html(ASSETS / "data.css")
    watching, view = state.depth() == "watch", choosing.example()
    if view is not None:
        is_town = state.value("data_source") == "world"
        arrived = of_world(world_settings()) if is_town else None
        with stage(t("data.stage_example"), funnel.badge(t, view)):
            trying.failed(t)
            draw_example(t, view, watching)
    else:
        with stage(t("data.stage")):
            arrived, view = draw_stage(t, watching)
    if experiments(t):
        first, second, third = st.columns(3, gap="medium")
        with first:
            trying.pair(t, arrived, view)
        with second:
            trying.foreign_word(t)
        with third:
            if view is not None:
                trying.larger_vocabulary(t, view)
            take_home(t)
    if under_the_hood(t):
        source(t, train_bpe, learn_merges, clean, paper=t("data.paper"), words=t("data.hood"))
        if view is not None:
            merges_table(t, view)
    hand_over(t, "data", passed_on(t))


def draw_stage(t: Words, watching: bool) -> tuple[Arrived | None, View | None]:
    """One's own data: controls, funnel, tokens; under "watch" without the controls."""
    top = st.container(key="gb_data_top", horizontal=True, vertical_alignment="center", gap="small")
    said = st.container()
    with st.container(key="gb_data_parts"):
        columns = st.columns([1.1, 1.1] if watching else [0.7, 1.1, 1.1], gap="medium")
    middle, right = columns[-2:]
    with right:
        st.html(f'<h3 class="gb-stage-name">{rich(t("data.tokenisation"))}</h3>')
        cut = st.container()
        if not watching:
            controls.slider("vocabulary", t("data.vocabulary"), help=t("data.vocabulary_help"))
    if watching:
        arrived: Arrived | None = of_world(world_settings())
    else:
        with columns[0]:
            st.html(f'<h3 class="gb-stage-name">{rich(t("data.collection"))}</h3>')
            arrived = arriving(t)
    with top:
        view = choosing.view(t, arrived)
        if view is not None:
            funnel.about(t, view, arrived.n_documents if arrived else 0)
        if not watching:
            prepare_button(t, arrived)
    if view is not None and view.whose == "sample":
        with said:
            funnel.still_the_examples(t)
    if view is None:
        with middle:
            note(t("data.nothing_yet"))
        return arrived, None
    with middle:
        n_documents = arrived.n_documents if arrived else view.n_arrived
        world = arrived.world if arrived else None
        n_copies = n_documents - world.n_documents if world and view.whose == "sample" else 0
        funnel.funnel(t, view, n_documents, switches=not watching, n_copies=n_copies)
    with cut:
        funnel.sentence_tokens(t, view)
    with right:
        note(t("data.vectorisation"))
        funnel.tokens(t, view)
    return arrived, view
