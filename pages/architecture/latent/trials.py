"""The experiments of the station, each measured when the visitor asks for the result."""

from typing import Final

import numpy as np
import streamlit as st
import torch

from core.architecture.pictures.autoencoder import Autoencoder
from core.data.pictures.tensors import to_tensor
from core.house.latent import HouseLatent
from core.house.latent.measuring import unseen_pages
from core.inference.pictures import PictureModel
from core.inference.pictures.latents import Parts, shares_lost
from core.lineage import content_id
from pages.architecture.latent import looking
from pages.architecture.pictures.looking import one_thread
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import Measured, predict
from pages.kit.numbers import share, whole

N_PAGES: Final = 64
N_AT_ONCE: Final = 16


def show(
    found: HouseLatent, model: PictureModel, first: Autoencoder, parts: Parts, t: Words
) -> None:
    """Both, side by side."""
    left, right = st.columns(2)
    with left:
        predict(
            "lost_first",
            t,
            question=t("latent.lost_question"),
            options={
                "colour": t("latent.lost_colour"),
                "place": t("latent.lost_place"),
                "lines": t("latent.lost_lines"),
            },
            measure=lambda: lost_first(found, first, t),
        )
    with right:
        caption = parts.film.captions[0]
        key = content_id(f"{caption} {parts.film.seeds[0]}".encode())[:8]
        predict(
            f"unguided_{key}",
            t,
            question=t("latent.unguided_question"),
            options={
                "both": t("latent.unguided_both"),
                "guided": t("latent.unguided_guided"),
                "plain": t("latent.unguided_plain"),
                "none": t("latent.unguided_none"),
            },
            measure=lambda: without_guidance(found, model, caption, t),
        )


def lost_first(found: HouseLatent, model: Autoencoder, t: Words) -> Measured:
    """What is the error of unseen pages made of?"""
    seed = state.seed() + 50_000
    pages = to_tensor(np.stack([page for _, page in unseen_pages(found.book, N_PAGES, seed)]))
    with one_thread(), torch.no_grad():
        again = [model.decode(model.encode(some)) for some in pages.split(N_AT_ONCE)]
    shares = shares_lost(pages, torch.cat(again).clamp(-1.0, 1.0))
    by_name = {"colour": shares.colour, "place": shares.place, "lines": shares.lines}
    text = t(
        "latent.lost_text",
        n=whole(N_PAGES, t.lang),
        lines=share(shares.lines, t.lang),
        colour=share(shares.colour, t.lang),
        place=share(shares.place, t.lang),
    )
    return Measured(max(by_name, key=by_name.__getitem__), text)


N_DRAWN: Final = 8


def without_guidance(found: HouseLatent, model: PictureModel, caption: str, t: Words) -> Measured:
    """Of eight noises, how many pictures are right with guidance, and how many without?"""
    guided, plain, scene = looking.drawn_with_and_without(model, caption, state.seed(), N_DRAWN)
    if scene is None:
        return Measured("none", t("latent.unguided_unknown"))
    outcome = (
        "none" if not guided and not plain
        else "both" if abs(guided - plain) <= 1
        else "guided" if guided > plain
        else "plain"
    )  # fmt: skip
    text = t("latent.unguided_text", n=N_DRAWN, guided=guided, plain=plain)
    return Measured(outcome, text)
