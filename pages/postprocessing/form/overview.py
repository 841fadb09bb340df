"""What stands below the question on the page “form”."""

import streamlit as st

from core.inference.text.constraint import Constraint, way_out
from core.postprocessing.form.mending import mend
from core.services import services
from pages.kit import models, site, state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    Figure,
    experiments,
    hand_over,
    note,
    predict,
    source,
    under_the_hood,
)
from pages.kit.numbers import share, whole
from pages.kit.static import ASSETS
from pages.postprocessing.form import answer_grid
from pages.postprocessing.form import fifty as draws
from pages.postprocessing.form.truth import can_be_judged, how_many_true


def draw(t: Words) -> None:
    """Draw the page below its question."""
    # Controls, compute and show of the stage
    found = models.on_hand(services(), state.owner())
    fifty = None
    if not found:
        note(t("form.none"))
        st.page_link(site.page("training", t), label=t("form.to_training"))
    else:
        st.html(ASSETS / "form.css")
        model = found[0]
        fifty = answer_grid.draw(model, t)
        answer_grid.detail(model, fifty, t)

    if fifty is not None and can_be_judged(model, fifty, t) and experiments(t):
        predict(
            f"form_true_{model.id[:8]}_{t.lang}",
            t,
            question=t("form.true_question"),
            options={
                "all": t("form.true_all"),
                "most": t("form.true_most"),
                "few": t("form.true_few"),
                "none": t("form.true_none"),
            },
            measure=lambda: how_many_true(model, fifty, t),
        )

    if under_the_hood(t):
        source(
            t,
            Constraint,
            words=t("form.hood_constraint"),
            formula=r"p'_i \propto p_i \cdot [\,x_{<t}\, i \text{ can still become valid}\,]",
            paper="Willard and Louf 2023, Efficient Guided Generation for Large Language Models, "
            "arXiv:2307.09702",
        )
        source(t, way_out, words=t("form.hood_way_out"))
        source(t, mend, words=t("form.hood_mend"))

    row = []
    if fifty is not None and fifty.is_whole:
        for name, reads in draws.readings(model, fifty):
            n = sum(read is not None and read.is_valid for read in reads)
            label = {
                "free": t("form.valid_free"),
                "mended": t("form.valid_mended"),
                "held": t("form.valid_held"),
            }[name]
            row.append(Figure(share(n / draws.N_DRAWS, t.lang), label))
        row.append(Figure(whole(draws.N_DRAWS, t.lang), t("form.n_draws")))
    hand_over(t, "form", row)
