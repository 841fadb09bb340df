"""The live run: nine small models, one after the other, each asked in both directions."""

from typing import Final

import streamlit as st

from core.house.limits.reversal import reversal
from core.jobs.engine import Plan
from core.jobs.programs import REVERSAL
from core.limits.reversal import ReversalSettings, results
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import duration, whole
from pages.limits import live
from pages.limits.backwards import showing
from pages.limits.live import Live, Run

LIVE: Final = Live("backwards", REVERSAL, "asked")


def settings_of(seen: Run) -> ReversalSettings:
    """What a run was asked to do."""
    return ReversalSettings.from_dict(seen.record.settings)


def options(t: Words) -> dict[str, str]:
    """What may come of asking backwards for those who were told one way."""
    return {
        "all": t("backwards.guess_all"),
        "some": t("backwards.guess_some"),
        "none": t("backwards.guess_none"),
    }


def ask(seen: Run | None, t: Words) -> None:
    """The guess and the button that begins; while it runs, the one that ends it."""

    def plan() -> Plan:
        settings = ReversalSettings(seed=state.seed(), n_steps_each=state.value("backwards_steps"))
        return Plan({}, settings.to_dict(), None, t("backwards.run_name"), REVERSAL)

    def steps() -> None:
        if state.depth() == "dig":
            with st.container(width=280):
                controls.slider("backwards_steps", t("backwards.steps"))

    begin = t("backwards.start", n=whole(len(ReversalSettings().models), t.lang))
    made, now = reversal(), ReversalSettings(n_steps_each=state.value("backwards_steps"))
    takes_s = made.seconds * now.n_steps / made.settings.n_steps if made else None
    question = t("backwards.question_half")
    live.ask(LIVE, seen, question, options(t), begin, plan, t, steps, takes_s)


def progress(t: Words) -> None:
    """While it runs: how many models are finished, and how the newest answers."""

    def told(seen: Run) -> tuple[str, str]:
        n_done = sum(bool(row["done"]) for row in seen.rows)
        n = whole(len(settings_of(seen).models), t.lang)
        text = t("backwards.progress", done=whole(n_done, t.lang), n=n)
        return text, showing.latest(seen.rows[-1], t) if seen.rows else ""

    live.progress(LIVE, lambda seen: settings_of(seen).n_steps, told, t)


def result(seen: Run, t: Words) -> None:
    """What came of it, beside the guess where one was made in this session."""
    live.failed(seen, t)
    found, settings = results(seen.rows), settings_of(seen)
    if "half" in found:
        outcome = showing.outcome_of(found["half"]["one"]["backwards"])
        live.found(LIVE, options(t), outcome, showing.sentence(found, t), t)
    if found:
        st.html(showing.tabulated(found, t))
        last = [row["example"] for row in seen.rows if row["lane"] == "half" and row["done"]]
        if last:
            st.html(showing.example(last[-1], t))
        note(
            t(
                "backwards.how",
                seeds=whole(settings.n_seeds, t.lang),
                steps=whole(settings.n_steps_each, t.lang),
                people=whole(settings.n_people, t.lang),
                time=duration(seen.record.seconds, t.lang),
            )
        )
    live.ended(LIVE, seen, t)
