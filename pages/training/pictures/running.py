"""The controls of a picture run: what it learns from, begin, pause, go on, stop."""

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from core.house.pictures.recipe import LIVE
from core.jobs.engine import Plan
from core.jobs.programs import DENOISING
from core.store import RunRecord
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.numbers import whole
from pages.training import running
from pages.training.pictures.ground import books, ground

LENGTHS: Final = (300, 600, 1000, 1500, 3000, 6000)
N_LOOKS: Final = 12  # at the sixteen pictures, over a whole run
N_EXAMS: Final = 6  # by the reader
N_JUDGED: Final = 64  # pictures an exam, half with pairs never drawn
PICTURES_PER_S: Final = 185  # measured on two idle cores, looks and exams left out
LOOKS_SHARE: Final = 1.1  # of the time, with looks and exams


def run_controls(t: Words, shown: Sequence[RunRecord]) -> None:
    """The row of controls that fits where things stand."""
    going = [run for run in shown if not run.is_finished]
    if going:
        running.while_it_runs(t, going, "picture_rate")
    else:
        _before_it_runs(t)
    running.confirmation(t, begin)
    if (error := st.session_state.pop(running.ERROR, None)) is not None:
        show_error(error, t)


def _before_it_runs(t: Words) -> None:
    names = {
        "small": t("training_pictures.book_small"),
        "whole": t("training_pictures.book_whole"),
        "yours": t("training_pictures.book_yours"),
    }
    options = books(state.owner())
    if state.value("learn_from") not in options:
        st.session_state["learn_from"] = options[0]
    with st.container(key="gb_run", horizontal=True, vertical_alignment="center"):
        st.button(
            t("training.start"),
            key="train_start",
            type="primary",
            on_click=running.attempt,
            args=(begin, t),
        )
        if len(options) > 1:
            label = t("training_pictures.book")
            controls.choice(
                "learn_from", label, names.__getitem__, options=options, show_label=False
            )
        running.on_grid("picture_steps", t("training.steps"), LENGTHS, lambda n: whole(n, t.lang))
    n = state.value("picture_steps")
    seconds = LOOKS_SHARE * n * state.value("picture_batch") / PICTURES_PER_S
    minutes = max(1, round(seconds / 60))
    note(t("training_pictures.takes", n=whole(n, t.lang), minutes=whole(minutes, t.lang)))


def knobs(t: Words) -> None:
    """Everything else a run can be asked for."""
    a, b, c, d = st.columns(4)
    with a:
        names = {
            "velocity": t("training_pictures.velocity"),
            "noise": t("training_pictures.noise"),
        }
        controls.choice("picture_objective", t("training_pictures.objective"), names.__getitem__)
    with b:
        running.rate_slider("picture_rate", t("training.learning_rate"), t)
    with c:
        controls.number("picture_batch", t("training_pictures.batch"))
    with d:
        controls.number("seed", t("training.seed"))


def begin(t: Words, replaced: bool = False) -> None:
    """Start what the controls ask for."""
    running.begin(t, replaced, plans)


def plans(t: Words) -> list[Plan]:
    """The run that the controls ask for."""
    on = ground(state.owner(), state.value("learn_from"))
    n_steps = state.value("picture_steps")
    name = t("training.run_name", n=whole(n_steps, t.lang))
    return [Plan(on.inputs, settings(n_steps), "a", name, DENOISING)]


def settings(n_steps: int) -> dict[str, Any]:
    """The controls as the program takes them."""
    usual, rate = LIVE.training, state.value("picture_rate")
    share = usual.embedding_learning_rate / usual.learning_rate
    return usual.changed(
        n_steps=n_steps,
        n_batch=state.value("picture_batch"),
        objective=state.value("picture_objective"),
        learning_rate=rate,
        embedding_learning_rate=share * rate,
        look_every=max(1, n_steps // N_LOOKS),
        evaluate_every=max(1, n_steps // N_EXAMS),
        n_judged=N_JUDGED,
        seed=state.seed(),
    ).to_dict()
