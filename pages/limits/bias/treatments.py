"""What is done against the skew: each treatment with what it leaves and what it costs."""

from dataclasses import dataclass
from typing import Final

import streamlit as st

from core.house.limits.bias import PART, TREATED_SKEW, Bias
from core.intervals import share_interval
from core.limits.bias.measuring import Share, Treatment, stories_of, treatment
from core.training.text.ablation import Mean
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import Measured, card, note, predict
from pages.kit.numbers import NO_FIGURE, change, decimal, interval, quantity, share, whole
from pages.limits.bias.showing import spanned
from pages.limits.shown import measured_then, table, with_span

HALF_BAND: Final = 0.05  # as far from a half a share may be to be called a half
GONE: Final = 0.2  # of what exceeded a half: less than this left is nearly nothing


@dataclass(frozen=True)
class Treated:
    """A row: a treatment in words, and what was measured with it.

    Args:
        name: what is done.
        found: with it.
        asks_more: words that every question needs besides.
    """

    name: str
    found: Treatment
    asks_more: int = 0


def all_of_them(shipped: Bias, t: Words) -> list[Treated]:
    """Every treatment that changes texts, training or prompt; the first is none at all."""
    none, tagged = shipped.of("none"), shipped.of("tagged")
    return [
        Treated(t("bias.lane_none"), treatment(none)),
        Treated(t("bias.lane_balanced"), treatment(shipped.of("balanced"))),
        Treated(t("bias.lane_augmented"), treatment(shipped.of("augmented"))),
        Treated(t("bias.lane_untaught"), treatment(none, "women_told"), 1),
        Treated(t("bias.lane_tagged"), treatment(tagged, "women_told"), 1),
        Treated(t("bias.lane_tagged_silent"), treatment(tagged)),
        Treated(t("bias.lane_tuned"), treatment(shipped.of("tuned"))),
    ]


def outcome_of(found: Share) -> str:
    """How often answers still match the stereotype: as often as before, less, or by halves."""
    if abs(found.value - 0.5) <= HALF_BAND:
        return "half"
    left = (found.value - 0.5) / (TREATED_SKEW - 0.5)
    return "less" if left < 1.0 - GONE else "same"


def guessed() -> bool:
    """Whether what the treatments do may be shown: under “watch” nobody is asked."""
    made = "bias_augmented" in st.session_state.get("_predictions", {})
    return state.depth() == "watch" or made


def draw(shipped: Bias, t: Words) -> None:
    """Under “watch” the table; else a guess first."""

    def show() -> None:
        st.html(tabulated(shipped, t))
        for line in remarks(shipped, t):
            note(line)

    if state.depth() == "watch":
        with card("bias_treated", t("bias.treatments"), measured_then(t, PART)):
            show()
        return

    def measured() -> Measured:
        """What was measured on the shipped models."""
        found, none = treatment(shipped.of("augmented")), treatment(shipped.of("none"))
        text = t(
            "bias.augmented_measured",
            before=spanned(none.answers[1.0], t),
            after=spanned(found.answers[1.0], t),
            deeds=with_span(*found.in_character, t),
            factor=quantity(decimal(found.n_texts / none.n_texts, t.lang, 1), "×"),
        )
        return Measured(outcome_of(found.answers[1.0]), text, show)

    predict(
        "bias_augmented",
        t,
        question=t("bias.guess_augmented", n=whole(100 * TREATED_SKEW, t.lang)),
        options={
            "same": t("bias.augmented_same"),
            "less": t("bias.augmented_less"),
            "half": t("bias.augmented_half"),
        },
        measure=measured,
    )


def tabulated(shipped: Bias, t: Words) -> str:
    """All treatments with what they leave and what they cost."""
    rows = all_of_them(shipped, t)
    none = rows[0].found
    cells = [_cells(row, none, t) for row in rows] + [_filter_cells(shipped, none, t)]
    heads = (
        t("bias.treatment"),
        t("bias.left_warm"),
        t("bias.left_greedy"),
        t("bias.left_deeds"),
        t("bias.left_origin"),
        t("bias.cost_texts"),
        t("bias.cost_loss"),
        t("bias.cost_else"),
    )
    return f"<div class='gb-treated'>{table(heads, cells, t('bias.treatments'))}</div>"


def _cells(row: Treated, none: Treatment, t: Words) -> tuple[str, ...]:
    found = row.found
    more = quantity(decimal(found.n_texts / none.n_texts, t.lang, 2), "×")
    dearer = change(found.loss - none.loss, t.lang, 3)
    asked_otherwise = bool(row.asks_more)
    told = NO_FIGURE if asked_otherwise else with_span(*found.in_character, t)
    origin = NO_FIGURE if asked_otherwise else points(found.names.change, t)
    named = change(found.loss_named - none.loss_named, t.lang, 3)
    else_: str = t("bias.cost_word") if asked_otherwise else t("bias.cost_names", change=named)
    if found is none:
        else_ = NO_FIGURE
    return (
        row.name,
        spanned(found.answers[1.0], t),
        spanned(found.answers[0.0], t),
        told,
        origin,
        more,
        dearer,
        else_,
    )


def points(one: Mean, t: Words) -> str:
    """A paired difference in percentage points, with its interval."""
    return f"{change(100 * one.value, t.lang, 1)} {interval(100 * one.low, 100 * one.high, t.lang)}"


def _filter_cells(shipped: Bias, none: Treatment, t: Words) -> tuple[str, ...]:
    """The filter: women and men let through by turns, whoever is not next thrown away."""
    told = stories_of(shipped.of("none"), 1.0)
    drawn, through, of_women, typical = told.filtered
    low, high = share_interval(of_women, through)
    women = f"{share(of_women / through, t.lang)} ({t('bias.women_through')})"
    return (
        t("bias.lane_filter"),
        women if low <= 0.5 <= high else with_span(of_women, through, t),
        t("bias.filter_greedy"),
        with_span(typical, through, t),
        points(none.names.change, t),
        quantity(decimal(1.0, t.lang, 2), "×"),
        change(0.0, t.lang, 3),
        t("bias.cost_draws", factor=quantity(decimal(drawn / through, t.lang, 1), "×")),
    )


def remarks(shipped: Bias, t: Words) -> list[str]:
    """How the table is to be read, and what it does not show."""
    n = len(shipped.of("none"))
    return [
        t("bias.treated_about", n=whole(n, t.lang), skew=whole(100 * TREATED_SKEW, t.lang)),
        t("bias.treated_greedy"),
        t("bias.treated_loss"),
    ]
