"""Blind spots: texts that are hard on purpose, judged now by the list and by the classifier."""

from html import escape

import streamlit as st

from core.postprocessing.safety.classifier import Classifier
from core.postprocessing.safety.labels import Labelled, blind_spots
from core.postprocessing.safety.words import listed_words, word_list
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import card, computed_now, note
from pages.kit.numbers import decimal


def blind(classifier: Classifier, t: Words) -> None:
    """Every text with what it really is, and who judged it rightly."""
    spots = blind_spots(t.lang)
    scores = classifier.scores([each.text for each in spots])
    listed = [bool(listed_words(each.text, word_list(t.lang))) for each in spots]
    threshold = state.value("threshold")
    right = [
        sum(hit == each.is_rude for hit, each in zip(listed, spots, strict=True)),
        sum((s >= threshold) == e.is_rude for s, e in zip(scores, spots, strict=True)),
    ]
    with card("blind", t("safety.blind"), computed_now(t)):
        note(t("safety.blind_note", list=right[0], classifier=right[1], n=len(spots)))
        rows = "".join(
            _row(each, hit, float(score), threshold, t)
            for each, hit, score in zip(spots, listed, scores, strict=True)
        )
        heads = (
            t("safety.head_text"),
            t("safety.head_truth"),
            t("safety.head_list"),
            t("safety.head_classifier"),
        )
        head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in heads)
        with st.expander(t("safety.blind_open")):
            st.html(f"<table class='gb-judged'><tr>{head}</tr>{rows}</table>")


def _row(each: Labelled, hit: bool, score: float, threshold: float, t: Words) -> str:
    why = {
        "spelling": t("safety.why_spelling"),
        "new_word": t("safety.why_new_word"),
        "irony": t("safety.why_irony"),
        "veiled": t("safety.why_veiled"),
        "language": t("safety.why_language"),
        "quoted": t("safety.why_quoted"),
        "praise": t("safety.why_praise"),
        "name": t("safety.why_name"),
        "trade": t("safety.why_trade"),
    }[each.about]
    truth = t("safety.is_rude") if each.is_rude else t("safety.is_fine")
    verdicts = ((hit, ""), (score >= threshold, decimal(score, t.lang) + " "))
    cells = "".join(
        f"<td class='{'right' if found == each.is_rude else 'wrong'}'>{figure}"
        f"{escape(t('safety.held') if found else t('safety.through'))}</td>"
        for found, figure in verdicts
    )
    return (
        f"<tr><td>{escape(each.text)}<small>{escape(why)}</small></td>"
        f"<td>{escape(truth)}</td>{cells}</tr>"
    )
