"""What stands below the question on the page “aligning”."""

import streamlit as st

from core.alignment.aligning.dpo import dpo_loss
from core.alignment.aligning.grpo import group_advantages, grpo_loss, kl_per_token
from core.alignment.preferring.reward import bradley_terry_loss
from core.services import services
from pages.alignment.aligning import (
    answers_side_by_side,
    live_run,
    preference_loss,
    recorded,
    run_controls,
    starting_point,
    trials,
)
from pages.alignment.questions import own_question
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    card,
    computed_now,
    experiments,
    hand_over,
    note,
    source,
    under_the_hood,
)
from pages.kit.static import ASSETS
from pages.training import running


def draw(t: Words) -> None:
    """Draw the page below its question."""
    ground = starting_point.at_hand()
    passed = []
    if ground is None:
        run_controls.to_tuning(t)
    else:
        st.html(ASSETS / "aligning.css")
        st.html(ASSETS / "verdicts.css")
        records = run_controls.latest(state.owner())
        going = [run for run in records if not run.is_finished]
        seen = live_run.see(records[0]) if records else None
        aligned = starting_point.aligned_of(ground.model)
        is_example = (
            not records
            and aligned is not None
            and not services().store.artifacts.owns(state.owner(), aligned.id)
        )

        left, right = st.columns([1.25, 1], gap="small")
        with left, card("stage", t("aligning.stage"), live_run.badge(seen, aligned, t)):
            if state.depth() != "watch":
                run_controls.run_controls(ground, going, t, shows_example=is_example)
            if seen:
                if going:
                    live_run.numbers(seen, running.waiting(t, going), t)
                live_run.main_figure(seen, t)
                live_run.ending(seen, t)
            elif not (aligned and recorded.picture(aligned, t)):
                note(t("aligning.nothing_yet"))
            if state.depth() != "watch":
                run_controls.more(ground, going, t)
        with right, card("beside", t("aligning.beside"), computed_now(t)):
            if own_question() is None:
                note(t("alignment.no_question", sentence=state.sentence()))
            if seen and not seen.run.result:
                answers_side_by_side.of_run(seen.run.id, bool(going), ground, t)
            elif seen:
                answers_side_by_side.of_models(ground, seen.run.result, t)
            else:
                answers_side_by_side.of_models(
                    ground, aligned.id if aligned else None, t, is_example
                )
            whose = t("aligning.house") if ground.model.whose == "house" else t("aligning.yours")
            note(t("aligning.whose", whose=whose))
        if seen:
            with card("small", t("aligning.also"), computed_now(t)):
                others = live_run.other_figures(seen, t)
                for place, one in zip(st.columns(len(others), gap="small"), others, strict=True):
                    with place:
                        note(one.title)
                        one.draw(t)
                if aligned and seen.is_dpo and seen.run.result == aligned.id:
                    preference_loss.one_loss(
                        ground, aligned.id, float(seen.run.settings["beta"]), t
                    )

        if experiments(t):
            trials.trials(ground, t)
        if seen and seen.run.result:
            passed = live_run.passed_on(seen.run.numbers, "yours", seen.run.seconds, t)
        elif aligned:
            passed = recorded.passed_on(aligned, t)

    if under_the_hood(t):
        source(
            t,
            dpo_loss,
            words=t("aligning.hood_dpo"),
            formula=r"L = -\ln \sigma\!\left(\beta \ln \frac{\pi(a \mid q)}{\pi_0(a \mid q)} "
            r"- \beta \ln \frac{\pi(b \mid q)}{\pi_0(b \mid q)}\right)",
            paper="Rafailov et al. 2023, Direct Preference Optimization, arXiv:2305.18290",
        )
        source(
            t,
            bradley_terry_loss,
            words=t("aligning.hood_reward"),
            formula=r"p(a \succ b) = \sigma(r_a - r_b)",
            paper="Bradley and Terry 1952, Rank Analysis of Incomplete Block Designs",
        )
        source(
            t,
            group_advantages,
            kl_per_token,
            grpo_loss,
            words=t("aligning.hood_grpo"),
            formula=r"A_i = \frac{r_i - \bar r}{s}, \quad L = -\frac{1}{N} \sum_i \frac{1}{T_i} "
            r"\sum_t \left( \rho_{it} A_i - \lambda\, \mathrm{KL}_{it} \right)",
            paper="Shao et al. 2024, DeepSeekMath, arXiv:2402.03300",
        )
    hand_over(t, "aligning", passed)
