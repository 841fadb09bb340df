"""Sums modulo p: by heart first, the rule later, and weight decay as the switch."""

from collections.abc import Sequence
from html import escape
from statistics import median
from typing import Final

import streamlit as st

from core.house.limits.grokking import Grokking
from core.jobs.engine import Plan
from core.jobs.programs import GROKKING
from core.limits.rule.grokking import GrokkingSettings, Learned, courses
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import NO_FIGURE, duration, share, whole, with_extremes
from pages.limits import live
from pages.limits.live import Live, Run

LIVE: Final = Live("rule_modulo", GROKKING, "looked")
N_COLUMNS: Final = 30  # of a picture, at most
SOONER: Final = 1.2  # times as many updates: a difference


def settings_of(seen: Run) -> GrokkingSettings:
    """What a run was asked to do."""
    return GrokkingSettings.from_dict(seen.record.settings)


def options(t: Words) -> dict[str, str]:
    """When the model without weight decay comes to the rule."""
    return {
        "sooner": t("rule.modulo_sooner"),
        "alike": t("rule.modulo_alike"),
        "later": t("rule.modulo_later"),
    }


def outcome_of(some: Sequence[Learned]) -> str | None:
    """Which expectation the models fulfil; None if none came to the rule, or one sort is missing.

    Without weight decay against with it: updates until nearly all other sums are right.
    """
    with_, without = _to_rule(some, "decay"), _to_rule(some, "plain")
    if not with_ or not without or all(n is None for n in (*with_, *without)):
        return None
    first, second = _middle(with_), _middle(without)
    if second > SOONER * first:
        return "later"
    return "sooner" if first > SOONER * second else "alike"


def _to_rule(some: Sequence[Learned], lane: str) -> list[int | None]:
    return [one.rule for one in some if one.lane == lane]


def _middle(updates: Sequence[int | None]) -> float:
    """The median; a model that never came to the rule counts as infinitely late."""
    return median(float("inf") if n is None else float(n) for n in updates)


def ask(seen: Run | None, t: Words) -> None:
    """The guess and the button that begins; while it runs, the one that ends it."""

    def plan() -> Plan:
        settings = GrokkingSettings(seed=state.seed())
        return Plan({}, settings.to_dict(), None, t("rule.modulo_run"), GROKKING)

    live.ask(LIVE, seen, t("rule.modulo_question"), options(t), t("rule.modulo_start"), plan, t)


def progress(t: Words) -> None:
    """While it runs: both curves of the models so far."""

    def told(seen: Run) -> tuple[str, str]:
        text = t(
            "rule.modulo_progress",
            done=whole(seen.record.step, t.lang),
            n=whole(settings_of(seen).n_steps, t.lang),
        )
        n_steps = settings_of(seen).n_steps_each
        return text, panels(courses(seen.rows), n_steps, t) if seen.rows else ""

    live.progress(LIVE, lambda seen: settings_of(seen).n_steps, told, t)


def result(seen: Run, t: Words) -> None:
    """What came of it, beside the guess where one was made in this session."""
    live.failed(seen, t)
    some, settings = courses(seen.rows), settings_of(seen)
    outcome = outcome_of(some)
    if outcome is not None:
        live.found(LIVE, options(t), outcome, sentence(some, settings, t), t)
    elif some:
        note(t("rule.modulo_neither"))
    if some:
        st.html(panels(some, settings.n_steps_each, t))
        note(about(settings, seen.record.seconds, t))
    live.ended(LIVE, seen, t)


def shown(shipped: Grokking, t: Words) -> None:
    """The shipped models, under “watch”."""
    note(sentence(shipped.courses, shipped.settings, t))
    st.html(panels(shipped.courses, shipped.settings.n_steps_each, t))
    note(about(shipped.settings, shipped.seconds, t))


