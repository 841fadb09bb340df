"""The caption as the model will read it; one that is not understood is told why, with two ways out.

The model is not the grammar: asked to, it draws any words.
"""

from dataclasses import dataclass
from html import escape

import streamlit as st

from core.data.pictures import Scene, Understanding, town_holdings
from core.data.pictures.wording.rewording import in_the_books_words
from core.data.pictures.wording.suggesting import language_of, suggested
from core.data.pictures.wording.vocabulary import folded
from core.languages import LANGS
from pages.inference.pictures.drawer import Drawer
from pages.kit import state
from pages.kit.catalogue import Words, rich
from pages.kit.frame import note
from pages.kit.numbers import whole


@dataclass(frozen=True)
class Asked:
    """What is drawn.

    Args:
        caption: as the model reads it.
        scene: what it means; None if we do not know, and it is drawn all the same.
    """

    caption: str
    scene: Scene | None


def asked(drawer: Drawer, t: Words) -> Asked | None:
    """The travelling caption made ready; None while the visitor has to choose."""
    typed = state.caption()
    languages = (t.lang, *(lang for lang in LANGS if lang != t.lang))
    reworded = in_the_books_words(typed, drawer.book.town_seed, languages)
    if reworded.meant.scene is not None:
        if reworded.reworded:
            note(t("inference_pictures.reworded", caption=reworded.caption))
        elif reworded.meant.assumed:
            note(t("inference_pictures.assumed"))
        return Asked(reworded.caption, reworded.meant.scene)
    if _learned(drawer, reworded.meant):
        words = ", ".join(reworded.meant.words)
        note(t("inference_pictures.learned_words", words=words))
        return Asked(typed, None)
    anyway = st.session_state.get("_drawn_anyway") == typed
    _refuse(drawer, typed, reworded.meant, languages, anyway, t)
    return Asked(typed, None) if anyway else None


def _learned(drawer: Drawer, meant: Understanding) -> bool:
    """Whether the only words that we do not know are some that this model was taught."""
    taught = {folded(word) for word in drawer.model.words_learned}
    return meant.problem == "unknown_words" and {folded(word) for word in meant.words} <= taught


def _refuse(
    drawer: Drawer,
    typed: str,
    meant: Understanding,
    languages: tuple[str, ...],
    anyway: bool,
    t: Words,
) -> None:
    """What is missing, two captions that have it, and the way round."""
    holdings = town_holdings(drawer.book.town_seed)
    lang = language_of(typed, languages, holdings)
    with st.container(key="gb_refused"):
        st.html(
            f'<p class="gb-refused" role="status"><b>{escape(t("inference_pictures.refused"))}</b> '
            f"{rich(problem_text(meant, t))}</p>"
        )
        with st.container(key="gb_suggested", horizontal=True, vertical_alignment="center"):
            for n, caption in enumerate(suggested(typed, lang, drawer.book.town_seed)):
                st.button(caption, key=f"suggested_{n}", on_click=_take, args=(caption,))
            if not anyway:
                label = t("inference_pictures.anyway")
                st.button(label, key="anyway", type="tertiary", on_click=_insist, args=(typed,))
        if anyway:
            note(t("inference_pictures.anyway_about"))


def problem_text(meant: Understanding, t: Words) -> str:
    """Why a caption was not understood."""
    words = ", ".join(meant.words)
    return {
        "empty": t("inference_pictures.problem_empty"),
        "unknown_words": t("inference_pictures.problem_unknown_words", words=words),
        "negation": t("inference_pictures.problem_negation", words=words),
        "number": t("inference_pictures.problem_number", most=whole(3, t.lang)),
        "no_number": t("inference_pictures.problem_no_number"),
        "no_thing": t("inference_pictures.problem_no_thing"),
        "too_many_things": t("inference_pictures.problem_too_many_things"),
        "no_colour": t("inference_pictures.problem_no_colour"),
        "two_colours": t("inference_pictures.problem_two_colours"),
        "no_place": t("inference_pictures.problem_no_place"),
        "place_alone": t("inference_pictures.problem_place_alone"),
        "contradiction": t("inference_pictures.problem_contradiction"),
        "not_owned": t("inference_pictures.problem_not_owned"),
    }[meant.problem]


def _take(caption: str) -> None:
    st.session_state["caption"] = caption


def _insist(caption: str) -> None:
    st.session_state["_drawn_anyway"] = caption
