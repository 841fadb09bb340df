"""The parts of Stable Diffusion, each shown at work while our own model draws the caption."""

from typing import Final

import numpy as np
import torch

from core.inference.pictures import PictureModel
from core.inference.pictures.latents import Parts
from pages.architecture.latent import looking
from pages.kit.catalogue import Words
from pages.kit.components import ModelPart, latent_parts
from pages.kit.components.latent_space import Cell
from pages.kit.numbers import whole

N_VECTOR: Final = 32  # numbers of a word's vector that are shown


def show(model: PictureModel, found: Parts, seen: looking.Seen, t: Words, *, key: str) -> None:
    """The diagram with its parts, and the one that is seen closely."""
    latents = found.latents
    velocity = found.velocity
    latent_parts(
        parts(model, found, t),
        {
            "noisy": latents.numpy(),
            "told": found.told.numpy(),
            "untold": found.untold.numpy(),
            "difference": (found.told - found.untold).numpy(),
            "velocity": velocity.numpy(),
        },
        {"now": seen.now, "guess": seen.guess, "plain": seen.plain},
        t,
        key=key,
        words=found.words,
        vectors=found.vectors[:, :N_VECTOR].numpy(),
        effects=found.effects.numpy(),
        times=found.times,
        guidance=found.film.settings.guidance,
        cell=telling_cell(velocity),
        moment=len(found.told) // 2,
    )


def telling_cell(velocity: torch.Tensor) -> Cell:
    """The number of the latents that the drawing moves most: (M, Z, s, s) -> its place."""
    moved = velocity.abs().mean(0).numpy()
    z, row, column = (int(each) for each in np.unravel_index(int(moved.argmax()), moved.shape))
    return z, row, column


def parts(model: PictureModel, found: Parts, t: Words) -> list[ModelPart]:
    """Every part: what it does here, and what it is in Stable Diffusion."""
    config = model.denoiser.config
    strongest = found.words[int(found.effects.mean(0).argmax())]
    n = config.size**2 * config.n_colours
    return [
        ModelPart(
            name="text",
            title=t("latent.text_encoder"),
            does=t(
                "latent.text_does",
                n=whole(len(found.words), t.lang),
                numbers=whole(config.n_channels, t.lang),
                word=strongest,
            ),
            theirs=t("latent.text_theirs"),
        ),
        ModelPart(
            name="latents",
            title=t("latent.latents"),
            does=t("latent.latents_do", n=whole(n, t.lang), side=config.size, z=config.n_colours),
            theirs=t("latent.latents_theirs"),
        ),
        ModelPart(
            name="denoiser",
            title=t("latent.denoiser"),
            does=t(
                "latent.denoiser_does",
                blocks=config.n_blocks,
                weights=whole(model.denoiser.n_parameters, t.lang),
            ),
            theirs=t("latent.denoiser_theirs"),
        ),
        ModelPart(
            name="scheduler",
            title=t("latent.scheduler"),
            does=t("latent.scheduler_does", n=len(found.told)),
            theirs=t("latent.scheduler_theirs"),
        ),
        ModelPart(
            name="guidance",
            title=t("latent.guidance"),
            does=t("latent.guidance_does"),
            theirs=t("latent.guidance_theirs"),
        ),
        ModelPart(
            name="decoder",
            title=t("latent.decoder"),
            does=t("latent.decoder_does"),
            theirs=t("latent.decoder_theirs"),
        ),
    ]