def about(settings: GrokkingSettings, seconds: float, t: Words) -> str:
    """What was trained, and how long it took."""
    return t(
        "rule.modulo_how",
        p=whole(settings.modulus, t.lang),
        n=whole(settings.modulus**2, t.lang),
        told=share(settings.told_share, t.lang),
        steps=whole(settings.n_steps_each, t.lang),
        seeds=whole(settings.n_seeds, t.lang),
        time=duration(seconds, t.lang),
    )


def lane_name(lane: str, t: Words) -> str:
    """With weight decay, or without."""
    return t("rule.modulo_decay") if lane == "decay" else t("rule.modulo_plain")


def _updates(updates: Sequence[int | None], t: Words) -> str:
    """The median of some counts with their extremes; “never” where one is none."""

    def written(n: float) -> str:
        return whole(n, t.lang) if n < float("inf") else t("rule.modulo_never")

    if not updates:
        return NO_FIGURE
    numbers = sorted(float("inf") if n is None else float(n) for n in updates)
    middle = written(median(numbers))
    if len(numbers) == 1:
        return middle
    return with_extremes(middle, written(numbers[0]), written(numbers[-1]))


def sentence(some: Sequence[Learned], settings: GrokkingSettings, t: Words) -> str:
    """After how many updates each sort knew the told sums, and the rule."""
    by_heart = {
        lane: [one.by_heart for one in some if one.lane == lane] for lane in ("decay", "plain")
    }
    return t(
        "rule.modulo_found",
        heart=_updates(by_heart["decay"], t),
        rule=_updates(_to_rule(some, "decay"), t),
        heart_plain=_updates(by_heart["plain"], t),
        rule_plain=_updates(_to_rule(some, "plain"), t),
        steps=whole(settings.n_steps_each, t.lang),
    )


def panels(some: Sequence[Learned], n_steps: int, t: Words) -> str:
    """For each model a panel: columns are other sums right, marks are told sums right."""
    legend = (
        f"<p class='legend'><span class='told'><i></i>{escape(t('rule.modulo_told'))}</span>"
        f"<span class='others'><i></i>{escape(t('rule.modulo_others'))}</span></p>"
    )
    drawn = "".join(
        f"<section><h3>{escape(lane_name(lane, t))}</h3><div class='row'>"
        + "".join(_panel(one, n_steps, t) for one in some if one.lane == lane)
        + "</div></section>"
        for lane in ("decay", "plain")
        if any(one.lane == lane for one in some)
    )
    return f"<div class='gb-modulo'>{legend}{drawn}</div>"


def _panel(one: Learned, n_steps: int, t: Words) -> str:
    """One model over its updates; what is not there yet stays empty."""
    width = max(1, n_steps // N_COLUMNS)
    latest: dict[int, tuple[float, float]] = {}
    for n, told, others in zip(one.within, one.told, one.others, strict=True):
        latest[(n - 1) // width] = (told, others)
    columns = "".join(
        _column(latest.get(place)) for place in range(min(N_COLUMNS, -(-n_steps // width)))
    )
    said = t(
        "rule.modulo_panel",
        seed=whole(one.seed, t.lang),
        n=whole(one.within[-1], t.lang),
        told=share(one.told[-1], t.lang),
        others=share(one.others[-1], t.lang),
        heart=_updates([one.by_heart], t),
        rule=_updates([one.rule], t),
    )
    axis = (
        f"<p class='axis' aria-hidden='true'><span>0</span>"
        f"<span>{escape(t('rule.updates'))}</span><span>{whole(n_steps, t.lang)}</span></p>"
    )
    return (
        f"<figure><div class='columns' role='img' aria-label='{escape(said)}'>{columns}</div>{axis}"
        f"<figcaption>{escape(said)}</figcaption></figure>"
    )


def _column(shares: tuple[float, float] | None) -> str:
    if shares is None:
        return "<span></span>"
    told, others = shares
    return (
        f"<span><i style='height:{100 * others:.1f}%'></i>"
        f"<b style='bottom:{100 * told:.1f}%'></b></span>"
    )
