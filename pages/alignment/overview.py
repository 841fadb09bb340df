"""What stands below the question on the page “alignment”."""

import streamlit as st

from core.alignment.comparing import compare, duel, probability_shift
from core.intervals import share_interval
from core.services import services
from pages.alignment import one_question
from pages.alignment.aligning.token_shift import token_shift
from pages.alignment.inventing import N_FACTS, never_told
from pages.alignment.measurements import comparison, passed_on
from pages.kit import models, site, state
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
from pages.kit.static import ASSETS


def draw(t: Words) -> None:
    """Draw the page below its question."""
    st.html(ASSETS / "three.css")
    st.html(ASSETS / "verdicts.css")

    found = one_question.lines(models.on_hand(services(), state.owner()), state.owner())
    row: list[Figure] = []
    line = None
    if not found:
        note(t("alignment.none"))
        st.page_link(site.page("training", t), label=t("alignment.to_training"))
    else:
        with stage(t("alignment.stage"), computed_now(t)):
            line = one_question.chosen(found, t)
            answer = one_question.stage(line, t)
            one_question.dice(line, t)
        if len(line.models) == 1:
            note(t("alignment.base_only"))
            st.page_link(site.page("tuning", t), label=t("alignment.to_tuning"))
        measured = comparison(line, t)
        if answer is not None and len(line.models) > 1:
            token_shift(line, answer, t)
        row = passed_on(line, measured, t)

    if line and len(line.models) > 1 and line.town and experiments(t):
        predict(
            f"invent_{line.furthest.id[:8]}_{t.lang}",
            t,
            question=t("alignment.invent_question", n=N_FACTS),
            options={
                "base": t("alignment.invent_base"),
                "both": t("alignment.invent_both"),
                "all": t("alignment.invent_all"),
                "none": t("alignment.invent_none"),
                "other": t("alignment.invent_other"),
            },
            measure=lambda: never_told(line, t),
        )

    if under_the_hood(t):
        source(t, compare, duel, words=t("alignment.hood_compare"))
        source(
            t,
            share_interval,
            words=t("alignment.hood_interval"),
            formula=r"\frac{\hat p + \frac{z^2}{2n} \pm z\sqrt{\frac{\hat p(1-\hat p)}{n}"
            r" + \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}}",
            paper="Wilson 1927, Probable Inference, the Law of Succession, and "
            "Statistical Inference",
        )
        source(
            t,
            probability_shift,
            words=t("alignment.hood_shift"),
            formula=r"\Delta_t = \log_2 p_{\text{after}}(x_t \mid x_{<t})"
            r" - \log_2 p_{\text{before}}(x_t \mid x_{<t})",
        )

    hand_over(t, "alignment", row)
