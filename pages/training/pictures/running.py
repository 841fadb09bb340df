"""The controls of a picture run: what it learns from, begin, pause, go on, stop."""

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from core.house.pictures.recipe import LIVE
from core.jobs.engine import Plan
from core.jobs.programs import DENOISING
from core.modality import PICTURES
from core.services import services
from core.store import Difference, Lane, RunRecord
from core.store.workbench import LANES
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.numbers import whole
from pages.training import running
from pages.training.pictures import pairing
from pages.training.pictures.ground import Ground, books, ground

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
        running.while_it_runs(t, going, "picture_rate", PICTURES)
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
    options, made = books(state.owner()), pairing.difference()
    forked = made is not None and made.step == "data"
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
        if len(options) > 1 and not forked:
            label = t("training_pictures.book")
            controls.choice(
                "learn_from", label, names.__getitem__, options=options, show_label=False
            )
        running.on_grid("picture_steps", t("training.steps"), LENGTHS, lambda n: whole(n, t.lang))
        if not forked:
            with st.popover(t("training.compare"), key="train_compare"):
                pairing.pair_controls(t)
    if made is not None and forked:
        pairing.forked_note(t, made)
    is_pair = forked or state.value("picture_pair") != "none"
    n = state.value("picture_steps")
    seconds = LOOKS_SHARE * n * state.value("picture_batch") / PICTURES_PER_S
    minutes = whole(max(1, round((2 if is_pair else 1) * seconds / 60)), t.lang)
    if is_pair:
        note(t("training_pictures.pair_takes", n=whole(n, t.lang), minutes=minutes))
    else:
        note(t("training_pictures.takes", n=whole(n, t.lang), minutes=minutes))


def knobs(t: Words) -> None:
    """Everything else a run can be asked for."""
    a, b, c, d = st.columns(4)
    with a:
        names = pairing.objectives(t)
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
    """The runs that the controls ask for, with the bench made ready for them."""
    pair, made = state.value("picture_pair"), pairing.difference()
    if made is None or made.step != "data":
        if made is not None:
            pairing.unfork()
        if pair in pairing.FAULTS:
            pairing.fork_book(pairing.FAULTS[pair])
        elif pair != "none":
            return _two_settings(t, pair)
        made = pairing.difference()
    if made is None:
        name = t("training.run_name", n=whole(state.value("picture_steps"), t.lang))
        return [_plan(ground(state.owner(), state.value("learn_from")), "a", name)]
    return [
        _plan(ground(state.owner(), "yours", lane), lane, pairing.lane_name(t, made, lane))
        for lane in LANES
    ]


def _two_settings(t: Words, pair: str) -> list[Plan]:
    """Two runs on one book that differ in a setting of training."""
    setting, a, b = (
        ("learning_rate", state.value("picture_rate"), state.value("picture_rate_b"))
        if pair == "rate"
        else ("objective", one := state.value("picture_objective"), pairing.other_objective(one))
    )
    on = ground(state.owner(), state.value("learn_from"))
    services().store.benches.fork(state.owner(), PICTURES, "training", setting, a, b)
    made = Difference("training", setting, a, b)
    changes: list[dict[str, Any]] = [{setting: a}, {setting: b}]
    return [
        _plan(on, lane, pairing.lane_name(t, made, lane), **change)
        for lane, change in zip(LANES, changes, strict=True)
    ]


def _plan(on: Ground, lane: Lane, name: str, **changes: Any) -> Plan:
    return Plan(on.inputs, settings(state.value("picture_steps"), **changes), lane, name, DENOISING)


def settings(n_steps: int, **changes: Any) -> dict[str, Any]:
    """The controls as the program takes them, some of them changed for a second lane."""
    usual, rate = LIVE.training, changes.get("learning_rate", state.value("picture_rate"))
    share = usual.embedding_learning_rate / usual.learning_rate
    return usual.changed(
        n_steps=n_steps,
        n_batch=state.value("picture_batch"),
        objective=changes.get("objective", state.value("picture_objective")),
        learning_rate=rate,
        embedding_learning_rate=share * rate,
        look_every=max(1, n_steps // N_LOOKS),
        evaluate_every=max(1, n_steps // N_EXAMS),
        n_judged=N_JUDGED,
        seed=state.seed(),
    ).to_dict()
