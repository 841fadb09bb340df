"""What stands below the question on the page “inference”."""

import streamlit as st

from core.inference.generate import generate
from core.inference.sampling import hit, keep_nucleus, temper
from core.inference.text.words import LEAST, WordReader
from core.services import services
from pages.inference import stage
from pages.inference.api import api_calls
from pages.inference.experiments import N_ANSWERS, never_told, same_again
from pages.inference.fact_in_prompt import fact_in_prompt
from pages.inference.whole import handed_over, whole_text
from pages.kit import models, site, state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    experiments,
    hand_over,
    note,
    predict,
    source,
    under_the_hood,
)
from pages.kit.numbers import share
from pages.kit.static import ASSETS


def draw(t: Words) -> None:
    """Draw the page below its question."""
    # Controls, compute and show of the stage
    found = models.on_hand(services(), state.owner())
    if not found:
        note(t("inference.none"))
        st.page_link(site.page("training", t), label=t("inference.to_training"))
        model = None
    else:
        st.html(ASSETS / "inference.css")
        model = stage.draw(found, t)

    if model and state.depth() != "watch":
        whole_text(model, t)

    if model and experiments(t):
        about = f"{model.id[:8]}_{t.lang}"
        predict(
            f"same_{about}",
            t,
            question=t("inference.same_question"),
            options={
                "none": t("inference.same_none"),
                "seed": t("inference.same_seed"),
                "chance": t("inference.same_chance"),
                "all": t("inference.same_all"),
            },
            measure=lambda: same_again(model, state.sentence(), t),
        )
        if model.world is None:
            note(t("inference.no_world"))
        else:
            predict(
                f"told_{about}",
                t,
                question=t("inference.told_question", n=N_ANSWERS),
                options={
                    "silent": t("inference.told_silent"),
                    "unsure": t("inference.told_unsure"),
                    "sure": t("inference.told_sure"),
                    "right": t("inference.told_right"),
                },
                measure=lambda: never_told(model, t),
            )
        if model.world is not None and model.world.left_out_share > 0:
            predict(
                f"prompt_{about}",
                t,
                question=t("inference.prompt_question"),
                options={
                    "used": t("inference.prompt_used"),
                    "little": t("inference.prompt_little"),
                    "not": t("inference.prompt_not"),
                },
                measure=lambda: fact_in_prompt(model, t),
            )
        api_calls(model, t)

    if under_the_hood(t):
        source(
            t,
            temper,
            words=t("inference.hood_temper"),
            formula=r"p_i = \frac{e^{z_i/T}}{\sum_j e^{z_j/T}}",
            paper="Ackley, Hinton, Sejnowski 1985, A Learning Algorithm for Boltzmann Machines",
        )
        source(
            t,
            keep_nucleus,
            words=t("inference.hood_nucleus"),
            formula=r"\min_{K} |K| \;:\; \sum_{i \in K} p_i \ge p",
            paper="Holtzman et al. 2020, The Curious Case of Neural Text Degeneration, "
            "arXiv:1904.09751",
        )
        source(
            t,
            hit,
            words=t("inference.hood_draw"),
            formula=r"x = \min\,\{\,i : p_1 + \dots + p_i > u\,\}, \quad u \sim U[0, 1)",
        )
        source(
            t,
            WordReader.read,
            words=t("inference.hood_words", least=share(LEAST, t.lang, 2)),
            formula=r"p(w) = p(t_1)\, p(t_2 \mid t_1) \cdots p(t_n \mid t_{<n})\;"
            r"p(\text{new} \mid t_{\le n})",
        )
        source(
            t,
            generate,
            words=t("inference.hood_generate"),
            formula=r"p(x_1, \dots, x_n) = \prod_{t} p(x_t \mid x_1, \dots, x_{t-1})",
            paper="Bengio et al. 2003, A Neural Probabilistic Language Model",
        )

    hand_over(t, "inference", handed_over(model, t) if model else ())
