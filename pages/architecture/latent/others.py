"""How others do it: what each of them turns a caption into a picture with, by published sources."""

from dataclasses import dataclass
from html import escape

import streamlit as st

from pages.kit.catalogue import Words


@dataclass(frozen=True)
class Other:
    """One model: what it draws with, what differs from the parts above, and where that is said."""

    name: str
    space: str
    differs: str
    source: str


def others(t: Words) -> list[Other]:
    """The best-known ones, in the order in which they appeared."""
    return [
        Other(
            "DALL·E (2021)",
            t("latent.dalle_space"),
            t("latent.dalle_differs"),
            "Ramesh et al. 2021, arXiv:2102.12092",
        ),
        Other(
            "DALL·E 2 (2022)",
            t("latent.dalle2_space"),
            t("latent.dalle2_differs"),
            "Ramesh et al. 2022, arXiv:2204.06125",
        ),
        Other(
            "Imagen (2022)",
            t("latent.imagen_space"),
            t("latent.imagen_differs"),
            "Saharia et al. 2022, arXiv:2205.11487",
        ),
        Other(
            "Stable Diffusion 1 (2022)",
            t("latent.sd_space"),
            t("latent.sd_differs"),
            "Rombach et al. 2022, arXiv:2112.10752; github.com/CompVis/stable-diffusion",
        ),
        Other(
            "DALL·E 3 (2023)",
            t("latent.dalle3_space"),
            t("latent.dalle3_differs"),
            "Betker et al. 2023, Improving Image Generation with Better Captions",
        ),
        Other(
            "Stable Diffusion 3 (2024)",
            t("latent.sd3_space"),
            t("latent.sd3_differs"),
            "Esser et al. 2024, arXiv:2403.03206",
        ),
        Other(
            "Midjourney",
            t("latent.midjourney_space"),
            t("latent.midjourney_differs"),
            "docs.midjourney.com",
        ),
    ]


def show(t: Words) -> None:
    """The table; on a phone every row becomes a card."""
    heads = (
        t("latent.other_model"),
        t("latent.other_space"),
        t("latent.other_differs"),
        t("latent.other_source"),
    )
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    rows = "".join(
        f'<tr><th scope="row">{escape(one.name)}</th>'
        + "".join(
            f'<td data-head="{escape(said)}">{escape(value)}</td>'
            for said, value in zip(heads[1:], (one.space, one.differs, one.source), strict=True)
        )
        + "</tr>"
        for one in others(t)
    )
    st.html(
        f'<table class="gb-how-others"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    )
