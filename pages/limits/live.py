"""A live run of a station: guessed first, started, watched, stopped, and found again.

It is one run of the engine outside the bench: the visitor's own model stays where it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import streamlit as st

from core.errors import GlassboxError
from core.jobs.engine import Plan
from core.jobs.events import course
from core.jobs.failures import rebuilt
from core.services import services
from core.store import RunRecord
from pages.alignment.other_run import show_refused
from pages.kit import state
from pages.kit.catalogue import Text, Words
from pages.kit.components.clock import look_again
from pages.kit.frame import computed_now, first_action, note, show_error, stage
from pages.kit.numbers import duration
from pages.kit.parts import hint
from pages.kit.prediction import reveal
from pages.limits.shown import measured_then

LOOK_AGAIN_S: Final = 1.0

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Live:
    """What a station can run.

    Args:
        station: its name; keys begin with it.
        program: the engine's name of the run.
        row: the kind of the rows that are shown.
    """

    station: str
    program: str
    row: str


@dataclass(frozen=True)
class Run:
    """The visitor's newest run of a station.

    Args:
        record: as the engine keeps it.
        rows: those that are shown, so far.
    """

    record: RunRecord
    rows: Sequence[Row]


def newest(live: Live) -> Run | None:
    """The visitor's newest run of this kind; None if there is none."""
    owner = state.owner()
    found = next(
        (run for run in services().store.runs.of_owner(owner) if run.program == live.program), None
    )
    if found is None:
        return None
    record = services().engine.run(owner, found.id)
    rows = course(services().engine.rows(owner, found.id))
    return Run(record, [row for row in rows if row["kind"] == live.row])


class Running(Protocol):
    """pages/limits/<station>/running.py: what a station with one live run offers."""

    LIVE: Live

    def ask(self, seen: Run | None, t: Words) -> None:
        """The guess and the button that begins; while it runs, the one that ends it."""

    def progress(self, t: Words) -> None:
        """How far it is, and what is measured so far."""

    def result(self, seen: Run, t: Words) -> None:
        """What came of it."""


def staged(
    running: Running,
    title: Text,
    part: str,
    seen: Run | None,
    t: Words,
    *,
    shipped: Callable[[], None] | None,
    before: Callable[[], None],
) -> None:
    """The stage of a station: the guess, then what is under way or what came of it.

    Args:
        running: of the station.
        title: over the stage.
        part: of what is shipped; its badge stands over it.
        seen: the newest run.
        shipped: draws what is shipped, under "watch"; None if nothing is.
        before: draws what it is about, as long as nothing was run.
    """
    watching = state.depth() == "watch"
    badge = computed_now(t) if seen is not None else None
    if watching and seen is None and shipped is not None:
        badge = measured_then(t, part)
    with stage(title, badge):
        if not watching:
            first_action(t, running.LIVE.station)
            running.ask(seen, t)
        if seen is not None and not seen.record.is_finished:
            running.progress(t)
        elif seen is not None:
            running.result(seen, t)
        elif watching and shipped is not None:
            shipped()
        if seen is None and not watching:
            before()


def ask(
    live: Live,
    seen: Run | None,
    question: str,
    options: Mapping[str, str],
    begin: str,
    plan: Callable[[], Plan],
    t: Words,
    controls: Callable[[], None] | None = None,
    takes_s: float | None = None,
) -> None:
    """What can be set, the guess and the button that begins; while it runs, the one that ends it.

    After a run only its result is shown, until somebody asks for another.

    Args:
        seen: the newest run.
        question, options: what is guessed; the options' names are outcomes.
        begin: the button's label.
        plan: of the run, from the settings as they stand when it begins; may raise.
        controls: drawn above the guess, for they are set first; None: there are none.
        takes_s: seconds that such a run took when it was measured; None: nothing is said.
    """
    name = live.station
    if seen is not None and not seen.record.is_finished:
        stopping = seen.record.status == "stopping"
        st.button(
            t("limits.stop"), key=f"{name}_stop", on_click=_stop, args=(seen,), disabled=stopping
        )
        return
    if seen is not None and not st.session_state.get(f"_{name}_again"):
        return
    if controls is not None:
        with st.container(key=f"gb_{name}_set", horizontal=True, vertical_alignment="bottom"):
            controls()
    guess = st.radio(
        question,
        list(options),
        format_func=options.__getitem__,
        index=None,
        key=f"{name}_guess",
    )
    with st.container(key=f"gb_{name}_start", horizontal=True, vertical_alignment="center"):
        st.button(
            begin,
            key=f"{name}_start",
            type="primary",
            disabled=guess is None,
            on_click=_begin,
            args=(name, guess, plan),
        )
        if guess is None:
            hint(t("frame.guess_first"))
        elif takes_s is not None:
            hint(t("limits.takes", time=duration(takes_s, t.lang)))
    if (error := st.session_state.pop(f"_{name}_error", None)) is not None:
        show_refused(error, t)


def _stop(seen: Run) -> None:
    services().engine.stop(state.owner(), seen.record.id)


def _begin(name: str, guess: str | None, plan: Callable[[], Plan]) -> None:
    try:
        services().engine.experiment(state.owner(), [plan()])
    except GlassboxError as error:
        st.session_state[f"_{name}_error"] = error
        return
    st.session_state[f"_{name}_guessed"] = guess
    st.session_state[f"_{name}_again"] = False


def progress(
    live: Live,
    planned: Callable[[Run], int],
    told: Callable[[Run], tuple[str, str]],
    t: Words,
) -> None:
    """While it runs: how far it is and what is measured so far, looked at again and again.

    Args:
        planned: of a run how many steps it has in all.
        told: of a run what is said over its bar, and what stands below it, as HTML or "".
    """
    st.fragment(_progress)(live, planned, told, t)


def _progress(
    live: Live,
    planned: Callable[[Run], int],
    told: Callable[[Run], tuple[str, str]],
    t: Words,
) -> None:
    seen = newest(live)
    if seen is None or seen.record.is_finished:
        st.rerun(scope="app")
    look_again(live.station, LOOK_AGAIN_S)
    text, below = told(seen)
    if seen.record.status == "queued":
        text = t("limits.waits")
    st.progress(min(1.0, seen.record.step / max(1, planned(seen))), text=text)
    if below:
        st.html(below)


def found(live: Live, options: Mapping[str, str], outcome: str, said: str, t: Words) -> None:
    """What was measured in a sentence, beside the guess where one was made in this session."""
    guess = st.session_state.get(f"_{live.station}_guessed")
    if guess is not None:
        reveal(t, options[guess], options[outcome], guess == outcome, said)
    else:
        note(said)


def is_known(seen: Run | None) -> bool:
    """Whether the result was seen: somebody watches, or a run of theirs is finished."""
    return state.depth() == "watch" or (seen is not None and seen.record.is_finished)


def failed(seen: Run, t: Words) -> None:
    """Above a result: what went wrong, if anything did."""
    if seen.record.error:
        show_error(rebuilt(seen.record.error), t)


def ended(live: Live, seen: Run, t: Words) -> None:
    """Below a result: whether it was ended early, and the way to another guess and another run."""
    if seen.record.status == "stopped":
        note(t("limits.stopped"))
    name = live.station
    offers = state.depth() != "watch" and not st.session_state.get(f"_{name}_again")
    if offers and st.button(t("frame.again"), key=f"{name}_again", type="tertiary"):
        st.session_state[f"_{name}_again"] = True
        st.rerun()
