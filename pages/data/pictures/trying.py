"""The experiments of step 1 for pictures: each is measured at the moment somebody asks."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Final

import numpy as np
import streamlit as st

from core.data.pictures.collecting.copies import Score, score, true_pairs
from core.data.pictures.collecting.corpus import Corpus, draw_corpus
from core.data.pictures.collecting.counting import colours_of
from core.data.pictures.collecting.files import png_of
from core.data.pictures.collecting.fingerprints import equal_pairs
from core.data.pictures.collecting.grey_hashes import difference_hash, equal_hashes
from core.data.pictures.collecting.settings import SKEWED, PictureSettings
from core.data.pictures.drawing.painting import Pixels
from core.data.pictures.drawing.palette import COLOURS
from core.once import once
from pages.kit.catalogue import Words
from pages.kit.frame import Measured, note, predict
from pages.kit.numbers import share, whole

N_PICTURES: Final = 2000
COPY_SHARE: Final = 0.025
BITS: Final = 5  # of 64, up to which grey hashes are commonly called equal
FEW, SOME = 1.5, 10.0  # times as many as there are: the limits between the guesses
SKEW: Final = 0.9
SEVENTY, TWENTY = 70, 20  # green apples: the limits between the guesses
N_MISTAKEN: Final = 4


@dataclass(frozen=True, eq=False)
class Contrast:
    """A grey hash and our colour fingerprint on the same pictures."""

    grey: Score
    ours: Score
    mistaken: tuple[tuple[Pixels, Pixels], ...]  # pairs equal in grey, of different scenes


def blind_to_colour(t: Words) -> None:
    """How many pairs a usual hash calls copies."""
    predict(
        "hash",
        t,
        question=t("data_pictures.hash_question", n=whole(N_PICTURES, t.lang)),
        options={
            "few": t("data_pictures.hash_few"),
            "some": t("data_pictures.hash_some"),
            "many": t("data_pictures.hash_many"),
        },
        measure=partial(measure_hash, t),
        about=lambda: note(t("data_pictures.hash_about", bits=BITS)),
    )


def measure_hash(t: Words) -> Measured:
    """Let both look for copies in the same drawn pictures, whose copies are known."""
    found = contrast()
    times = found.grey.n_found / max(1, found.grey.n_true)
    outcome = "few" if times < FEW else "some" if times < SOME else "many"
    text = t(
        "data_pictures.hash_measured",
        true=whole(found.grey.n_true, t.lang),
        grey=whole(found.grey.n_found, t.lang),
        precision=share(found.grey.precision, t.lang),
        recall=share(found.grey.recall, t.lang),
        ours=whole(found.ours.n_found, t.lang),
        ours_precision=share(found.ours.precision, t.lang),
        ours_recall=share(found.ours.recall, t.lang),
    )
    return Measured(outcome, text, partial(show_mistaken, t, found.mistaken))


@once(1)
def contrast() -> Contrast:
    """Both on one corpus; the same in every session, so it is computed once."""
    corpus = draw_corpus(
        PictureSettings(
            n_pictures=N_PICTURES, copy_share=COPY_SHARE, near_copy_share=COPY_SHARE, seed=5
        )
    )
    truth = true_pairs(corpus.pictures, corpus.entries)
    grey = equal_hashes(difference_hash(corpus.pictures), BITS)
    ours = equal_pairs(corpus.pictures)
    return Contrast(score(grey, truth), score(ours, truth), _mistaken(corpus, grey.tolist()))


def _mistaken(corpus: Corpus, pairs: Sequence[Sequence[int]]) -> tuple[tuple[Pixels, Pixels], ...]:
    """The pairs called equal that differ most in colour, each picture in one of them only."""

    def off(pair: Sequence[int]) -> float:
        one, other = (corpus.pictures[i].astype(np.int16) for i in pair)
        return float(np.abs(one - other).mean())

    used: set[int] = set()
    found: list[tuple[Pixels, Pixels]] = []
    for pair in sorted(pairs, key=off, reverse=True):
        if len(found) < N_MISTAKEN and not used & set(pair):
            used |= set(pair)
            found.append((corpus.pictures[pair[0]], corpus.pictures[pair[1]]))
    return tuple(found)


def show_mistaken(t: Words, pairs: Sequence[tuple[Pixels, Pixels]]) -> None:
    """Pairs that a grey hash takes for one picture."""
    images = "".join(
        f'<img class="gb-twins" alt="{escape(t("data_pictures.hash_pair"))}" '
        f'src="data:image/png;base64,{b64encode(png_of(_side_by_side(*pair))).decode()}">'
        for pair in pairs
    )
    st.html(f'<div class="gb-mistaken">{images}</div>')
    note(t("data_pictures.hash_pairs"))


def _side_by_side(one: Pixels, other: Pixels) -> Pixels:
    gap = np.full((one.shape[0], 2, 3), 255, np.uint8)
    return np.concatenate([one, gap, other], axis=1)


def red_apples(t: Words) -> None:
    """What is left of the other colours where nine of ten apples are made red."""
    predict(
        "apples",
        t,
        question=t("data_pictures.apples_question", n=whole(N_PICTURES, t.lang)),
        options={
            "many": t("data_pictures.apples_more", n=SEVENTY),
            "some": t("data_pictures.apples_between", low=TWENTY, high=SEVENTY),
            "few": t("data_pictures.apples_fewer", n=TWENTY),
        },
        measure=partial(measure_apples, t),
    )


def measure_apples(t: Words) -> Measured:
    """Draw the pictures with the skew and without, and count the apples in both."""
    even, skewed = apples(0.0), apples(SKEW)
    green = skewed["green"]
    outcome = "many" if green > SEVENTY else "some" if green >= TWENTY else "few"
    text = t(
        "data_pictures.apples_measured",
        green=whole(green, t.lang),
        before=whole(even["green"], t.lang),
        red=share(skewed["red"] / sum(skewed.values()), t.lang),
        all=whole(sum(skewed.values()), t.lang),
    )

    def show() -> None:
        st.html(_bar(t("data_pictures.apples_even"), even) + _bar(
            t("data_pictures.apples_skewed"), skewed))  # fmt: skip

    return Measured(outcome, text, show)


@once(16)
def apples(skew: float) -> dict[str, int]:
    """How many apples there are in each colour."""
    corpus = draw_corpus(PictureSettings(n_pictures=N_PICTURES, colour_skew=skew))
    return colours_of(corpus.entries, SKEWED[0])


def _bar(name: str, counted: dict[str, int]) -> str:
    """The shares of the colours as one bar of their paints."""
    total = sum(counted.values()) or 1
    parts = "".join(
        f'<i style="width:{100 * n / total:.2f}%;background:rgb'
        f'({", ".join(str(round(level)) for level in COLOURS[colour])})"></i>'
        for colour, n in counted.items()
    )
    return (
        f'<p class="gb-apples"><span>{escape(name)}</span></p><div class="gb-shades">{parts}</div>'
    )
