"""The experiment of preferring pictures: draw several, keep the one the reward model likes best."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st
import torch

from core.alignment.pictures.preferring import drawing_each
from core.alignment.pictures.reward import PictureReward, features
from core.alignment.pictures.rules import Left, OpenWish, open_wishes, rule_of
from core.data.pictures.drawing.painting import Pixels
from core.data.pictures.reading.reader import read
from core.inference.pictures.model import PictureModel
from core.pieces import outcome_of
from pages.kit.catalogue import Words
from pages.kit.frame import Measured, predict
from pages.kit.numbers import share

SEED: Final = 61_000
N_CAPTIONS: Final = 12
MANY, SOME = 16, 4  # pictures of a caption of which the best is kept
CLEARLY: Final = 0.15


@dataclass(frozen=True)
class Kept:
    """What became of the best of several pictures of each caption.

    Args:
        rate: share that keeps the rule.
        met: share that shows all that is said.
    """

    rate: float
    met: float


def best_of_many(
    key: str, model: PictureModel, reward: PictureReward, left_open: Left, rule: str, name: str,
    t: Words,
) -> None:  # fmt: skip
    """Ask what keeping the best of sixteen does, then draw them and count."""
    predict(
        f"best_{key}",
        t,
        question=t("preferring_pictures.best_question", n=MANY, rule=name),
        options={
            "more": t("preferring_pictures.best_more"),
            "same": t("preferring_pictures.best_same"),
        },
        measure=lambda: measured(model, reward, left_open, rule, name, t),
    )


def measured(
    model: PictureModel, reward: PictureReward, left_open: Left, rule: str, name: str, t: Words
) -> Measured:
    """Sixteen pictures of each of some captions that nobody chose on."""
    wishes = open_wishes(left_open, N_CAPTIONS, SEED, held_out=True)
    drawn = _drawn(model, wishes, t)
    one, some, many = (kept(model, reward, wishes, drawn, n, rule) for n in (1, SOME, MANY))
    text = t(
        "preferring_pictures.best_measured",
        rule=name,
        a=share(one.rate, t.lang),
        b=share(some.rate, t.lang),
        c=share(many.rate, t.lang),
        some=SOME,
        many=MANY,
        met_a=share(one.met, t.lang),
        met_c=share(many.met, t.lang),
        n=N_CAPTIONS,
    )
    return Measured("more" if many.rate > one.rate + CLEARLY else "same", text)


def kept(
    model: PictureModel,
    reward: PictureReward,
    wishes: Sequence[OpenWish],
    drawn: Sequence[Sequence[Pixels]],
    n: int,
    rule: str,
) -> Kept:
    """Of the first n pictures of each caption the one with the highest reward, judged."""
    hits, met = 0, 0
    for wish, pictures in zip(wishes, drawn, strict=True):
        values = reward.of(features(model, pictures[:n]))
        reading = read(pictures[int(values.argmax())])
        hits += rule_of(rule).is_kept(reading)
        met += wish.is_met(reading)
    return Kept(hits / len(wishes), met / len(wishes))


def _drawn(model: PictureModel, wishes: Sequence[OpenWish], t: Words) -> list[list[Pixels]]:
    """Every picture, while a bar moves; a rerun breaks it off."""
    torch.set_num_threads(1)
    found: list[list[Pixels]] = []
    bar = st.progress(0.0, text=t("preferring_pictures.best_runs"))
    st.button(t("training.trial_stop"), key="stop_best")  # its rerun ends this one
    for n, wish in enumerate(wishes, start=1):
        found += outcome_of(drawing_each(model, [wish], MANY))
        bar.progress(n / len(wishes), text=t("preferring_pictures.best_runs"))
    return found
