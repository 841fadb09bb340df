"""The overview of step 1 for pictures: the picture book, its experiments, what it hands over."""

from collections.abc import Mapping

import streamlit as st

from core.data.pictures.collecting.corpus import draw_corpus
from core.data.pictures.collecting.fingerprints import equal_pairs
from core.data.pictures.prepare import OwnPicture
from core.data.pictures.standardising.sizing import to_square
from core.data.pictures.vectorising import PATCH, patches_of, vectors_of
from core.errors import GlassboxError
from core.lineage import Kind
from core.modality import PICTURES
from core.services import services
from core.store.workbench import Slot
from pages.data.pictures import one_life, own, preparing, trying, wall
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.components import Broken
from pages.kit.frame import (
    Figure,
    card,
    computed_now,
    experiments,
    first_action,
    hand_over,
    note,
    show_error,
    source,
    stage,
    under_the_hood,
)
from pages.kit.numbers import data_size, whole
from pages.kit.static import ASSETS


def draw(t: Words) -> None:
    """All of the page below its question."""
    st.html(ASSETS / "data_pictures.css")
    with stage(t("data_pictures.stage")):
        first_action(t, "data_pictures")
        draw_stage(t, state.depth() == "watch")
    if experiments(t):
        first, second, third = st.columns(3, gap="medium")
        with first:
            trying.blind_to_colour(t)
        with second:
            trying.red_apples(t)
        with third:
            take_home(t)
    if under_the_hood(t):
        source(
            t,
            draw_corpus,
            equal_pairs,
            to_square,
            patches_of,
            vectors_of,
            paper=t("data_pictures.paper"),
            words=t("data_pictures.hood"),
        )
    hand_over(t, "data", passed_on(t))


def draw_stage(t: Words, watching: bool) -> None:
    """The knobs, the funnel, the wall, one picture; under "watch" without the knobs."""
    top = st.container(key="gb_book_top", horizontal=True, vertical_alignment="center", gap="small")
    said = st.container()
    with st.container(key="gb_book_parts"):
        columns = st.columns([1] if watching else [0.27, 1], gap="medium")
    mine: tuple[own.Owned, ...] = ()
    broken: list[Broken] = []
    with top:
        place = "book" if watching else sources(t)
    if not watching:
        with columns[0]:
            if place == "book":
                knobs(t)
            else:
                own.uploading(t) if place == "own" else own.drawing(t)
                mine, broken = own.owned(), own.broken(t)
                own.captioning(t, mine)
    pictures = [each.picture for each in mine]
    try:
        view = preparing.view(pictures)
    except GlassboxError as error:  # of only one's own there are too few
        with columns[-1]:
            show_error(error, t)
        return
    with top:
        about(t, view, pictures)
        if not watching:
            prepare_button(t, pictures)
    with said:
        preparing.failed(t)
    with columns[-1]:
        wall.draw_book(t, view, mine, broken)


def sources(t: Words) -> str:
    """Where the pictures come from."""
    names = {
        "book": t("data_pictures.source_book"),
        "own": t("data_pictures.source_own"),
        "draw": t("data_pictures.source_draw"),
    }
    label = t("data_pictures.source")
    return controls.choice("picture_source", label, names.__getitem__, show_label=False)


def knobs(t: Words) -> None:
    """The controls of the picture book; the rarer ones in a drawer or only under "dig"."""
    controls.slider(
        "book_wrong", t("data_pictures.wrong"), percent=True, help=t("data_pictures.wrong_help")
    )
    one_life.thread(t)
    controls.slider("book_copies", t("data_pictures.copies"), percent=True)
    near = t("data_pictures.near")
    controls.slider("book_near", near, percent=True, help=t("data_pictures.near_help"))
    with st.expander(t("data_pictures.more")):
        controls.slider("book_pictures", t("data_pictures.pictures"))
        controls.slider("book_damaged", t("data_pictures.damaged"), percent=True)
        controls.slider(
            "book_skew", t("data_pictures.skew"), percent=True, help=t("data_pictures.skew_help")
        )
    if state.depth() == "dig":
        sizes = {"32": t("data_pictures.size_32"), "64": t("data_pictures.size_64")}
        controls.choice("picture_size", t("data_pictures.size"), sizes.__getitem__)
        controls.slider("book_german", t("data.german"), percent=True)
        controls.toggle(
            "book_held_out", t("data_pictures.held_out"), help=t("data_pictures.held_out_help")
        )
        controls.toggle("book_clean", t("data_pictures.clean"))


def about(t: Words, view: preparing.View, pictures: list[OwnPicture]) -> None:
    """How the numbers were obtained, and of how many pictures."""
    n = whole(float(view.excerpt.numbers["n_documents"]), t.lang)
    now = computed_now(t).text
    of = whole(preparing.n_arriving(pictures), t.lang)
    text = (
        t("data_pictures.all_of_it", n=n) if view.whole else t("data_pictures.preview", n=n, of=of)
    )
    st.html(computed_now(t, f"{now} · {text}").html)
    corpus = slots().get("corpus")
    if corpus is not None and corpus.whose == "house":
        n = whole(float(corpus.artifact.numbers["n_kept"]), t.lang)
        note(t("data_pictures.still_the_examples", n=n))


def prepare_button(t: Words, pictures: list[OwnPicture]) -> None:
    """Begin, follow, stop; or say that it is done."""
    if preparing.under_way(state.owner()) is not None:
        preparing.progress(t)
        return
    kept = preparing.prepared(pictures)
    if kept is not None and preparing.on_bench(kept):
        note(t("data.on_bench"))
        return
    n = whole(preparing.n_arriving(pictures), t.lang)
    label = t("data.take") if kept else t("data_pictures.prepare", n=n)
    st.button(label, key="book_prepare", type="primary", on_click=preparing.begin, args=(pictures,))


def slots() -> Mapping[Kind, Slot]:
    """What the ribbon shows of step 1: the visitor's own, else the example model's."""
    return services().store.benches.view(state.owner(), PICTURES)["a"]


def take_home(t: Words) -> None:
    """The corpus on the bench as a file; nothing leaves the machine otherwise."""
    corpus = slots().get("corpus")
    with card("yours", t("data_pictures.yours")):
        note(t("data_pictures.yours_text"))
        if corpus is None:
            note(t("data_pictures.not_prepared"))
            return
        is_order = "book" in corpus.artifact.settings  # the settings that draw the book
        owner = state.owner()  # asked here: the file is fetched outside the session
        st.download_button(
            t("data_pictures.download", size=data_size(corpus.artifact.n_bytes, t.lang)),
            lambda: services().store.artifacts.read(owner, corpus.artifact.id),
            file_name="pictures.json" if is_order else "pictures.safetensors",
            mime="application/json" if is_order else "application/octet-stream",
            on_click="ignore",
        )


def passed_on(t: Words) -> list[Figure]:
    """What the next step gets: pictures, patches, words."""
    there = slots()
    if not {"corpus", "encoder"} <= there.keys():
        return []
    corpus, whose = there["corpus"].artifact, there["corpus"].whose
    book = corpus.settings.get("book") or corpus.settings["pictures"]
    n_kept = float(corpus.numbers["n_kept"])
    n_patches = n_kept * (int(book["size"]) // PATCH) ** 2
    n_words = float(there["encoder"].artifact.numbers["n_words"])
    return [
        Figure(whole(n_kept, t.lang), t("data_pictures.passed_pictures"), whose),
        Figure(whole(n_patches, t.lang), t("data_pictures.passed_patches"), whose),
        Figure(whole(n_words, t.lang), t("data_pictures.passed_words"), whose),
    ]
