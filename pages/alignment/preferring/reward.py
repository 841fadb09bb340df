"""The reward model on the page: start it, watch it learn, read its exam.

Invariant: a number is shown of a model that lies on the bench, and it says whose that is.
"""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from core.alignment.preferring.following import CHANCE
from core.alignment.settings import N_PARTS
from core.errors import GlassboxError, UnderWay
from core.figures.curves import Axes, Curve, curves
from core.jobs.failures import rebuilt
from core.jobs.programs import REWARD
from core.lineage import Artifact
from core.services import services
from core.store import Ballot, RunRecord
from pages.alignment.other_run import show_refused
from pages.alignment.preferring import tally
from pages.alignment.preferring.clicking import ENOUGH_TO_LEARN, Cast
from pages.alignment.preferring.tally import Slots
from pages.home.shipped import aligned_then
from pages.kit import components as parts
from pages.kit import runs, state
from pages.kit.catalogue import Words
from pages.kit.components.clock import look_again
from pages.kit.frame import Figure, card, computed_now, figures, note, show_error
from pages.kit.models import Model
from pages.kit.numbers import share, share_span, whole

N_STEPS: Final = 60
EVALUATE_EVERY: Final = 6  # steps
FEW_PAIRS: Final = 100  # with fewer, a fifth is too small an exam: cross-validate
N_FOLDS: Final = 5
FEW_STEPS: Final = 30  # per model in cross-validation; enough for a clear preference
POLL_S: Final = 0.7


def learning(model: Model, cast: Cast, slots: Slots, t: Words) -> None:
    """The card of the reward model: what it learns from, how far it is, how good it is."""
    found = on_bench(model, slots)
    badge = aligned_then(t) if found is not None and found[1] == "house" else None
    with card("reward", t("preferring.reward"), badge or computed_now(t)):
        run = next(iter(runs.latest(state.owner(), REWARD)), None)
        going = run is not None and not run.is_finished
        if state.depth() != "watch" and not going:
            _begin_button(model, cast, slots, t)
        if (error := st.session_state.pop("_reward_error", None)) is not None:
            show_refused(error, t)
        shown = run if run is not None and _of(run, model) else None
        if shown is not None:
            _curve(shown, t)
            if shown.error:
                show_error(rebuilt(shown.error), t)
        if going and run is not None:
            st.fragment(_watch)(run.id, t)
        else:  # next to a run, the exam of another model would be misleading
            _verdict(found, t)


def _of(run: RunRecord, model: Model) -> bool:
    return run.inputs.get("model") == model.id


def _begin_button(model: Model, cast: Cast, slots: Slots, t: Words) -> None:
    which = tally.which_now(cast)
    ballots = tally.used(cast, which) if which else []
    house = tally.frozen(model, slots) if not ballots else None
    n = len(ballots) if house is None else int(house.numbers.get("n_pairs", 0))
    shown = whole(n, t.lang)
    label = t("preferring.reward_start", n=shown)
    if house is not None:
        label = t("preferring.reward_start_house", n=shown)
    if n < ENOUGH_TO_LEARN:
        label = t("preferring.reward_needs", n=whole(ENOUGH_TO_LEARN, t.lang))
    st.button(
        label,
        key="reward_start",
        type="primary" if house is None else "secondary",
        disabled=n < ENOUGH_TO_LEARN,
        on_click=_begin,
        args=(model, ballots, house, t),
    )


def _begin(model: Model, ballots: Sequence[Ballot], house: Artifact | None, t: Words) -> None:
    """Freeze the choices and start training a reward model on them."""
    store, owner = services().store, state.owner()
    try:
        if under_way := services().engine.under_way(owner):  # check before changing the bench
            names = [run.name for run in under_way]
            raise UnderWay(f"{len(names)} runs are still going on", names=names)
        chosen = house if house is not None else tally.hand_on(model, ballots)
        inputs = {
            "model": model.id,
            "encoder": store.artifacts.nearest(owner, model.id, "encoder").id,
            "preferences": chosen.id,
        }
        settings = settings_for(int(chosen.numbers["n_pairs"])) | {"seed": state.seed()}
        services().engine.submit(
            owner,
            inputs,
            settings,
            program=REWARD,
            lane=model.lane,
            name=t("preferring.run_name", n=whole(int(chosen.numbers["n_pairs"]), t.lang)),
        )
    except GlassboxError as error:
        st.session_state["_reward_error"] = error


def settings_for(n_pairs: int) -> dict[str, int]:
    """The settings for training on this many pairs with a better answer."""
    if n_pairs >= FEW_PAIRS:
        return {"n_steps": N_STEPS, "evaluate_every": EVALUATE_EVERY, "n_parts": N_PARTS}
    n_folds = min(N_FOLDS, n_pairs) if n_pairs > 1 else 0
    return {"n_steps": FEW_STEPS, "n_folds": n_folds, "n_parts": N_PARTS}


