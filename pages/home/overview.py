"""What stands below the question on the page “home”."""

import streamlit as st

from core.inference.generate import generate
from core.inference.sampling import next_token_probs
from core.inference.text.words import word_probs
from core.recheck.transformer import probability_cell
from pages.home import guess, shipped
from pages.home.both import own_pair
from pages.home.hero import hero, rooms
from pages.home.life import life
from pages.home.small import small
from pages.home.way import way
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    card,
    computed_now,
    hand_over,
    note,
    source,
    under_the_hood,
)
from pages.kit.recheck import recheckable
from pages.kit.static import ASSETS
from pages.kit.town import town_note


def draw(t: Words) -> None:
    """Draw the page below its question."""
    st.html(ASSETS / "home.css")

    hero(t)
    rooms(t)
    with st.container(key="gb_about", gap="small"):
        town_note(t)
        about_size = st.container()

    if shipped.artifacts():
        with about_size:
            small(t)
        way(t)
        life(t)
        own_pair(t)
        with card("check", t("home.check"), computed_now(t)):
            likeliest = guess.likeliest(state.sentence(), 1)[0]
            number, said = st.columns([1.5, 1], gap="medium", vertical_alignment="center")
            with said:
                note(t("home.check_how"))
            with number:
                note(t("home.check_text"))
                recheckable(
                    "home",
                    t,
                    value=guess.percent(likeliest, t),
                    label=t("home.check_label", token=likeliest.text),
                    compute=lambda: guess.again(state.sentence(), likeliest, t),
                )

    if under_the_hood(t):
        source(t, generate, words=t("home.hood_generate"))
        source(
            t,
            next_token_probs,
            words=t("home.hood_probs"),
            formula=r"p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}",
        )
        source(t, word_probs, words=t("home.hood_words"))
        source(t, probability_cell, words=t("home.hood_twin"))
        source(t, words=t("home.hood_bits"))

    hand_over(t, "home")
