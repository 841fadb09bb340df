"""How a page knows that something was done on it: from the session, the address and the store.

Nobody declares anything done. Each function here gives one kind of evidence, with its figures.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from core.jobs.events import course
from core.learning.progress import MOST_SAID, Own
from core.services import services
from core.store import PERSON
from pages.kit import state

Row = Mapping[str, Any]


def now() -> str:
    """This moment, as progress keeps it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def noticed(figures: Mapping[str, float], said: str = "") -> Own:
    """A measurement that was just noticed."""
    return Own(now(), state.lang(), str(said)[:MOST_SAID], figures)


def prediction(
    key: str, outcomes: Callable[[], Mapping[str, str]] | None = None
) -> Callable[[], Own | None]:
    """A guess was made and the measurement revealed.

    Args:
        key: of the prediction; one that ends in "_" stands for all that begin so.
        outcomes: what each outcome means, where the page's own sentence does not say it.
    """

    def found() -> Own | None:
        """The latest of them."""
        made: dict[str, Any] = st.session_state.get("_predictions", {})
        for name in reversed(made):
            if name == key or (key.endswith("_") and name.startswith(key)):
                guess, measured = made[name]
                said = outcomes()[measured.outcome] if outcomes else measured.text
                return noticed({"right": float(guess == measured.outcome)}, said)
        return None

    return found


def setting(name: str, reached: Callable[[Any], bool]) -> Callable[[], Own | None]:
    """A setting in the address was changed, and far enough."""

    def found() -> Own | None:
        """Its value."""
        value = state.value(name)
        return noticed({name: float(value)}) if reached(value) else None

    return found


def run(
    program: str,
    kind: str,
    measured: Callable[[Sequence[Row]], Mapping[str, float]],
    *,
    ended: bool,
) -> Callable[[], Own | None]:
    """A run of the visitor's was started and has measured enough.

    Args:
        program: the engine's name of the run.
        kind: of the rows that are looked at.
        measured: of these rows the figures; empty: not enough yet.
        ended: whether it has to be over; stopped early is over, too.
    """

    def found() -> Own | None:
        """The newest run that has measured enough."""
        owner, engine = state.owner(), services().engine
        for one in services().store.runs.of_owner(owner):
            if one.program == program and (one.is_finished or not ended):
                rows = [r for r in course(engine.rows(owner, one.id)) if r["kind"] == kind]
                if figures := measured(rows):
                    return noticed(figures)
        return None

    return found


def clicks(enough: int) -> Callable[[], Own | None]:
    """So many choices between two answers were made by hand."""

    def found() -> Own | None:
        """How many, and how often the longer answer was chosen."""
        owner, store = state.owner(), services().store
        cast = [one for one in store.ballots.of_owner(owner) if one.judge == PERSON]
        if len(cast) < enough:
            return None
        decided = [one for one in cast if one.choice in ("a", "b") and len(one.a) != len(one.b)]
        n_longer = sum((one.choice == "a") == (len(one.a) > len(one.b)) for one in decided)
        return noticed({"n": len(cast), "n_decided": len(decided), "n_longer": n_longer})

    return found


def compared_prompts(enough: int) -> Callable[[], Own | None]:
    """A guess was made which prompt is right most often, and so many answers to each were drawn."""

    def found() -> Own | None:
        """Right answers under each prompt, as shares of 1, of the newest such bench."""
        kept: dict[Any, Any] = st.session_state.get("_prompting_bench", {})
        for bench in reversed(list(kept.values())):
            shares = bench.shares()
            n = min(one.n for one in shares.values())
            if bench.guess and n >= enough:
                figures = {name: one.value for name, one in shares.items()}
                return noticed({**figures, "n": n, "right": float(bench.guess in bench.best())})
        return None

    return found


def forced_token() -> Own | None:
    """A token was appended by hand: its probability, and how many were likelier."""
    steered: dict[Any, Any] = st.session_state.get("_choosing_steered", {})
    for of in reversed(list(steered.values())):
        forced = [one for one in of.now.taken if one.how == "forced" and one.seen is not None]
        if forced:
            seen = forced[-1].seen
            return noticed({"bits": seen.bits, "rank": seen.rank})
    return None
