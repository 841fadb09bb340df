"""The classifier learns here: from the shipped labels and from those of the visitor."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import cast

import streamlit as st

from core.api.chat import language_of_question
from core.errors import GlassboxError
from core.jobs.labelling import Labelling, classifier_of, keep_labelling, labelling_of
from core.postprocessing.safety.classifier import Classifier, ClassifierSettings, train
from core.postprocessing.safety.labels import Label, Labelled, checked, contradictions, with_label
from core.postprocessing.safety.weighing import held_out, house_classifier
from core.services import services
from pages.inference.writing import watched
from pages.kit import controls, drafts, state
from pages.kit.catalogue import Words
from pages.kit.frame import card, computed_now, note, show_error
from pages.kit.numbers import decimal, whole
from pages.postprocessing.safety.weighed_text import COURSE

OWN_TEXT = "own_label_text"
ERROR = "_label_error"
LONGEST = 300  # characters of an example
N_LISTED = 8  # own labels shown, the newest first


def in_force(owner: str) -> tuple[Classifier, str]:
    """The classifier that works for this visitor, and a name for its learning."""
    labelling = labelling_of(services().store, owner)
    own = classifier_of(services().store, owner)
    if own is None:
        return house_classifier(), "house"
    return own, f"{hash(labelling.learned)}:{labelling.seed}"


def learning(t: Words) -> None:
    """The button that trains, the visitor's own labels, and what they moved."""
    labelling = labelling_of(services().store, state.owner())
    badge = computed_now(t) if labelling.own else None  # of their scores
    with card("learning", t("safety.learning"), badge):
        with st.container(key="gb_own_label", horizontal=True, vertical_alignment="bottom"):
            start = drafts.recall(OWN_TEXT)
            label = t("safety.own_text")
            typed = st.text_input(label, start, key=OWN_TEXT, max_chars=controls.PASTED)
            drafts.keep(OWN_TEXT)
            st.button(t("safety.own_rude"), key="own_rude", on_click=_label, args=("rude", t))
            st.button(t("safety.own_fine"), key="own_fine", on_click=_label, args=("fine", t))
            began = st.button(t("safety.train"), key="train_classifier", type="primary")
        controls.fitting(typed or "", LONGEST)
        if (error := st.session_state.pop(ERROR, None)) is not None:
            show_error(error, t)
        if began:
            _train(labelling, t)
        _own(labelling, t)


def _label(label: Label, t: Words) -> None:
    store, owner = services().store, state.owner()
    labelling = labelling_of(store, owner)
    try:
        text = checked(st.session_state.get(OWN_TEXT, "")[:LONGEST])
        lang = language_of_question(text, t.lang)
        own = with_label(labelling.own, Labelled(text, label, lang))
    except GlassboxError as error:
        st.session_state[ERROR] = error
        return
    keep_labelling(store, owner, replace(labelling, own=tuple(own)))
    st.session_state[OWN_TEXT] = ""


def _forget() -> None:
    keep_labelling(services().store, state.owner(), Labelling())
    st.session_state.pop(COURSE, None)


def _train(labelling: Labelling, t: Words) -> None:
    """Learn here and now; the way is kept, so that the stage can show it."""
    course: list[list[float]] = []
    seed = labelling.seed  # the same texts are examined before and after
    try:
        with watched(t, "learn") as progress:

            def tell(share: float, scores: list[float]) -> None:
                course.append(scores)
                progress(share)

            made = train(labelling.own, ClassifierSettings(seed=seed), tell)
    except GlassboxError as error:
        show_error(error, t)
        return
    kept = replace(labelling, learned=labelling.own, seed=seed)
    keep_labelling(services().store, state.owner(), kept)
    st.session_state[COURSE] = (f"{hash(kept.learned)}:{seed}", _by_language(course, made))
    st.rerun()


def _by_language(
    course: Sequence[Sequence[float]], made: Classifier
) -> dict[str, list[list[float]]]:
    """The scores on the way, for the held-out texts of each language."""
    n_german = len(held_out(made, "de"))
    return {
        "de": [list(scores[:n_german]) for scores in course],
        "en": [list(scores[n_german:]) for scores in course],
    }


def _own(labelling: Labelling, t: Words) -> None:
    classifier, _ = in_force(state.owner())
    whose = t("frame.yours") if labelling.learned is not None else t("frame.house")
    note(
        t(
            "safety.learned_from",
            whose=whose,
            n=whole(classifier.n_shipped, t.lang),
            own=whole(classifier.n_own, t.lang),
            seed=classifier.settings.seed,
        )
    )
    if labelling.n_waiting:
        note(t("safety.waiting", n=labelling.n_waiting))
    if found := contradictions(labelling.own):
        st.html(f'<p class="gb-error" role="alert">{escape(t("safety.both", text=found[0]))}</p>')
    if labelling.own:
        _own_rows(labelling.own[: -N_LISTED - 1 : -1], classifier, t)
        st.button(t("safety.forget"), key="forget_labels", type="tertiary", on_click=_forget)


def _own_rows(own: Sequence[Labelled], classifier: Classifier, t: Words) -> None:
    """Each own text with its label, and its score now beside that of the shipped classifier."""
    texts = [each.text for each in own]
    now, before = classifier.scores(texts), house_classifier().scores(texts)
    names = {"rude": t("safety.own_rude"), "fine": t("safety.own_fine")}
    rows = "".join(
        f"<tr><td>{escape(each.text)}</td><td>{escape(names[cast(str, each.label)])}</td>"
        f"<td>{decimal(old, t.lang)} → <b>{decimal(new, t.lang)}</b></td></tr>"
        for each, old, new in zip(own, before, now, strict=True)
    )
    head = "".join(
        f"<th scope='col'>{escape(name)}</th>"
        for name in (t("safety.head_text"), t("safety.head_label"), t("safety.head_moved"))
    )
    st.html(f"<table class='gb-judged'><tr>{head}</tr>{rows}</table>")
