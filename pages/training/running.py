"""The controls of training: begin, pause, go on, stop, and what may be turned meanwhile.

Invariant: nothing that runs is ended without being asked, and what went wrong is said on the page.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from typing import Any, Final

import streamlit as st

from core.architecture.sizes import DEFAULT_SIZE
from core.errors import GlassboxError, UnderWay
from core.jobs.engine import Plan
from core.modality import TEXT
from core.services import services
from core.store import RunRecord
from pages.architecture.plan import size_name
from pages.kit import controls, runs, state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.numbers import decimal, significant, whole

RATES: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
LENGTHS: Final = (100, 200, 400, 800, 1200, 1600, 3200, 6400)
USUAL_STEPS: Final = 1200
USUAL_MINUTES: Final = (1, 3)  # on two idle cores, at the standard size
ERROR: Final = "_training_error"
CONFIRM: Final = "_training_confirm"
BEGUN: Final = "_training_begun"
DOUBLE_PRESS_S: Final = 5.0  # a second press so soon is the same wish: the first takes its time
GOES_ON: Final = ("queued", "running", "paused")


def wanted(**changes: Any) -> runs.Wanted:
    """What the controls ask for."""
    return replace(
        runs.Wanted(
            n_steps=state.value("n_steps"),
            n_batch=state.value("n_batch"),
            optimizer=state.value("optimizer"),
            learning_rate=state.value("learning_rate"),
            seed=state.seed(),
            sentence=state.sentence(),
        ),
        **changes,
    )


def run_controls(t: Words, shown: Sequence[RunRecord], ground: runs.Ground | None) -> None:
    """The row of controls that fits where things stand, and what there is to say about it."""
    going = [run for run in shown if not run.is_finished]
    if going:
        while_it_runs(t, going)
    elif ground:
        _before_it_runs(t, ground)
    confirmation(t, begin)
    if (error := st.session_state.pop(ERROR, None)) is not None:
        show_error(error, t)


def _before_it_runs(t: Words, ground: runs.Ground) -> None:
    bench = services().store.benches.of(state.owner(), TEXT)
    with st.container(key="gb_run", horizontal=True, vertical_alignment="center"):
        st.button(
            t("training.start"),
            key="train_start",
            type="primary",
            on_click=attempt,
            args=(begin, t),
        )
        rate_slider("learning_rate", t("training.learning_rate"), t)
        on_grid("n_steps", t("training.steps"), LENGTHS, lambda n: whole(n, t.lang))
        if not (bench.difference and bench.difference.step == "data"):
            with st.popover(t("training.compare"), key="train_compare"):
                _pair_controls(t)
    usual = ground.design is None and state.value("n_batch") == state.start("n_batch")
    if usual and bench.difference is None and state.value("pair") == "none":
        note(_takes(t))  # of larger models, batches and pairs no time is known before they run
    if bench.difference and bench.difference.step == "data":
        with st.container(horizontal=True, vertical_alignment="center", key="gb_forked"):
            note(t("training.pair_from_data", a=lane_name(t, "a"), b=lane_name(t, "b")))
            st.button(t("training.one_lane"), key="train_unfork", type="tertiary", on_click=_unfork)


def _takes(t: Words) -> str:
    """How long a run would take, by what one of the usual length takes."""
    share = state.value("n_steps") / USUAL_STEPS
    low, high = round(share * USUAL_MINUTES[0]), math.ceil(share * USUAL_MINUTES[1])
    n = whole(state.value("n_steps"), t.lang)
    if low < 1:
        return t("training.takes_less", n=n, high=high)
    return t("training.takes", n=n, low=low, high=high)


def _pair_controls(t: Words) -> None:
    kinds = {
        "none": t("training.pair_none"),
        "learning_rate": t("training.pair_learning_rate"),
        "size": t("training.pair_size"),
    }
    chosen = controls.choice("pair", t("training.pair"), kinds.__getitem__)
    if chosen == "learning_rate":
        rate_slider("learning_rate_b", t("training.second_learning_rate"), t)
    if chosen == "size":
        controls.choice("size_b", t("training.second_size"), lambda size: size_name(size, t))
    note(t("training.pair_note"))


def while_it_runs(
    t: Words, going: Sequence[RunRecord], rate: str = "learning_rate", modality: str = TEXT
) -> None:
    """Where the start button was stands what the run does, so that a second press hits nothing."""
    paused = all(run.status == "paused" for run in going)
    stopping = any(run.status == "stopping" for run in going)
    waits = all(run.status == "queued" for run in going)
    with st.container(key="gb_run", horizontal=True, vertical_alignment="center"):
        now = (
            t("training.now_stopping")
            if stopping
            else t("training.now_paused")
            if paused
            else t("training.now_waiting")
            if waits
            else t("training.now_running")
        )
        moving = "" if paused or waits or stopping else " gb-moving"
        st.html(f'<p class="gb-run-state{moving}">{escape(now)}</p>', width="content")
        if paused:
            label, act = t("training.resume"), services().engine.resume
        else:
            label, act = t("training.pause"), services().engine.pause
        st.button(
            label,
            key="train_pause",
            type="primary",
            on_click=attempt,
            args=(each_of, going, act, ("paused",) if paused else ("queued", "running")),
            disabled=stopping,
        )
        st.button(
            t("training.stopping") if stopping else t("training.stop"),
            key="train_stop",
            on_click=attempt,
            args=(each_of, going, services().engine.stop, GOES_ON),
            disabled=stopping,
        )
        bench = services().store.benches.of(state.owner(), modality)
        if not (bench.difference and bench.difference.setting == "learning_rate"):
            label = t("training.learning_rate")
            rate_slider(rate, label, t, on_change=_change_rate, args=(going, rate))


def waiting(t: Words, going: Sequence[RunRecord]) -> str:
    """Why a run has not begun yet; empty once it has."""
    if not going or going[0].status != "queued":
        return ""
    if not services().engine.wait_until_ready(0):
        return t("training.warming_up")
    place = max(services().engine.place(state.owner(), run.id) for run in going)
    return t("training.place", n=place) if place else t("training.begins")


def each_of(
    going: Sequence[RunRecord], act: Callable[[str, str], None], fits: Sequence[str]
) -> None:
    st.session_state.pop(BEGUN, None)
    for run in going:
        if services().engine.run(state.owner(), run.id).status in fits:
            act(state.owner(), run.id)


def _change_rate(going: Sequence[RunRecord], rate: str) -> None:
    change = {"learning_rate": st.session_state[rate]}
    attempt(each_of, going, _control_with(change), GOES_ON)


def _control_with(change: dict[str, Any]) -> Callable[[str, str], None]:
    return lambda owner, run_id: services().engine.control(owner, run_id, change)


def follow_sentence(going: Sequence[RunRecord], last: str) -> None:
    """Let a run look at the travelling sentence as it is now, if that is another one."""
    sentence = state.sentence()
    asked = st.session_state.setdefault("_training_sentence", {})
    for run in going:
        if asked.get(run.id, run.settings.get("sentence", last)) != sentence:
            asked[run.id] = sentence
            attempt(each_of, [run], _control_with({"sentence": sentence}), GOES_ON)


def begin(
    t: Words, replaced: bool = False, make: Callable[[Words], list[Plan]] | None = None
) -> None:
    """Start what the controls ask for: one run, or the two of a pair, or what `make` plans."""
    owner, now = state.owner(), time.monotonic()
    if not replaced and now < st.session_state.get(BEGUN, -math.inf) + DOUBLE_PRESS_S:
        # What this draws must show the run, which the first press may still be about to begin.
        while BEGUN in st.session_state and not services().engine.under_way(owner):
            if time.monotonic() > now + DOUBLE_PRESS_S:
                break
            time.sleep(0.05)
        return
    under_way = services().engine.under_way(owner)
    if under_way and not replaced:  # before anything on the bench is touched
        names = [run.name for run in under_way]
        raise UnderWay(f"{len(names)} runs are still going on", names=names)
    st.session_state[BEGUN] = now
    try:
        services().engine.experiment(owner, (make or plans)(t), replace=replaced)
    finally:  # an error, or a rerun that cut this one short: the next press may try again
        if not services().engine.under_way(owner):
            st.session_state.pop(BEGUN, None)
    st.session_state["run_shown"] = "yours"


def plans(t: Words) -> list[Plan]:
    """The runs that the controls ask for, with the bench made ready for them."""
    owner, store = state.owner(), services().store
    ask, pair = wanted(), state.value("pair")
    difference = store.benches.of(owner, TEXT).difference
    first = _ground(owner, "a")
    if difference and difference.step == "data":
        second = _ground(owner, "b")
        second = replace(second, design=second.design or first.design)
        lanes = ((first, lane_name(t, "a")), (second, lane_name(t, "b")))
        return [runs.plan(owner, on, ask, name) for on, name in lanes]
    if difference:
        store.benches.unfork(owner, TEXT)
    if pair == "learning_rate":
        return _two_rates(t, owner, first, ask)
    if pair == "size":
        return _two_sizes(t, owner, first, ask)
    n_steps = whole(ask.n_steps, t.lang)
    return [runs.plan(owner, first, ask, t("training.run_name", n=n_steps))]


def _two_rates(t: Words, owner: str, on: runs.Ground, ask: runs.Wanted) -> list[Plan]:
    a, b = ask.learning_rate, state.value("learning_rate_b")
    first = runs.plan(owner, on, ask, lane_rate(t, a))
    services().store.benches.fork(owner, TEXT, "training", "learning_rate", a, b)
    other = replace(ask, learning_rate=b)
    return [first, runs.plan(owner, _ground(owner, "b"), other, lane_rate(t, b))]


def _two_sizes(t: Words, owner: str, on: runs.Ground, ask: runs.Wanted) -> list[Plan]:
    own = t("training.own_size") if on.design else lane_size(t, DEFAULT_SIZE)
    other = lane_size(t, state.value("size_b"))
    first = runs.plan(owner, on, ask, own)
    services().store.benches.fork(owner, TEXT, "architecture", "size", own, other)
    return [first, runs.plan(owner, replace(on, lane="b"), ask, other, state.value("size_b"))]


def _ground(owner: str, lane: Any) -> runs.Ground:
    found = runs.ground(owner, lane)
    if found is None:
        raise GlassboxError(f"nothing lies in lane {lane} to be trained on")
    return found


def lane_rate(t: Words, rate: float) -> str:
    """The name of a run whose learning rate is what tells it apart."""
    return t("training.lane_rate", rate=rate_text(rate, t))


def lane_size(t: Words, size: str) -> str:
    """The name of a run whose size is what tells it apart."""
    return t("training.lane_size", size=size_name(size, t))


def lane_name(t: Words, lane: str) -> str:
    """What a lane of the bench is called by the one thing that tells it apart."""
    difference = services().store.benches.of(state.owner(), TEXT).difference
    if difference is None:
        return t("training.your_run")
    value = difference.a if lane == "a" else difference.b
    if difference.setting == "learning_rate":
        return lane_rate(t, float(value))
    if difference.setting == "duplicates":
        return t("training.duplicates_out") if value else t("training.duplicates_in")
    shown = decimal(value, t.lang) if isinstance(value, float) else str(value)
    return f"{difference.setting} {shown}"


def attempt(action: Callable[..., None], *args: Any) -> None:
    """Do what a button asks; what goes wrong is said in the rerun that follows."""
    try:
        action(*args)
    except UnderWay:
        st.session_state[CONFIRM] = True
    except GlassboxError as error:
        st.session_state[ERROR] = error


def confirmation(t: Words, start: Callable[..., None]) -> None:
    """Ask before an experiment that goes on is ended by another; `start(t, True)` begins that."""
    if not st.session_state.get(CONFIRM):
        return
    with st.container(key="gb_confirm", horizontal=True, vertical_alignment="center"):
        note(t("training.confirm"))
        st.button(
            t("training.confirm_yes"), key="train_replace", on_click=_replace, args=(t, start)
        )
        st.button(t("training.confirm_no"), key="train_keep", type="tertiary", on_click=_keep_going)


def _replace(t: Words, start: Callable[..., None]) -> None:
    _keep_going()
    attempt(start, t, True)


def _keep_going() -> None:
    st.session_state.pop(CONFIRM, None)


def _unfork() -> None:
    services().store.benches.unfork(state.owner(), TEXT)


def rate_text(rate: float, t: Words) -> str:
    """A learning rate as it is written: one significant digit is all it has."""
    return significant(rate, t.lang, 1)


def rate_slider(
    name: str,
    label: str,
    t: Words,
    *,
    on_change: Callable[..., None] | None = None,
    args: tuple[Any, ...] = (),
) -> None:
    """A slider for a learning rate, in equal factors."""
    on_grid(name, label, RATES, lambda rate: rate_text(rate, t), on_change, args)


def on_grid(
    name: str,
    label: str,
    grid: Sequence[float],
    shown: Callable[[float], str],
    on_change: Callable[..., None] | None = None,
    args: tuple[Any, ...] = (),
) -> None:
    """A slider over chosen values of a setting; any other value moves to the closest."""
    now = state.value(name)
    st.session_state[name] = min(grid, key=lambda value: abs(value - now))
    st.select_slider(
        label, grid, key=name, format_func=shown, on_change=on_change, args=args, width=186
    )
    state.put_in_url(name)
