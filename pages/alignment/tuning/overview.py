"""What stands below the question on the page “tuning”."""

import streamlit as st

from core.alignment.tuning.lora import AdaptedLinear, skeleton
from core.alignment.tuning.supervised import answer_loss, masked_targets
from core.jobs.programs import FINE_TUNING
from core.services import services
from pages.alignment.tuning import (
    adapter,
    answers_before_and_after,
    example_loss,
    forgetting,
    lesson,
    run_controls,
    teaching,
    trials,
)
from pages.kit import models, runs, site, state
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
from pages.kit.numbers import whole
from pages.kit.static import ASSETS
from pages.training import running, showing


def draw(t: Words) -> None:
    """Draw the page below its question."""
    owner = state.owner()
    every = models.on_hand(services(), owner, ("checkpoint", "tuned"))
    found = [one for one in every if one.kind == "checkpoint"]
    examples = None
    seen: list[showing.Seen] = []
    if not found:
        note(t("tuning.none"))
        st.page_link(site.page("training", t), label=t("tuning.to_training"))
    else:
        st.html(ASSETS / "tuning.css")
        model = found[0]
        tuned = next((one for one in every if one.kind == "tuned"), None)
        records = runs.latest(owner, FINE_TUNING)
        seen = showing.see(owner, records)
        going = [run for run in records if not run.is_finished]

        left, right = st.columns([1.62, 1], gap="small")
        with left, card("stage", t("tuning.stage"), computed_now(t)):
            if state.depth() != "watch" and not going:
                teaching.choose_subject(model, t)
            examples = teaching.examples_now(model, t)
            one = lesson.example_now(examples, t) if examples else None
            make = (lambda: teaching.watched_plan(model, examples, one, t)) if examples else None
            if state.depth() != "watch":
                with st.container(key="gb_tune_run", horizontal=True, vertical_alignment="bottom"):
                    if not going:
                        teaching.choose_way(model, t)
                    run_controls.buttons(going, make, one, t)
                    if seen:
                        lesson.curve_choice(t)
                    elif examples and not going:
                        note(t("tuning.will_happen", n=whole(len(examples), t.lang)))
                run_controls.said(make, t)
            if one:
                lesson.mask(model, one, seen, t)
                if not going:
                    lesson.mask_line(one, t)
                    counts = bool(state.value("fine_tune_questions"))
                    looked = lesson.latest(model, seen)
                    example_loss.loss_of(model, looked, one, counts, t)
                    if looked == model.id:
                        note(t("tuning.loss_why"))
            if seen:
                lesson.figure(seen[0], t)
                # Shares of answers here, of plain text below; the curve and the table say so.
                showing.numbers(seen, t, running.waiting(t, going), shares=False)
                forgetting.ending(seen[0], t)
        with right, card("answers", t("tuning.answers"), computed_now(t)):
            answers_before_and_after.answers(model, tuned, seen, t)
        numbers, badge = forgetting.known(seen, tuned, t)
        one_side, other_side = st.columns([1, 1.4], gap="small")
        with one_side, card("adapter", t("tuning.adapter")):
            rank = teaching.rank_now(model)
            about = t("tuning.scale_note") if rank else t("tuning.whole_note")
            adapter.drawn(skeleton(model.config), rank, t, about)
        with other_side, card("forgot", t("tuning.forgot"), badge):
            forgetting.table(numbers, t, key="tuning_forgot")

        if examples and experiments(t):
            trials.trials(model, examples, t)

    if under_the_hood(t):
        source(
            t,
            masked_targets,
            answer_loss,
            words=t("tuning.hood_mask"),
            formula=r"L = -\frac{1}{\sum_t m_t} \sum_t m_t \ln p(x_t \mid x_{<t}), "
            r"\quad m_t \in \{0, 1\}",
            paper="Ouyang et al. 2022, Training language models to follow instructions with human "
            "feedback, arXiv:2203.02155",
        )
        source(
            t,
            AdaptedLinear,
            words=t("tuning.hood_lora"),
            formula=r"W' = W + \frac{\alpha}{r} B A, \quad B \in \mathbb{R}^{d \times r}, "
            r"A \in \mathbb{R}^{r \times k}",
            paper="Hu et al. 2021, LoRA: Low-Rank Adaptation of Large Language Models, "
            "arXiv:2106.09685",
        )
    hand_over(t, "tuning", lesson.passed_on(seen, t))
