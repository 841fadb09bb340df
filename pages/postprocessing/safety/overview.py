"""What stands below the question on the page “safety”."""

import streamlit as st

from core.postprocessing.facts import check
from core.postprocessing.safety.classifier import groups_of, objective, train
from core.postprocessing.safety.weighing import counts_at
from core.postprocessing.safety.words import listed_words
from core.postprocessing.style.readability import Readability
from core.services import services
from pages.kit import models, state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    Figure,
    computed_now,
    experiments,
    hand_over,
    note,
    predict,
    source,
    stage,
    under_the_hood,
)
from pages.kit.numbers import decimal, share
from pages.kit.static import ASSETS
from pages.postprocessing.fact_check import fact_check
from pages.postprocessing.safety import weighed_text
from pages.postprocessing.safety.blind_spots import blind
from pages.postprocessing.safety.learning import in_force, learning
from pages.postprocessing.safety.trials import name_and_dialect, two_thresholds
from pages.postprocessing.toning import toning


def draw(t: Words) -> None:
    """Draw the page below its question."""
    st.html(ASSETS / "safety.css")
    model = next(iter(models.on_hand(services(), state.owner())), None)
    classifier, learned = in_force(state.owner())

    with stage(t("safety.stage"), computed_now(t)):
        weighed_text.take_drawn()
        text = weighed_text.text_field(t, model)
        weighed_text.draw(text, classifier, learned, t)
        if not text.strip():
            note(t("safety.nothing"))

    if state.depth() != "watch":
        learning(t)
        blind(classifier, t)
        toning(t)
        if model and model.world:
            fact_check(model, t)

    if experiments(t):
        predict(
            f"two_thresholds_{t.lang}_{learned}",
            t,
            question=t("safety.two_question"),
            options={
                "trade": t("safety.two_trade"),
                "other": t("safety.two_other"),
                "same": t("safety.two_same"),
            },
            measure=lambda: two_thresholds(classifier, t),
        )
        predict(
            f"bias_{t.lang}_{learned}",
            t,
            question=t("safety.bias_question"),
            options={
                "none": t("safety.bias_none"),
                "names": t("safety.bias_names"),
                "dialect": t("safety.bias_dialect"),
                "both": t("safety.bias_both"),
            },
            measure=lambda: name_and_dialect(classifier, t),
        )

    if under_the_hood(t):
        source(
            t,
            objective,
            train,
            words=t("safety.hood_regression"),
            formula=r"p = \frac{1}{1 + e^{-(w \cdot x + b)}}, \quad "
            r"\min_{w,b}\; -\frac{1}{n}\sum_i "
            r"\bigl[y_i \ln p_i + (1 - y_i) \ln (1 - p_i)\bigr] "
            r"+ \frac{\lambda}{2}\lVert w\rVert^2",
            paper="Cox 1958, The Regression Analysis of Binary Sequences",
        )
        source(
            t,
            groups_of,
            words=t("safety.hood_groups"),
            paper="Cavnar, Trenkle 1994, N-Gram-Based Text Categorization",
        )
        source(t, listed_words, counts_at, words=t("safety.hood_list"))
        source(
            t,
            Readability,
            words=t("safety.hood_readability"),
            paper="Flesch 1948; Amstad 1978; Björnsson 1968",
        )
        source(t, check, words=t("safety.hood_facts"))

    examined = weighed_text.dots(classifier, t.lang)
    counts = counts_at(
        state.value("threshold"), [dot.score for dot in examined], [dot.rude for dot in examined]
    )
    row = [
        Figure(decimal(state.value("threshold"), t.lang), t("safety.threshold")),
        Figure(share(counts.precision, t.lang), t("safety.precision")),
        Figure(share(counts.recall, t.lang), t("safety.recall")),
    ]
    hand_over(t, "safety", row)
