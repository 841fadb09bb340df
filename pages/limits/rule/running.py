"""The live run: two small models learn the same sums, one with the steps, one without."""

from typing import Final

import streamlit as st

from core.house.limits.adding import Adding, adding
from core.jobs.engine import Plan
from core.jobs.programs import ADDING
from core.limits.rule.adding import AddingSettings, results
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import duration, whole
from pages.limits import live
from pages.limits.live import Live, Run
from pages.limits.rule import picture
from pages.limits.shown import table, with_span

LIVE: Final = Live("rule", ADDING, "asked")
LOOKS: Final = Live("rule", ADDING, "looked")  # the same run, while it learns


def settings_of(seen: Run) -> AddingSettings:
    """What a run was asked to do."""
    return AddingSettings.from_dict(seen.record.settings)


def options(t: Words) -> dict[str, str]:
    """What may come of asking longer sums."""
    return {
        "all": t("rule.guess_all"),
        "some": t("rule.guess_some"),
        "none": t("rule.guess_none"),
    }


def ask(seen: Run | None, t: Words) -> None:
    """The guess and the button that begins; while it runs, the one that ends it."""

    def plan() -> Plan:
        settings = AddingSettings(seed=state.seed(), n_steps_each=state.value("rule_steps"))
        return Plan({}, settings.to_dict(), None, t("rule.run_name"), ADDING)

    def steps() -> None:
        if state.depth() == "dig":
            with st.container(width=280):
                controls.slider("rule_steps", t("rule.steps"))

    begin = t("rule.start", n=whole(len(AddingSettings().models), t.lang))
    made, question = adding(), t("rule.question_longer")
    takes_s = expected_s(made) if made else None
    live.ask(LIVE, seen, question, options(t), begin, plan, t, steps, takes_s)


def expected_s(made: Adding) -> float:
    """What a run took when it was measured: a model of each sort, for as many steps as are set."""
    now = AddingSettings(n_steps_each=state.value("rule_steps"))
    of_one = [
        next(row["training_s"] for row in made.asked if row["lane"] == lane) for lane in now.lanes
    ]
    return float(sum(of_one)) * now.n_steps_each / made.settings.n_steps_each


def progress(t: Words) -> None:
    """While it runs: how far it is, and how the model with the steps answers new sums."""

    def told(seen: Run) -> tuple[str, str]:
        looked = live.newest(LOOKS)
        rows = looked.rows if looked else []
        n = len(settings_of(seen).models)
        n_done = sum(bool(row["done"]) for row in seen.rows)
        text = t("rule.progress", done=whole(n_done, t.lang), n=whole(n, t.lang))
        # The other model's figures are what the next guess is about.
        steps = [row for row in rows if row["lane"] == "steps"]
        if not steps:
            return text, ""
        row = steps[-1]
        heads = (t("rule.texts"), t("rule.updates"), t("rule.new_right"))
        cells = (
            picture.lane_name("steps", t),
            whole(row["within"], t.lang),
            with_span(row["n_right"], row["n"], t),
        )
        return text, table(heads, [cells], t("rule.stage"))

    live.progress(LIVE, lambda seen: settings_of(seen).n_steps, told, t)


def result(seen: Run, t: Words) -> None:
    """What came of it, beside the guess where one was made in this session."""
    live.failed(seen, t)
    found, settings = results(seen.rows), settings_of(seen)
    if "steps" in found:
        outcome = picture.outcome_of(found["steps"]["longer"])
        said = picture.sentence(found["steps"], settings.n_digits, t)
        live.found(LIVE, options(t), outcome, said, t)
        examples = picture.examples_of(seen.rows, "steps")
        st.html(picture.ladder(found, ["steps"], examples, t))
        st.html(picture.failure(examples["longer"], t))
        note(
            t(
                "rule.how",
                sums=whole(settings.n_sums, t.lang),
                steps=whole(settings.n_steps_each, t.lang),
                n=whole(settings.n_asked, t.lang),
                time=duration(sum(row["training_s"] for row in seen.rows), t.lang),
            )
        )
    live.ended(LIVE, seen, t)
