"""The thread from here to step 6: what a fault of the book comes to is measured there."""

import streamlit as st

from pages.kit import site, state
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import share


def thread(t: Words) -> None:
    """Say where wrong captions and red apples are measured; where there are some, train a pair."""
    from pages.training.pictures.pairing import FAULTS, amount  # slow to import

    faults = [name for name, knob in (("wrong", "book_wrong"), ("skew", "book_skew"))
              if state.value(knob)]  # fmt: skip
    with st.container(key="gb_life_thread", gap="small"):
        note(t("picture_life.thread"))
        for name in faults:
            much = share(amount(FAULTS[name]), t.lang)
            label = (
                t("picture_life.train_wrong", share=much)
                if name == "wrong"
                else t("picture_life.train_skew", share=much)
            )
            if st.button(label, key=f"life_{name}", help=t("picture_life.train_help")):
                begin(name, t)


def begin(name: str, t: Words) -> None:
    """Put both books of a pair on the bench and go where they are trained."""
    from pages.training.pictures.pairing import FAULTS, fork_book

    fork_book(FAULTS[name])
    site.go("training", t)
