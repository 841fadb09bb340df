"""Pairs of lanes for pictures: two runs with the same seed and one difference between them.

The difference is a fault of the book, made in step 1 and measured in step 6, or a setting of
training. Both lanes of a faulty book learn from the small one, so that they are done in minutes.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

import streamlit as st

from core.data.pictures.collecting.archive import order_bytes
from core.data.pictures.collecting.corpus import truth_of
from core.data.pictures.collecting.counting import colours_of
from core.data.pictures.collecting.settings import SKEWED, PictureSettings
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.house.pictures.recipe import APPLES, LANES, LIVE
from core.lineage import Artifact, Number
from core.modality import PICTURES
from core.once import once
from core.services import services
from core.store.workbench import Difference, Lane
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import share
from pages.training.running import lane_rate, rate_slider

Fault = Literal["wrong_caption_share", "colour_skew"]
FAULTS: Final[Mapping[str, Fault]] = {"wrong": "wrong_caption_share", "skew": "colour_skew"}
"""What can be wrong with a book, by its name among the pairs."""
KNOBS: Final[Mapping[Fault, str]] = {
    "wrong_caption_share": "book_wrong",
    "colour_skew": "book_skew",
}
USUAL: Final[Mapping[Fault, float]] = {
    "wrong_caption_share": LANES["wrong"].book.wrong_caption_share,
    "colour_skew": APPLES.book.colour_skew,
}
"""How much of a fault, where step 1 asks for none: as much as in what is shipped."""


def difference() -> Difference | None:
    """What makes the visitor's two lanes a pair; None of one lane."""
    return services().store.benches.of(state.owner(), PICTURES).difference


def amount(fault: Fault) -> float:
    """How much of a fault a pair gets: what step 1 asks for, else the usual."""
    return float(state.value(KNOBS[fault])) or USUAL[fault]


def pair_controls(t: Words) -> None:
    """In what the two runs of a pair differ."""
    names = {
        "none": t("training.pair_none"),
        "wrong": t("training_pictures.pair_wrong", share=share(amount(FAULTS["wrong"]), t.lang)),
        "skew": t("training_pictures.pair_skew", share=share(amount(FAULTS["skew"]), t.lang)),
        "rate": t("training.pair_learning_rate"),
        "objective": t("training_pictures.pair_objective"),
    }
    chosen = controls.choice("picture_pair", t("training.pair"), names.__getitem__)
    if chosen == "rate":
        rate_slider("picture_rate_b", t("training.second_learning_rate"), t)
    if chosen in FAULTS:
        note(t("training_pictures.pair_measured"))
    note(t("training_pictures.pair_note"))


def fork_book(fault: Fault) -> None:
    """Make the bench a pair: the small book without the fault in lane a, with it in lane b."""
    owner, store = state.owner(), services().store
    much = amount(fault)
    encoder = keep_words(owner)
    store.benches.put(owner, "a", encoder.id, "encoder")
    store.benches.fork(owner, PICTURES, "data", fault, 0.0, much)
    lanes: tuple[tuple[Lane, float], ...] = (("a", 0.0), ("b", much))
    for lane, value in lanes:
        book = keep_book(owner, LIVE.book.changed(**{fault: value}))
        store.benches.put(owner, lane, book.id, "corpus")
        store.benches.put(owner, lane, encoder.id, "encoder")


def keep_book(owner: str, book: PictureSettings) -> Artifact:
    """The pages of a book, kept as the settings that draw them, with what is amiss counted."""
    return services().store.artifacts.keep(
        owner,
        "corpus",
        order_bytes(book),
        modality=PICTURES,
        settings={"book": book.to_dict()},
        numbers={"n_kept": book.n_pictures, **(amiss(book) if book != LIVE.book else {})},
    )


@once(16)
def amiss(book: PictureSettings) -> dict[str, Number]:
    """How many captions are wrong and how many of the apples red, counted page by page."""
    entries = truth_of(book)
    apples = colours_of(entries, SKEWED[0])
    return {
        "n_wrong_captions": sum(not entry.caption_fits for entry in entries),
        "n_apples": sum(apples.values()),
        "n_red_apples": apples[SKEWED[1]],
    }


def keep_words(owner: str) -> Artifact:
    """The words that captions are read with."""
    words = CaptionEncoder.of_the_book(LIVE.book.town_seed)
    return services().store.artifacts.keep(
        owner,
        "encoder",
        words.to_bytes(),
        modality=PICTURES,
        settings={"town_seed": LIVE.book.town_seed},
        numbers={"n_words": words.n_words},
    )


def lane_name(t: Words, made: Difference, lane: str) -> str:
    """What a lane is called by the one thing that tells it apart."""
    value: Any = made.a if lane == "a" else made.b
    if made.setting == "wrong_caption_share":
        return t("training_pictures.lane_wrong", share=share(value, t.lang))
    if made.setting == "colour_skew":
        if not value:
            return t("training_pictures.lane_even")
        return t("training_pictures.lane_skew", share=share(value, t.lang))
    if made.setting == "objective":
        return objectives(t)[str(value)]
    return lane_rate(t, float(value))


def objectives(t: Words) -> dict[str, str]:
    """The names of what a model may predict."""
    return {
        "velocity": t("training_pictures.velocity"),
        "noise": t("training_pictures.noise"),
    }


def other_objective(one: str) -> str:
    """The one of the two that a second lane predicts."""
    return "noise" if one == "velocity" else "velocity"


def unfork() -> None:
    """Keep only the first lane."""
    services().store.benches.unfork(state.owner(), PICTURES)


def forked_note(t: Words, made: Difference) -> None:
    """That step 1 has made a pair, and the way back."""
    with st.container(horizontal=True, vertical_alignment="center", key="gb_forked"):
        a, b = (lane_name(t, made, lane) for lane in ("a", "b"))
        note(t("training_pictures.pair_from_data", a=a, b=b))
        st.button(t("training.one_lane"), key="train_unfork", type="tertiary", on_click=unfork)
