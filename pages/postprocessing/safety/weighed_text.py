"""The stage of safety: one text, weighed by a list and by a classifier, under one threshold."""

import re
from collections.abc import Sequence
from typing import Final

import streamlit as st

from core.api.chat import language_of_question
from core.errors import GlassboxError
from core.inference.sampling import SamplingSettings
from core.postprocessing.safety.classifier import Classifier
from core.postprocessing.safety.veiling import veiled
from core.postprocessing.safety.weighing import held_out
from core.postprocessing.safety.words import listed_words, word_list
from core.postprocessing.sentences import sentence_spans
from pages.inference.writing import watched, write
from pages.kit import controls, drafts, state
from pages.kit.catalogue import Words
from pages.kit.components import Dot, Listed, Weighed, weighing
from pages.kit.frame import show_error
from pages.kit.models import Model

TEXT = "safety_text"
LONGEST = 1000  # characters; more would not fit beside what is said about it
_WORD: Final = re.compile(r"\w+")
COURSE = "_safety_course"  # name of a learning, and the held-out scores on the way


def text_field(t: Words, model: Model | None) -> str:
    """The text to weigh: typed, an example, the travelling sentence, or written by the model."""
    examples = {
        t("safety.example_1_name"): t("safety.example_1"),
        t("safety.example_2_name"): t("safety.example_2"),
        t("safety.example_3_name"): t("safety.example_3"),
        t("safety.your_sentence"): state.sentence(),
    }
    start = drafts.recall(TEXT, t("safety.example_1"))
    with st.container(key="gb_weigh_text", horizontal=True, vertical_alignment="bottom"):
        label = t("safety.text")
        text = st.text_input(
            label, start, key=TEXT, max_chars=controls.PASTED, label_visibility="collapsed"
        )
        drafts.keep(TEXT)
        for n, (name, example) in enumerate(examples.items()):
            st.button(name, key=f"weigh_{n}", on_click=_take, args=(example,))
        if model:
            drawn = st.button(t("safety.draw"), key="weigh_draw")
    if model and drawn:
        _draw(model, t)
    return controls.fitting(str(text), LONGEST)


def _take(text: str) -> None:
    st.session_state[TEXT] = text[:LONGEST]


def _draw(model: Model, t: Words) -> None:
    """Let the model write; the text takes the place of what stood there at the next run."""
    n = st.session_state["_weigh_draws"] = st.session_state.get("_weigh_draws", 0) + 1
    settings = SamplingSettings(seed=state.seed() + n, max_tokens=60)
    try:
        with watched(t, "weigh") as progress:
            text = write(model, state.sentence(), settings, progress).read(model.encoder)
    except GlassboxError as error:
        show_error(error, t)
        return
    st.session_state["_weigh_next"] = " ".join(text.split())
    st.rerun()


def take_drawn() -> None:
    """Put a drawn text into the field, before the field is drawn."""
    if "_weigh_next" in st.session_state:
        _take(st.session_state.pop("_weigh_next"))


def draw(text: str, classifier: Classifier, learned: str, t: Words) -> None:
    """The component, and the threshold as the hand leaves it."""
    course: Sequence[Sequence[float]] = ()
    name, scores = st.session_state.get(COURSE, ("", ()))
    if name == learned:
        course = scores[t.lang]
    sentence = state.sentence()
    lang = language_of_question(text, t.lang)  # of the text; the dots are of the page's
    examples = (t("safety.example_1"), t("safety.example_2"), t("safety.example_3"))
    left = weighing(
        listed(text, lang),
        pieces(text, classifier),
        dots(classifier, t.lang),
        t,
        key="weighing",
        threshold=state.value("threshold"),
        n_listed=word_list(lang).n,
        sentence=None if text.strip() == sentence else (sentence, score_of(sentence, classifier)),
        example=text.strip() in examples,
        learned=learned,
        course=course,
    )
    if left is not None:
        st.session_state["threshold"] = left
    state.put_in_url("threshold")


def score_of(text: str, classifier: Classifier) -> float:
    """The score of a text: that of its worst sentence."""
    spans = sentence_spans(text) or [(0, len(text))]
    return round(max(float(classifier.scores([text[a:b]])[0]) for a, b in spans), 4)


def dots(classifier: Classifier, lang: str) -> list[Dot]:
    """The texts this classifier has not learned from, with its scores."""
    examined = held_out(classifier, lang)
    scores = classifier.scores([each.text for each in examined])
    return [
        Dot(each.text, each.is_rude, round(float(score), 4), veiled(each.text))
        for each, score in zip(examined, scores, strict=True)
    ]


def listed(text: str, lang: str) -> list[Listed]:
    """The text cut at the hits of the list."""
    found, done = [], 0
    for hit in listed_words(text, word_list(lang)):
        found += [Listed(text[done : hit.start], False), Listed(text[hit.start : hit.end], True)]
        done = hit.end
    return [piece for piece in (*found, Listed(text[done:], False)) if piece.text]


def pieces(text: str, classifier: Classifier) -> list[Weighed]:
    """The text cut into sentences, each with its score and the words that moved it."""
    found, done = [], 0
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        evidence = of_words(sentence, classifier.evidence(sentence)[1:-1].tolist())
        score = float(classifier.scores([sentence])[0])
        found += [Weighed(text[done:start]), Weighed(sentence, score, tuple(evidence))]
        done = end
    return [piece for piece in (*found, Weighed(text[done:])) if piece.text]


def of_words(sentence: str, evidence: Sequence[float]) -> list[float]:
    """Evidence of characters as that of their words: the groups of letters that the classifier
    knows cut across words, and half a marked word says nothing to a reader.

    Args:
        sentence: any text.
        evidence: for each of its characters, how much it moves the score.

    Returns:
        for each character of a word the sum over that word, for all others 0.
    """
    found = [0.0] * len(sentence)
    for word in _WORD.finditer(sentence):
        start, end = word.span()
        found[start:end] = [round(sum(evidence[start:end]), 4)] * (end - start)
    return found
