"""What stands below the question on the page “latent”."""

import streamlit as st

from core.architecture.pictures.autoencoder import Autoencoder, Residual
from core.errors import TooLong
from core.inference.pictures import PictureModel
from core.inference.pictures.latents import Parts, follow, look_at_parts
from core.training.pictures import reconstructing
from pages.architecture.latent import (
    choosing,
    looking,
    others,
    pressing,
    saving,
    showing_parts,
    trials,
)
from pages.home.shipped import day
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    Figure,
    card,
    computed_now,
    experiments,
    figures,
    first_action,
    hand_over,
    note,
    precomputed,
    show_error,
    source,
    stage,
    under_the_hood,
)
from pages.kit.numbers import decimal, millions, share, share_span, whole
from pages.kit.static import ASSETS


def draw(t: Words) -> None:
    """Draw the page below its question."""
    st.html(ASSETS / "latent.css")
    shipped = looking.shipped()
    row: list[Figure] = []
    if shipped is None:
        note(t("latent.none"))
    else:
        found, model, first = shipped
        caption, seed = state.caption(), state.seed()

        # Controls, compute and show: a picture at the narrow place
        try:
            with stage(t("latent.stage"), computed_now(t)):
                first_action(t, "latent")
                n_given, n_kept = first.config.numbers_in, first.config.numbers_kept
                numbers, kept = whole(n_given, t.lang), whole(n_kept, t.lang)
                note(t("latent.which_model", numbers=numbers, kept=kept))
                given = choosing.chosen_picture(found, model, t)
                one = looking.shown(first, given)
                cell = pressing.at_narrow_place(one, first, t)
            with card("latent_parts", t("latent.parts"), computed_now(t)):
                parts = looking.parts_of(model, caption, seed)
                seen = looking.seen_parts(model, caption, seed)
                showing_parts.show(model, parts, seen, t, key=f"latent_parts_{seed}")
                note(t("latent.parts_about", caption=caption))
        except TooLong as too_long:
            show_error(too_long, t)
            return
        if state.depth() != "watch":
            with card("latent_change", t("latent.change_title"), computed_now(t)):
                pressing.change_one(one, cell, first, t)
            with card("latent_blend", t("latent.blend_title"), computed_now(t)):
                page = looking.pages_of_book(choosing.N_PAGES)[seed % choosing.N_PAGES]
                pressing.blend(one, looking.shown(first, page), first, t)
            with card("latent_saving", t("latent.saving"), computed_now(t)):
                saving.show(model, t)
        _measured(found, t)
        with card("latent_others", t("latent.others")):
            others.show(t)
        if experiments(t):
            trials.show(found, model, first, parts, t)
        row = _passed_on(model, first, t)
    if under_the_hood(t):
        _hood(t)
    hand_over(t, "latent", row)


def _measured(found: looking.HouseLatent, t: Words) -> None:
    """How good both stages are, as their command measured it."""
    how = precomputed(t, found.made["command"], day(found.made["date"], t.lang))
    lost, drawn = found.lost, found.drawn["book"]["whole"]
    whole_read = lost["read"]["whole"]
    with card("latent_measured", t("latent.measured"), how):
        figures(
            t,
            [
                Figure(decimal(lost["error"]["mean"], t.lang, 1), t("latent.mean_error")),
                Figure(decimal(lost["psnr"]["mean"], t.lang, 1), t("latent.psnr")),
                Figure(share(whole_read["share"], t.lang), t("latent.still_read")),
                Figure(share(drawn["share"], t.lang), t("latent.drawn_right")),
            ],
        )
        note(
            t(
                "latent.measured_about",
                n=whole(lost["n"], t.lang),
                span=share_span(whole_read["low"], whole_read["high"], t.lang, 1),
                edges=decimal(lost["edges"]["mean"], t.lang, 1),
                calm=decimal(lost["calm"]["mean"], t.lang, 1),
                n_drawn=whole(drawn["n"], t.lang),
                span_drawn=share_span(drawn["low"], drawn["high"], t.lang, 1),
            )
        )


def _passed_on(model: PictureModel, first: Autoencoder, t: Words) -> list[Figure]:
    config = first.config
    return [
        Figure(millions(first.n_parameters, t.lang), t("latent.first_weights"), "house"),
        Figure(millions(model.denoiser.n_parameters, t.lang), t("latent.second_weights"), "house"),
        Figure(f"{config.side} × {config.side} × {config.n_latents}", t("latent.passes_space")),
    ]


def _hood(t: Words) -> None:
    source(
        t,
        Autoencoder,
        Residual,
        words=t("latent.hood_autoencoder"),
        formula=r"z = \frac{E(x) - \mu}{\sigma}, \qquad \hat x = D(\sigma z + \mu)",
        paper="Rombach et al. 2022, arXiv:2112.10752",
    )
    source(
        t,
        reconstructing.lost,
        words=t("latent.hood_lost"),
        formula=r"L = \overline{|\hat x - x|} + \overline{|\nabla(\hat x - x)|} + "
        r"\beta\, D_{\mathrm{KL}}\big(\mathcal N(\mu, \sigma^2) \,\|\, \mathcal N(0, 1)\big)",
        paper="Kingma & Welling 2013, arXiv:1312.6114",
    )
    source(t, follow, words=t("latent.hood_follow"))
    source(
        t,
        look_at_parts,
        Parts,
        words=t("latent.hood_parts"),
        paper="Ho & Salimans 2022, arXiv:2207.12598; Liu et al. 2022, arXiv:2209.03003",
    )
