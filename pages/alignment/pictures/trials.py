"""The experiment: the leash off, or on. What does a model pay for pleasing?

Two real runs outside all lanes: they leave the visitor's model and bench alone.
"""

import time
from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from core.errors import EngineError
from core.jobs.engine import Plan
from core.jobs.failures import rebuilt
from core.jobs.programs import PICTURE_DPO
from core.services import services
from pages.alignment.pictures import choosing, running
from pages.alignment.pictures.ground import Ground
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import Measured, predict
from pages.kit.numbers import share

N_STEPS: Final = 40
N_JUDGED: Final = 24  # captions of both kinds in an exam
RULE: Final = "night"
NEVER: Final = 10_000
POLL_S: Final = 0.5
CLEARLY: Final = 0.15  # share of scenes by which forgetting is no accident
LOOSE, TIGHT = 0.0, 0.1  # the leash: KL weights


def leash(on: Ground, t: Words) -> None:
    """The experiment with its question."""
    left, _ = st.columns([1.4, 1])
    with left:
        predict(
            f"leash_{on.model.id[:8]}",
            t,
            question=t("alignment_pictures.leash", rule=choosing.rule_names(t)[RULE]),
            options={
                "same": t("alignment_pictures.leash_same"),
                "forgets": t("alignment_pictures.leash_forgets"),
                "less": t("alignment_pictures.leash_less"),
            },
            measure=lambda: measured(on, t),
        )


def measured(on: Ground, t: Words) -> Measured:
    """Both runs on the same thirty pairs, and their exams held against each other."""
    said = choosing.judged(on, RULE, t)
    preferences = running.keep(on, said, on_bench=False)
    inputs: dict[str, bytes | str] = {
        "model": on.model.id,
        "encoder": on.encoder.id,
        "preferences": preferences,
    }
    short = {"n_steps": N_STEPS, "n_held_out": N_JUDGED, "n_plain": N_JUDGED,
             "look_every": NEVER, "evaluate_every": NEVER}  # fmt: skip
    plans = [
        Plan(inputs, running.settings(RULE, weight, **short, **free), None,
             t("training.trial_name"), PICTURE_DPO)
        for weight, free in ((LOOSE, {"sft_weight": 0.0}), (TIGHT, {}))
    ]  # fmt: skip
    text = t("alignment_pictures.trial_runs")
    loose, tight = carried_out(plans, t, key="leash", text=text, needed="rate_before")
    text = t(
        "alignment_pictures.leash_measured",
        loose=share(loose["rate"], t.lang),
        tight=share(tight["rate"], t.lang),
        plain_loose=share(loose["plain_share"], t.lang),
        plain_tight=share(tight["plain_share"], t.lang),
        before=share(tight["plain_share_before"], t.lang),
        n=N_JUDGED,
    )
    return Measured(outcome(loose, tight), text)


def outcome(loose: dict[str, Any], tight: dict[str, Any]) -> str:
    """Which option came true."""
    if loose["plain_share"] < tight["plain_share"] - CLEARLY:
        return "forgets"
    return "less" if loose["rate"] < tight["rate"] - CLEARLY else "same"


def carried_out(
    plans: Sequence[Plan], t: Words, *, key: str, text: str, needed: str
) -> list[dict[str, Any]]:
    """The figures of runs, while a bar moves; they end early if the visitor leaves.

    Args:
        plans: trials, without a lane.
        t: words.
        key: unique on the page.
        text: stands at the bar.
        needed: the figure without which a run has shown nothing.

    Raises:
        EngineError: a run brought no exam.
        GlassboxError: a run failed.
    """
    engine, owner = services().engine, state.owner()
    n_steps = sum(int(plan.settings["n_steps"]) for plan in plans)
    started = engine.experiment(owner, plans)
    try:
        bar = st.progress(0.0, text=text)
        st.button(t("training.trial_stop"), key=f"stop_{key}")  # its rerun ends this one
        found = [engine.run(owner, run) for run in started]
        while not all(record.is_finished for record in found):
            done = sum(record.step for record in found) / n_steps
            bar.progress(min(1.0, done), text=text)
            time.sleep(POLL_S)
            found = [engine.run(owner, run) for run in started]
    finally:
        for each in engine.under_way(owner):
            if each.id in started:
                engine.stop(owner, each.id)
    for record in found:
        if record.error:
            raise rebuilt(record.error)
        if needed not in record.numbers or "diverged_at_step" in record.numbers:
            raise EngineError("the trial brought no exam", status=record.status)
    return [dict(record.numbers) for record in found]
