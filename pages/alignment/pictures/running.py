"""The preference tuning of a model that draws: its controls, and how it is started."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.alignment.pictures.preferring import (
    PicturePreference,
    numbers_of,
    rule_followed,
    to_bytes,
)
from core.alignment.pictures.settings import LEASHES, leash_of, settings_for
from core.jobs.engine import Plan
from core.jobs.programs import PICTURE_DPO
from core.modality import PICTURES
from core.services import services
from core.store import RunRecord
from pages.alignment.pictures import choosing
from pages.alignment.pictures.choosing import ENOUGH, rule_names
from pages.alignment.pictures.ground import Chosen, Ground
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.numbers import decimal, whole
from pages.training import running


def settings(rule: str, kl_weight: float, **more: Any) -> dict[str, Any]:
    """The controls as the program takes them."""
    return settings_for(rule, kl_weight, **{"seed": state.seed(), **more}).to_dict()


def keep(on: Ground, said: Sequence[PicturePreference], *, on_bench: bool = True) -> str:
    """Store preferences as an artefact of the chain; its id."""
    store, owner = services().store, state.owner()
    kept = store.artifacts.keep(
        owner,
        "preferences",
        to_bytes(said),
        parents=[on.model.id],
        modality=PICTURES,
        settings={"judges": sorted({one.judge for one in said}), "n": len(said)},
        seed=state.seed(),
        numbers=numbers_of(said),
    )
    if on_bench:
        store.benches.put(owner, "a", kept.id, "preferences")
    return kept.id


def plan(on: Ground, said: Sequence[PicturePreference], t: Words, rule: str, **more: Any) -> Plan:
    """The run that learns from these preferences."""
    inputs: dict[str, bytes | str] = {
        "model": on.model.id,
        "encoder": on.encoder.id,
        "preferences": keep(on, said),
    }
    asked = settings(rule, float(state.value("kl_weight")), **more)
    return Plan(inputs, asked, "a", t("alignment_pictures.run_name"), PICTURE_DPO)


def run_controls(on: Ground, said: Chosen, going: Sequence[RunRecord], t: Words) -> None:
    """Choose the leash and start, or pause and stop."""
    if going:
        _while_it_runs(going[0], t)
    else:
        _before_it_runs(on, said, t)
    running.confirmation(t, lambda t, replaced=False: _begin(t, on, said, replaced))
    if (error := st.session_state.pop(running.ERROR, None)) is not None:
        show_error(error, t)


def _before_it_runs(on: Ground, said: Chosen, t: Words) -> None:
    rule = choosing.rule_now(state.value("picture_open"))
    counting = said.counting(ENOUGH)
    ready = len(said.own) >= ENOUGH or bool(said.by_rule)
    leash(t)
    if st.button(t("alignment_pictures.start"), key="picture_align_start", type="primary"):
        running.attempt(_begin, t, on, said)
        st.rerun()
    if ready and counting:
        note(t("alignment_pictures.learns_from", n=whole(len(counting), t.lang)))
    else:
        note(t("alignment_pictures.will_judge", rule=rule_names(t)[rule],
               n=whole(choosing.GOAL, t.lang), enough=whole(ENOUGH, t.lang)))  # fmt: skip


def leash(t: Words, going: RunRecord | None = None) -> None:
    """The KL weight, which can be moved during a run as well."""
    if "kl_weight" not in st.session_state:
        now = float(state.value("kl_weight"))
        st.session_state["kl_weight"] = min(LEASHES, key=lambda x: abs(x - now))
    names = {0.0: t("aligning.no_kl")}
    moved: dict[str, Any] = {"on_change": _hand_over_leash, "args": (going,)} if going else {}
    st.select_slider(
        t("aligning.kl_weight"),
        LEASHES,
        value=st.session_state["kl_weight"],
        key="kl_weight",
        format_func=lambda x: names.get(x) or decimal(x, t.lang, 2 if x < 0.1 else 1),
        help=t("aligning.kl_weight_help"),
        **moved,
    )
    state.put_in_url("kl_weight")


def _hand_over_leash(run: RunRecord) -> None:
    change = leash_of(float(st.session_state["kl_weight"]), str(run.settings["rule"]))
    running.attempt(services().engine.control, state.owner(), run.id, change)


def _begin(t: Words, on: Ground, said: Chosen, replaced: bool = False) -> None:
    """Start a run; without enough choices the rule chooses first."""
    left_open = str(state.value("picture_open"))

    def make(_: Words) -> list[Plan]:
        if len(said.own) >= ENOUGH or said.by_rule:
            counting = said.counting(ENOUGH)
            return [plan(on, counting, t, rule_followed(counting))]
        rule = choosing.rule_now(left_open)
        return [plan(on, choosing.judge(on, rule, t), t, rule)]

    running.begin(t, replaced, make)


def _while_it_runs(run: RunRecord, t: Words) -> None:
    with st.container(key="gb_align_run", horizontal=True, vertical_alignment="bottom"):
        pause_and_stop(run, t, "picture_align")
    leash(t, run)


def pause_and_stop(run: RunRecord, t: Words, key: str) -> None:
    """The buttons of a run that goes on; their keys begin with `key`."""
    engine, paused, stopping = services().engine, run.status == "paused", run.status == "stopping"
    st.button(
        t("training.resume") if paused else t("training.pause"),
        key=f"{key}_pause",
        type="primary",
        on_click=running.attempt,
        args=(running.each_of, [run], engine.resume if paused else engine.pause,
              ("paused",) if paused else ("queued", "running")),
        disabled=stopping,
    )  # fmt: skip
    st.button(
        t("training.stopping") if stopping else t("training.stop"),
        key=f"{key}_stop",
        on_click=running.attempt,
        args=(running.each_of, [run], engine.stop, running.GOES_ON),
        disabled=stopping,
    )
