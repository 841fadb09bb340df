"""The controls of a fine-tuning run: begin, pause, go on, stop.

Invariant: nothing that runs is ended without being asked, and what went wrong is said on the page.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import streamlit as st

from core.alignment.text.examples import Example
from core.errors import GlassboxError, UnderWay
from core.jobs.engine import Plan
from core.services import services
from core.store import RunRecord
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error

ERROR: Final = "_tuning_error"
CONFIRM: Final = "_tuning_confirm"
GOES_ON: Final = ("queued", "running", "paused")


def buttons(
    going: Sequence[RunRecord], make: Callable[[], Plan] | None, one: Example | None, t: Words
) -> None:
    """What fits where things stand: begin, or pause and stop."""
    engine = services().engine
    if going:
        paused = all(run.status == "paused" for run in going)
        stopping = any(run.status == "stopping" for run in going)
        act, fits = (engine.resume, ("paused",)) if paused else (engine.pause, GOES_ON[:2])
        st.button(
            t("training.resume") if paused else t("training.pause"),
            key="fine_tune_pause",
            type="primary",
            on_click=_try,
            args=(_each, going, act, fits),
            disabled=stopping,
        )
        st.button(
            t("training.stopping") if stopping else t("training.stop"),
            key="fine_tune_stop",
            on_click=_try,
            args=(_each, going, engine.stop, GOES_ON),
            disabled=stopping,
        )
        return
    st.button(
        t("tuning.start"),
        key="fine_tune_start",
        type="primary",
        on_click=_try,
        args=(_begin, make),
        disabled=make is None or one is None,
    )
    if state.depth() == "dig":
        controls.slider("fine_tune_steps", t("training.steps"))
        controls.toggle("fine_tune_questions", t("tuning.questions_count"))


def said(make: Callable[[], Plan] | None, t: Words) -> None:
    """What went wrong, and the question before something that goes on is ended."""
    if st.session_state.get(CONFIRM) and make is not None:
        with st.container(key="gb_tune_confirm", horizontal=True, vertical_alignment="center"):
            note(t("training.confirm"))
            yes, no = t("training.confirm_yes"), t("training.confirm_no")
            st.button(yes, key="fine_tune_replace", on_click=_replace, args=(make,))
            st.button(no, key="fine_tune_keep", type="tertiary", on_click=_keep)
    if (error := st.session_state.pop(ERROR, None)) is not None:
        show_error(error, t)


def _begin(make: Callable[[], Plan], replaced: bool = False) -> None:
    owner, engine = state.owner(), services().engine
    under_way = engine.under_way(owner)
    if under_way and not replaced:
        names = [run.name for run in under_way]
        raise UnderWay(f"{len(names)} runs are still going on", names=names)
    one = make()
    examples = str(one.inputs["examples"])
    services().store.benches.put(owner, one.lane or "a", examples, "examples")
    engine.experiment(owner, [one], replace=replaced)


def _replace(make: Callable[[], Plan]) -> None:
    _keep()
    _try(_begin, make, True)


def _keep() -> None:
    st.session_state.pop(CONFIRM, None)


def _each(going: Sequence[RunRecord], act: Callable[[str, str], None], fits: Sequence[str]) -> None:
    for run in going:
        if services().engine.run(state.owner(), run.id).status in fits:
            act(state.owner(), run.id)


def _try(action: Callable[..., None], *args: Any) -> None:
    """Do what a button asks; what goes wrong is said in the rerun that follows."""
    try:
        action(*args)
    except UnderWay:
        st.session_state[CONFIRM] = True
    except GlassboxError as error:
        st.session_state[ERROR] = error
