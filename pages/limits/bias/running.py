"""The live run: models read texts with the visitor's skew and are asked whom they expect."""

from typing import Any, Final

import streamlit as st

from core.figures.spans import Point
from core.house.limits.bias import bias
from core.jobs.engine import Plan
from core.jobs.programs import ROLES
from core.languages import Lang, known
from core.limits.bias.asking import TEMPERATURES
from core.limits.bias.measuring import answered
from core.limits.bias.roles import RolesSettings
from core.limits.trials import finished
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import duration, whole
from pages.limits import live
from pages.limits.bias import showing
from pages.limits.live import Live, Run

LIVE: Final = Live("bias", ROLES, "asked")


def settings_of(seen: Run) -> RolesSettings:
    """What a run was asked to do."""
    return RolesSettings.from_dict(seen.record.settings)


def lang_of(seen: Run) -> Lang:
    """The language of the texts that its models have read."""
    return known(settings_of(seen).lang)


def rows_of(seen: Run) -> list[dict[str, Any]]:
    """Its finished models."""
    return [dict(row) for row in finished([dict(row) for row in seen.rows])]


def options(t: Words) -> dict[str, str]:
    """What may come of asking greedily, against the texts."""
    return {
        "fewer": t("bias.guess_fewer"),
        "same": t("bias.guess_same"),
        "more": t("bias.guess_more"),
        "all": t("bias.guess_all"),
    }


def ask(seen: Run | None, t: Words) -> None:
    """The guess and the button that begins; while it runs, the one that ends it."""

    def plan() -> Plan:
        settings = RolesSettings(
            lang=t.lang,
            skews=(state.value("bias_skew") / 100,),
            n_seeds=state.value("bias_seeds"),
            seed=state.seed(),
        )
        return Plan({}, settings.to_dict(), None, t("bias.run_name"), ROLES)

    def skew() -> None:
        with st.container(width=300):
            controls.slider("bias_skew", t("bias.skew"))
        if state.depth() == "dig":
            with st.container(width=200):
                controls.slider("bias_seeds", t("bias.seeds"))

    n = state.value("bias_skew")
    begin = t("bias.start", n=whole(state.value("bias_seeds"), t.lang))
    question = t("bias.question_greedy", n=whole(n, t.lang))
    made = bias(t.lang)
    takes_s = state.value("bias_seeds") * made.seconds_each if made else None
    live.ask(LIVE, seen, question, options(t), begin, plan, t, skew, takes_s)


def progress(t: Words) -> None:
    """While it runs: how many models are finished, and whom the newest expects so far."""

    def told(seen: Run) -> tuple[str, str]:
        n_done = sum(bool(row["done"]) for row in seen.rows)
        n = whole(len(settings_of(seen).models), t.lang)
        text = t("bias.progress", done=whole(n_done, t.lang), n=n)
        return text, showing.so_far(seen.rows[-1], t) if seen.rows else ""

    live.progress(LIVE, lambda seen: settings_of(seen).n_steps, told, t)


def result(seen: Run, t: Words) -> None:
    """What came of it, beside the guess where one was made in this session."""
    live.failed(seen, t)
    rows, settings = rows_of(seen), settings_of(seen)
    if rows:
        skew = settings.skews[0]
        outcome = showing.outcome_of(skew, showing.nurses(rows, 0.0))
        live.found(LIVE, options(t), outcome, showing.sentence(rows, skew, t), t)
        note(
            t(
                "bias.how",
                n=whole(len(rows), t.lang),
                steps=whole(settings.n_steps_each, t.lang),
                time=duration(seen.record.seconds, t.lang),
                lang=showing.language(lang_of(seen), t),
            )
        )


def ended(seen: Run, t: Words) -> None:
    """Below all of it: whether it was ended early, and the way to another run."""
    live.ended(LIVE, seen, t)


def points(seen: Run | None, lang: Lang) -> dict[float, Point]:
    """The visitor's own models on the curve, by temperature; none if they read another language."""
    if seen is None or not seen.record.is_finished or lang_of(seen) != lang:
        return {}
    rows = rows_of(seen)
    if not rows:
        return {}
    skew, found = settings_of(seen).skews[0], {}
    for temperature in TEMPERATURES:
        share = answered(rows, temperature)
        found[temperature] = Point(skew, share.value, share.low, share.high)
    return found
