"""The way to a run that goes on elsewhere: it has to be stopped there before another begins."""

from typing import Final

import streamlit as st

from core.errors import GlassboxError, UnderWay
from core.jobs.programs import ABLATION, DPO, ENCODINGS, FINE_TUNING, GRPO, REWARD, TRAINING
from core.services import services
from pages.kit import site, state
from pages.kit.catalogue import Words
from pages.kit.frame import show_error

PLACES: Final = {
    TRAINING: "training",
    ABLATION: "parts",
    ENCODINGS: "parts",
    FINE_TUNING: "tuning",
    REWARD: "preferring",
    DPO: "aligning",
    GRPO: "aligning",
}
"""The page that shows a program's runs, with the button that stops them."""


def show_refused(error: GlassboxError, t: Words) -> None:
    """Show an error; if another run is in the way, also a link to where it can be stopped."""
    show_error(error, t)
    if not isinstance(error, UnderWay):
        return
    going = services().engine.under_way(state.owner())
    place = PLACES.get(going[0].program) if going else None
    if place:
        label = t("alignment.to_run", place=t(f"shell.{place}"))
        st.page_link(site.page(place, t), label=label, query_params=state.shared())
