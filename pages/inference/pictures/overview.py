"""What stands below the question on the page “inference” for pictures."""

import streamlit as st

from core.inference.pictures.certainty import sure_from
from core.inference.pictures.guidance import guess
from core.inference.pictures.samplers import ddim, ddpm, euler
from core.services import services
from pages.inference.pictures import drawer as drawers
from pages.inference.pictures import stage
from pages.inference.pictures.experiments import all_experiments
from pages.inference.pictures.guiding import guidance_curves
from pages.inference.pictures.keeping import keep_button
from pages.inference.pictures.trying import trying
from pages.kit import site, state
from pages.kit.catalogue import Words
from pages.kit.frame import Figure, experiments, hand_over, note, source, under_the_hood
from pages.kit.numbers import decimal, whole
from pages.kit.static import ASSETS


def draw(t: Words) -> None:
    """Draw the page below its question."""
    found = drawers.on_hand(services(), state.owner())
    drawer, drawing = None, None
    if not found:
        note(t("inference_pictures.none"))
        st.page_link(site.page("training", t), label=t("inference.to_training"))
    else:
        st.html(ASSETS / "inference_pictures.css")
        drawer, drawing = stage.draw(found, t)
        if drawing is not None and state.depth() != "watch":
            keep_button(drawer, drawing, t)
            guidance_curves(drawer, drawing, t)
            trying(drawer, drawing, t)

    if drawer is not None and experiments(t):
        all_experiments(drawer, t)

    if under_the_hood(t):
        source(
            t,
            euler,
            words=t("inference_pictures.hood_euler"),
            formula=r"x_{t-\Delta} = x_t - \Delta\, v, \quad v = \varepsilon - x_0",
            paper="Liu, Gong, Liu 2022, Flow Straight and Fast, arXiv:2209.03003",
        )
        source(
            t,
            ddim,
            ddpm,
            words=t("inference_pictures.hood_diffusion"),
            formula=r"x_s = \sqrt{\bar\alpha_s}\,\hat x_0 + "
            r"\sqrt{1 - \bar\alpha_s}\,\hat\varepsilon",
            paper="Song, Meng, Ermon 2020, Denoising Diffusion Implicit Models, arXiv:2010.02502; "
            "Ho, Jain, Abbeel 2020, Denoising Diffusion Probabilistic Models, arXiv:2006.11239",
        )
        source(
            t,
            guess,
            words=t("inference_pictures.hood_guidance"),
            formula=r"\hat v = v(x_t, \varnothing) + w\,\big(v(x_t, c) - v(x_t, \varnothing)\big)",
            paper="Ho & Salimans 2022, Classifier-Free Diffusion Guidance, arXiv:2207.12598",
        )
        source(t, sure_from, words=t("inference_pictures.hood_sure"))

    row = []
    if drawing is not None:
        side = drawing.picture.shape[0]
        row = [
            Figure(f"{side} × {side}", t("inference_pictures.passes_pixels")),
            Figure(whole(drawing.settings.n_steps, t.lang), t("inference_pictures.passes_steps")),
            Figure(
                decimal(drawing.settings.guidance, t.lang, 1),
                t("inference_pictures.passes_guidance"),
            ),
            Figure(str(drawing.seed), t("inference_pictures.passes_seed")),
        ]
    hand_over(t, "inference", row)
