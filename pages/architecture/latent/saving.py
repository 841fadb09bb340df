"""What the small space saves: multiplications counted, processor time measured in one run."""

from dataclasses import dataclass
from html import escape
from typing import Final

import streamlit as st

from core.architecture.pictures.config import DenoiserConfig
from core.architecture.pictures.sizes import n_multiplications
from core.inference.pictures import PictureModel
from core.inference.pictures.latents import conv_multiplications, cpu_seconds, on_pixels
from pages.architecture.pictures.looking import one_thread
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import decimal, millions, whole

PATCHES: Final = (8, 4, 2)  # of the same denoiser on pixels
TIMED: Final = (8, 4)  # those that take no second


@dataclass(frozen=True)
class Cost:
    """One question to a denoiser.

    Args:
        patch: side of its patches in pixels; None: it works on latents.
        n_patches: it looks at so many.
        n_numbers: in each.
        multiplications: counted.
        times: processor time as a multiple of that on latents; None: not measured.
    """

    patch: int | None
    n_patches: int
    n_numbers: int
    multiplications: int
    times: float | None


@st.cache_resource(max_entries=2, show_spinner=False)
def costs(_config: DenoiserConfig, size: int) -> list[Cost]:
    """The shipped denoiser on latents, and on the pixels of the same picture."""
    plans = {None: _config} | {patch: on_pixels(_config, size, patch) for patch in PATCHES}
    timed = [patch for patch in plans if patch in (None, *TIMED)]
    with one_thread():
        seconds = dict(zip(timed, cpu_seconds([plans[each] for each in timed]), strict=True))
    return [
        Cost(
            patch,
            plan.n_patches,
            plan.patch_numbers,
            n_multiplications(plan),
            seconds[patch] / seconds[None] if patch in seconds else None,
        )
        for patch, plan in plans.items()
    ]


def show(model: PictureModel, t: Words) -> None:
    """The table, and what encoder and decoder cost once."""
    assert model.autoencoder is not None
    config = model.autoencoder.config
    with st.spinner(t("latent.measuring")):
        found = costs(model.denoiser.config, config.size)
    heads = (
        t("latent.works_on"),
        t("latent.n_patches"),
        t("latent.n_numbers"),
        t("latent.multiplications"),
        t("latent.cpu_time"),
    )
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    rows = "".join(_row(one, config.size, t) for one in found)
    st.html(
        f'<div class="gb-wide" tabindex="0" role="group" aria-label="{escape(t("latent.saving"))}">'
        f'<table class="gb-costs"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )
    decoding = conv_multiplications(model.autoencoder.decoder, config.side)
    note(t("latent.saves_about", decoder=millions(decoding, t.lang)))


def _row(one: Cost, size: int, t: Words) -> str:
    what = (
        t("latent.on_latents")
        if one.patch is None
        else t("latent.on_pixels", size=size, patch=one.patch)
    )
    times = "–" if one.times is None else f"{decimal(one.times, t.lang, 1)} ×"
    cells = (
        whole(one.n_patches, t.lang),
        whole(one.n_numbers, t.lang),
        millions(one.multiplications, t.lang),
        times,
    )
    return f'<tr><th scope="row">{escape(what)}</th>' + "".join(
        f"<td>{escape(cell)}</td>" for cell in cells
    ) + "</tr>"  # fmt: skip