def _planned(run: RunRecord) -> tuple[int, int]:
    """Steps per model, and the number of models including those of cross-validation."""
    n_folds = int(run.settings.get("n_folds", 0))
    return int(run.settings["n_steps"]), n_folds + 1


def _watch(run_id: str, t: Words) -> None:
    """Progress and a stop button; at the end of the run the whole page reruns."""
    engine, owner = services().engine, state.owner()
    run = engine.run(owner, run_id)
    if run.is_finished:
        st.rerun(scope="app")
    each, n_models = _planned(run)
    n_steps = each * n_models
    steps = t("preferring.steps", n=whole(run.step, t.lang), of=whole(n_steps, t.lang))
    if n_models > 1:
        now = min(n_models, 1 + run.step // each)
        of = t("preferring.model_of", n=whole(now, t.lang), of=whole(n_models, t.lang))
        steps = f"{steps} {of}"  # a text of the catalogue begins without white space
    waits = not engine.wait_until_ready(0) or engine.place(owner, run_id)
    with st.container(key="gb_reward_run", horizontal=True, vertical_alignment="center"):
        st.progress(
            min(1.0, run.step / n_steps), text=t("preferring.reward_waits") if waits else steps
        )
        st.button(t("preferring.reward_stop"), key="reward_stop", on_click=_stop, args=(run_id,))
    look_again("reward", POLL_S)


def _stop(run_id: str) -> None:
    try:
        services().engine.stop(state.owner(), run_id)
    except GlassboxError as error:
        st.session_state["_reward_error"] = error


def _curve(run: RunRecord, t: Words) -> None:
    """Accuracy on unseen choices beside that of a coin toss, updated live."""
    rows = services().engine.rows(state.owner(), run.id)
    exams = [row for row in rows if row["kind"] == "exam"]
    each, n_models = _planned(run)
    n_steps = each * n_models
    lines = [
        Curve(
            t("preferring.predicted"),
            [row["step"] for row in exams],
            [row["accuracy"] for row in exams],
            "accent",
            end_digits=0,
        ),
        Curve(t("preferring.coin"), [0, n_steps], [CHANCE, CHANCE], "house", end_digits=0),
    ]
    axes = Axes(t("preferring.axis_steps"), t("preferring.axis_accuracy"))
    fig = curves(lines, axes, percent=True, y_range=(0.0, 1.0), marks=parts.marks(t))
    fig.update_xaxes(range=[0, n_steps])
    feed = parts.Feed(
        run.id, "exam", [(0, "step", "accuracy")], rows[-1]["seq"] if rows else 0, 100.0
    )
    parts.live_figure(
        fig, t, key="reward_figure", alt=t("preferring.reward_alt"), feeds=[feed], height=210
    )


def _verdict(found: tuple[Artifact, str] | None, t: Words) -> None:
    """How well the model on the bench predicts unseen choices."""
    if found is None:
        note(t("preferring.no_reward"))
        return
    reward, whose = found
    if whose == "house" and state.depth() != "watch":
        note(t("preferring.shown_house", n=whole(ENOUGH_TO_LEARN, t.lang)))
    numbers = reward.numbers
    if "held_out_accuracy" not in numbers:
        note(t("preferring.no_exam"))
        return
    accuracy, n = float(numbers["held_out_accuracy"]), int(numbers["held_out_n_judged"])
    low, high = float(numbers["held_out_accuracy_low"]), float(numbers["held_out_accuracy_high"])
    n_models = int(numbers.get("n_models", 1))
    learned = t("preferring.n_trained")
    if n_models == 1:
        learned = t(
            "preferring.n_trained_of",
            n=whole(n, t.lang),
            all=whole(n + int(numbers["n_trained"]), t.lang),
        )
    figures(
        t,
        [
            Figure(share(accuracy, t.lang), t("preferring.accuracy"), whose),
            Figure(share_span(low, high, t.lang), t("preferring.interval")),
            Figure(whole(int(numbers["n_trained"]), t.lang), learned),
        ],
    )
    judges = tally.judges_of(reward, t)
    values = {"n": whole(n, t.lang), "judges": judges}
    if n_models > 1:
        note(t("preferring.in_turn", **values, models=whole(n_models - 1, t.lang)))
    else:
        note(t("preferring.examined", **values))
    note(t("preferring.beats") if low > CHANCE else t("preferring.no_better"))


def on_bench(model: Model, slots: Slots) -> tuple[Artifact, str] | None:
    """The reward model for this model's answers, and its owner; None if there is none."""
    slot = slots.get("reward")
    if slot is None or model.id not in slot.artifact.parents:
        return None
    return slot.artifact, slot.whose
