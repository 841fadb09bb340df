"""What stands below the question on the alignment page for pictures."""

from collections.abc import Sequence

import streamlit as st

from core.alignment.pictures.dpo import drift, pair_loss, picture_dpo_loss, squared_errors
from core.alignment.pictures.rules import RULES
from core.jobs.programs import PICTURE_DPO
from core.store import RunRecord
from pages.alignment.pictures import (
    choosing,
    ground,
    measured_curves,
    running,
    showing,
    trials,
)
from pages.kit import runs, site, state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    card,
    computed_now,
    experiments,
    hand_over,
    note,
    source,
    stage,
    under_the_hood,
)
from pages.kit.static import ASSETS
from pages.training import running as run_buttons


def draw(t: Words) -> None:
    """Draw the page below its question."""
    for sheet in ("training.css", "preferring.css", "aligning.css"):
        st.html(ASSETS / sheet)
    owner = state.owner()
    on = ground.at_hand(owner)
    seen = None
    if on is None:
        note(t("alignment_pictures.none"))
        st.page_link(site.page("training", t), label=t("alignment_pictures.to_training"))
    else:
        records = runs.latest(owner, PICTURE_DPO)
        going = [run for run in records if not run.is_finished]
        seen = showing.see(records[0]) if records else None
        draw_stage(on, going, seen, t)
        if seen is not None:
            draw_outcome(seen, t)
        measured_curves.leashes(t)
        if experiments(t):
            trials.leash(on, t)
    if under_the_hood(t):
        hood(t)
    hand_over(t, "alignment", showing.passed_on(seen, t))


def draw_stage(
    on: ground.Ground, going: Sequence[RunRecord], seen: showing.Seen | None, t: Words
) -> None:
    """Two pictures and a click; beside them what was preferred, and the run that learns from it."""
    left, right = st.columns([1.1, 1], gap="small")
    with left, stage(t("alignment_pictures.stage"), computed_now(t)):
        left_open = choosing.kind_now(t)
        said = choosing.choose(on, left_open, t)
    how = computed_now(t) if said.own or said.by_rule else None
    with right, card("preferred", t("alignment_pictures.preferred"), how):
        choosing.preferred(said, t)
        if state.depth() == "watch":
            return
        if not going:
            rule = choosing.rule_control(left_open, t)
            label = t("alignment_pictures.let_judge", n=choosing.GOAL)
            if st.button(label, key="picture_let_judge"):
                run_buttons.attempt(choosing.let_judge, on, rule, t)
                st.rerun()
        running.run_controls(on, said, going, t)
        if seen is not None and going:
            showing.numbers(seen, t, run_buttons.waiting(t, going))


def draw_outcome(seen: showing.Seen, t: Words) -> None:
    """Sixteen pictures before and now, and what the exam says."""
    left, right = st.columns([1.35, 1], gap="small")
    with left, card("before_now", t("alignment_pictures.before_now"), computed_now(t)):
        showing.pictures(seen, t)
    with right, card("exam", t("alignment_pictures.exam"), computed_now(t)):
        showing.exam(seen, t)
        showing.ending(seen, t)


def hood(t: Words) -> None:
    """Formula, paper, and the functions that ran."""
    source(
        t,
        picture_dpo_loss,
        squared_errors,
        pair_loss,
        formula=r"L = -\ln \sigma\!\left(-\beta \left[\, \lVert v_\theta(x^w_t) - v^w \rVert^2 - "
        r"\lVert v_0(x^w_t) - v^w \rVert^2 - \lVert v_\theta(x^l_t) - v^l \rVert^2 + "
        r"\lVert v_0(x^l_t) - v^l \rVert^2 \right]\right)",
        paper="Wallace et al. 2023, Diffusion Model Alignment Using Direct Preference "
        "Optimization, arXiv:2311.12908",
        words=t("alignment_pictures.hood_dpo"),
    )
    source(
        t,
        drift,
        formula=r"D = \mathbb{E}\, \lVert v_\theta(x_t) - v_0(x_t) \rVert^2",
        paper="Song et al. 2021, Maximum Likelihood Training of Score-Based Diffusion Models, "
        "arXiv:2101.09258",
        words=t("alignment_pictures.hood_leash"),
    )
    night = RULES["night"]
    source(t, type(night), words=t("alignment_pictures.hood_rule"))
