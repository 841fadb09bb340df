"""The calm stage of step 1: what the example model has read, and how it cuts one sentence up.

It is what a visitor finds first. Its numbers and tokens are those of all other pages; the button
leads on to data of one's own.
"""

from dataclasses import replace
from typing import Final

import streamlit as st

from core.data.text.bpe import FIRST_MERGE, Encoder
from pages.data import choosing, funnel
from pages.data.funnel import View
from pages.kit import preparing, state
from pages.kit.catalogue import Words, rich
from pages.kit.frame import computed_now, note
from pages.kit.numbers import whole
from pages.kit.town import town_note

SMALLER: Final = (300, 400, 600, 1000, 2000)  # vocabularies to compare with the whole one


def draw_example(t: Words, view: View, watching: bool) -> None:
    """Left what came in and what stayed, right the sentence in tokens."""
    with st.container(key="gb_data_parts"):
        left, right = st.columns(2, gap="large")
    with left:
        st.html(f'<h3 class="gb-stage-name"><b>1</b> {rich(t("data.collection"))}</h3>')
        town_note(t)
        funnel.summary(t, view)
        if not watching:
            note(t("data.example_clean"))
            own_data(t)
    with right:
        name = f'<h3 class="gb-stage-name"><b>2</b> {rich(t("data.tokenisation"))}</h3>'
        st.html(f'<div class="gb-named">{name}{computed_now(t).html}</div>')
        place = st.container()
        cut = view if watching else replace(view, encoder=smaller(view.encoder, t))
        with place:
            funnel.sentence_tokens(t, cut, full=view.encoder)
        note(t("data.vectorisation"))
        spoken = tuple(each for each in view.documents if each.lang == t.lang)
        funnel.tokens(t, replace(cut, documents=spoken or view.documents))


def smaller(encoder: Encoder, t: Words) -> Encoder:
    """The encoder as it stood earlier in its learning: it learns merge by merge."""
    sizes = [*(size for size in SMALLER if size < encoder.n_vocab), encoder.n_vocab]
    if st.session_state.get("data_cut") not in sizes:
        st.session_state["data_cut"] = encoder.n_vocab
    n_vocab = st.select_slider(
        t("data.cut"),
        sizes,
        format_func=lambda n: whole(n, t.lang),
        key="data_cut",
        help=t("data.vocabulary_help"),
    )
    is_whole = n_vocab == encoder.n_vocab
    return encoder if is_whole else Encoder(encoder.merges[: n_vocab - FIRST_MERGE])


def own_data(t: Words) -> None:
    """The way to data of one's own; while they are being prepared, how far that is."""
    if preparing.under_way(state.owner()):
        preparing.progress(t, state.owner())
    else:
        st.button(
            t("data.own"), key="data_own", type="primary", on_click=choosing.pick, args=("chosen",)
        )
