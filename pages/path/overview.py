"""What stands below the question on the page “learning path”."""

import streamlit as st

from core.house import house_artifacts
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import hand_over, note, stage
from pages.kit.static import ASSETS
from pages.path import kept, listing, opened, taking


def draw(t: Words) -> None:
    """Draw the page below its question: one unit, or all of them."""
    st.html(ASSETS / "path.css")
    name = state.value("unit")
    if not house_artifacts():
        note(t("path.no_house"))
    if name:
        opened.draw(name, t)
        return
    progress = kept.progress()
    with stage(t("path.stage")):
        listing.draw(progress, t)
    taking.draw(progress, t)
    complete = all(each == "complete" for each in listing.stages(progress).values())
    hand_over(t, "path", is_known=complete or state.depth() == "watch")
