"""Drawn: the same answers by two rulers, over the sizes of the models."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

import streamlit as st

from core.figures.curves import Axes, LogSteps
from core.figures.growth import Series, growth
from core.limits.slope.emergence import LETTERS, N_LETTERS, Code, Judged, encoded, pooled
from pages.kit import components
from pages.kit.catalogue import Words
from pages.kit.components.figures import marks
from pages.kit.numbers import decimal, share, whole
from pages.limits.shown import table, with_span

MOST: Final = 0.5  # whole answers right from here on: most
FEW: Final = 0.1  # below it: hardly any
N_SHOWN: Final = 3  # sizes that are shown before the guess
SIZE_AXIS: Final = LogSteps(800, 400_000, (1_000, 10_000, 100_000))
LOSS_DIGITS: Final = 2

Sizes = Mapping[int, Sequence[Judged]]


def together(sizes: Sizes) -> dict[int, Judged]:
    """All seeds of each size as one."""
    return {n_parameters: pooled(some) for n_parameters, some in sizes.items()}


def outcome_of(largest: Judged) -> str:
    """Which expectation the largest model fulfils."""
    exact = largest.exact(N_LETTERS)
    return "most" if exact >= MOST else "few" if exact < FEW else "some"


def sample(t: Words) -> str:
    """A word and its answer in the code."""
    code = Code.drawn(1)
    word = "".join(LETTERS[token] for token in code.asked(1)[0].tolist())
    said = t("slope.sample", word=word, answer=encoded(code, word))
    return f"<p class='gb-found'>{escape(said)}</p>"


def first_sizes(sizes: Sizes, t: Words) -> None:
    """The whole answers of the smallest sizes, with room for the others."""
    few = dict(list(together(sizes).items())[:N_SHOWN])
    fig = growth(
        [_exact(few, N_LETTERS, t)],
        Axes(t("slope.parameters"), t("slope.axis_exact", k=whole(N_LETTERS, t.lang))),
        x_axis=SIZE_AXIS,
        marks=marks(t),
        y_range=(-0.03, 1.03),
        percent=True,
    )
    components.figure(fig, t, key="slope_first", alt=t("slope.first_alt"), height=210)


def two_rulers(sizes: Sizes, key: str, t: Words, k: int = N_LETTERS) -> None:
    """Whole answers on the left, single letters on the right: the same answers of the same models.

    Args:
        key: of the figures.
        k: letters of an answer that count.
    """
    found = together(sizes)
    expected = Series(
        t("slope.independent"),
        list(found),
        [one.as_if_independent(k) for one in found.values()],
        role="house",
        joined="dot",
        marked=False,
    )
    left, right = st.columns(2)
    with left:
        fig = growth(
            [_exact(found, k, t), expected],
            Axes(t("slope.parameters"), t("slope.axis_exact", k=whole(k, t.lang))),
            x_axis=SIZE_AXIS,
            marks=marks(t),
            y_range=(-0.03, 1.03),
            percent=True,
        )
        components.figure(fig, t, key=f"{key}_exact", alt=t("slope.exact_alt"), height=300)
    with right:
        fig = growth(
            [_letters(found, k, t)],
            Axes(t("slope.parameters"), t("slope.axis_letters")),
            x_axis=SIZE_AXIS,
            marks=marks(t),
            y_range=(-0.03, 1.03),
            percent=True,
        )
        components.figure(fig, t, key=f"{key}_letters", alt=t("slope.letters_alt"), height=300)


def _exact(found: Mapping[int, Judged], k: int, t: Words) -> Series:
    ends = [one.exact_interval(k) for one in found.values()]
    return Series(
        t("slope.exact"),
        list(found),
        [one.exact(k) for one in found.values()],
        low=[low for low, _ in ends],
        high=[high for _, high in ends],
        role="valid",
    )


def _letters(found: Mapping[int, Judged], k: int, t: Words) -> Series:
    ends = [one.per_letter_interval(k) for one in found.values()]
    return Series(
        t("slope.letters"),
        list(found),
        [one.per_letter(k) for one in found.values()],
        low=[low for low, _ in ends],
        high=[high for _, high in ends],
    )


def tabulated(sizes: Sizes, t: Words, k: int = N_LETTERS) -> str:
    """Each size by every ruler."""
    heads = (
        t("slope.parameters"),
        t("slope.exact"),
        t("slope.letters"),
        t("slope.independent"),
        t("slope.loss"),
        t("slope.n_words"),
    )
    rows = [
        (
            whole(n_parameters, t.lang),
            with_span(one.whole[k - 1], one.n, t),
            with_span(sum(one.letters[:k]), k * one.n, t),
            share(one.as_if_independent(k), t.lang),
            decimal(one.loss_nats, t.lang, LOSS_DIGITS),
            whole(one.n, t.lang),
        )
        for n_parameters, one in together(sizes).items()
    ]
    return table(heads, rows, t("slope.stage"))


def sentence(sizes: Sizes, t: Words) -> str:
    """What both rulers say of the smallest sizes and of the largest."""
    found = list(together(sizes).items())
    (_, smallest), (_, middle), (n_largest, largest) = found[0], found[N_SHOWN - 1], found[-1]
    return t(
        "slope.found",
        exact_small=share(smallest.exact(N_LETTERS), t.lang),
        exact_middle=share(middle.exact(N_LETTERS), t.lang),
        exact_large=with_span(largest.whole[-1], largest.n, t),
        letters_small=share(smallest.per_letter(N_LETTERS), t.lang),
        letters_middle=share(middle.per_letter(N_LETTERS), t.lang),
        letters_large=share(largest.per_letter(N_LETTERS), t.lang),
        n=whole(n_largest, t.lang),
    )
