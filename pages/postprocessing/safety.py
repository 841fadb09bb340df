"""Step 6, post-processing: what must not get out?"""

import streamlit as st

from pages.kit import state
from pages.kit.frame import (
    Figure,
    computed_now,
    experiments,
    hand_over,
    note,
    open_page,
    predict,
    source,
    stage,
    stations,
    under_the_hood,
)
from pages.kit.static import ASSETS

t = open_page("safety")
stations(t, "postprocessing")

# these import torch, which takes a while: the heading is shown first
from core.postprocessing.classifier import groups_of, objective, train  # noqa: E402
from core.postprocessing.facts import check  # noqa: E402
from core.postprocessing.readability import Readability  # noqa: E402
from core.postprocessing.weighing import counts_at  # noqa: E402
from core.postprocessing.words import listed_words  # noqa: E402
from core.services import services  # noqa: E402
from pages.kit import models  # noqa: E402
from pages.kit.numbers import decimal, share  # noqa: E402
from pages.postprocessing import weighed  # noqa: E402
from pages.postprocessing.blind import blind  # noqa: E402
from pages.postprocessing.checked import fact_check  # noqa: E402
from pages.postprocessing.judging import name_and_dialect, two_thresholds  # noqa: E402
from pages.postprocessing.learning import in_force, learning  # noqa: E402
from pages.postprocessing.toning import toning  # noqa: E402

st.html(ASSETS / "safety.css")
model = next(iter(models.on_hand(services(), state.owner())), None)
classifier, learned = in_force(state.owner())

with stage(t("safety.stage"), computed_now(t)):
    weighed.take_drawn()
    text = weighed.text_field(t, model)
    weighed.draw(text, classifier, learned, t)
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
        formula=r"p = \frac{1}{1 + e^{-(w \cdot x + b)}}, \quad \min_{w,b}\; -\frac{1}{n}\sum_i "
        r"\bigl[y_i \ln p_i + (1 - y_i) \ln (1 - p_i)\bigr] + \frac{\lambda}{2}\lVert w\rVert^2",
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

examined = weighed.dots(classifier, t.lang)
counts = counts_at(
    state.value("threshold"), [dot.score for dot in examined], [dot.rude for dot in examined]
)
row = [
    Figure(decimal(state.value("threshold"), t.lang), t("safety.threshold")),
    Figure(share(counts.precision, t.lang), t("safety.precision")),
    Figure(share(counts.recall, t.lang), t("safety.recall")),
]
hand_over(t, "safety", row)
