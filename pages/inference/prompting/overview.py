"""What stands below the question on the page “prompting”."""

import streamlit as st

from core.alignment.text import chat, prompts, scoring, templates
from core.inference import generate
from core.intervals import share_interval
from pages.inference.prompting import bench, forgetting, injection, template
from pages.inference.prompting.bench import Run
from pages.inference.prompting.opened import at_hand, base_of, chosen
from pages.inference.prompting.tasks import Known, known
from pages.kit import site, state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    Figure,
    card,
    computed_now,
    experiments,
    first_action,
    hand_over,
    note,
    source,
    stage,
    under_the_hood,
)
from pages.kit.models import Model
from pages.kit.numbers import whole
from pages.kit.prediction import guessed


def draw(t: Words) -> None:
    """Draw the page below its question."""
    found = at_hand()
    row: list[Figure] = []
    with stage(t("prompting.stage"), computed_now(t)):
        if not found:
            note(t("inference.none"))
            st.page_link(site.page("training", t), label=t("inference.to_training"))
            model = None
        else:
            first_action(t, "prompting")
            with st.container(key="gb_asked", horizontal=True):
                model = chosen(found, t)
                with st.spinner(t("prompting.reading")):
                    about = known(model, t)
                kind = bench.kind_of(about, t)
            run = bench.show(model, about, kind, t)
            row = _passed_on(run, t)
    if model is not None and state.depth() != "watch":
        with card("prompting_template", t("prompting.template"), computed_now(t)):
            template.show(model, about, t)
        if about is None:
            note(t("inference.no_world"))
        elif experiments(t):
            _trials(model, base_of(model, found), about, t)
    if under_the_hood(t):
        _hood(t)
    is_known = state.depth() == "watch" or guessed("window_", "letter_", "story_")
    hand_over(t, "prompting", row, is_known=is_known)


def _trials(model: Model, base: Model | None, about: Known, t: Words) -> None:
    """What is predicted and then measured."""
    template.experiment(model, about, t)
    if base is not None:
        with card("prompting_window", t("prompting.window"), computed_now(t)):
            forgetting.show(base, about, t)
        forgetting.experiment(base, about, t)
    with card("prompting_letter", t("prompting.injection"), computed_now(t)):
        note(t("prompting.injection_about"))
        injection.letter(model, about, t)
        if base is not None:
            injection.story(base, about, t)
    with card("prompting_typed", t("prompting.typed_title"), computed_now(t)):
        note(t("prompting.typed_about"))
        injection.typed(model, about, t)


def _hood(t: Words) -> None:
    source(t, chat.question_tokens, templates.ours, words=t("prompting.hood_template"))
    source(t, scoring.score, words=t("prompting.hood_score"))
    source(
        t,
        share_interval,
        words=t("prompting.hood_interval"),
        formula=r"\frac{\hat p + \frac{z^2}{2n} \pm z\sqrt{\frac{\hat p (1 - \hat p)}{n}"
        r" + \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}}",
        paper="Wilson 1927",
    )
    source(t, generate.window_start, words=t("prompting.hood_window"))
    source(
        t,
        prompts.carelessly_encoded,
        words=t("prompting.hood_careless"),
        paper="Greshake et al. 2023, arXiv:2302.12173",
    )


def _passed_on(run: Run | None, t: Words) -> list[Figure]:
    if run is None or not run.n_drawn:
        return []
    n_prompts = len({prompt for prompt, _ in run.cells()})
    return [
        Figure(whole(n_prompts, t.lang), t("prompting.passes_prompts")),
        Figure(whole(run.n_drawn, t.lang), t("prompting.passes_answers")),
    ]
