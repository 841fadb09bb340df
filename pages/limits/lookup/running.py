"""The live run: the fine-tuned example is taught to read, and asked now and then."""

from dataclasses import asdict
from typing import Final

import streamlit as st

from core.house.limits.grounding import grounding
from core.jobs.engine import Plan
from core.jobs.programs import GROUNDING
from core.limits.grounding.exam import Way, by_way
from core.limits.grounding.program import GroundingSettings
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import duration, whole
from pages.limits import live
from pages.limits.live import Live, Row, Run
from pages.limits.lookup import models, picture

LIVE: Final = Live("lookup", GROUNDING, "asked")
N_BEFORE: Final = 2  # notices before a question: fewer are learned sooner
MOST_LESSONS: Final = 8000  # drawn before it begins; with more steps they are read again
ASKED: Final[tuple[Way, ...]] = ("alone", "given", "missing")


def settings_of(seen: Run) -> GroundingSettings:
    """What a run was asked to do."""
    return GroundingSettings.from_dict(seen.record.settings)


def ask(seen: Run | None, t: Words) -> None:
    """The guess and the button that begins; while it runs, the one that ends it."""

    def plan() -> Plan:
        n_steps = int(state.value("lookup_steps"))
        settings = GroundingSettings(
            world=asdict(models.world()),
            n_steps=n_steps,
            n_lessons=min(MOST_LESSONS, n_steps * GroundingSettings.n_batch),
            most_passages=N_BEFORE,
            n_found=N_BEFORE,
            ways=ASKED,
            seed=state.seed(),
        )
        inputs = {name: models.artifact(kind).id for name, kind in models.INPUTS.items()}
        return Plan(inputs, settings.to_dict(), None, t("lookup.run_name"), GROUNDING)

    def steps() -> None:
        if state.depth() == "dig":
            with st.container(width=280):
                controls.slider("lookup_steps", t("lookup.steps"))

    live.ask(
        LIVE,
        seen,
        t("lookup.guess_learns", n=whole(N_BEFORE, t.lang)),
        options(t),
        t("lookup.start"),
        plan,
        t,
        steps,
        _expected_s(),
    )


def _expected_s() -> float | None:
    """What so many steps took when the shipped reader was taught, with as many notices as here."""
    made = grounding()
    if made is None:
        return None
    shorter = (1 + N_BEFORE) / (1 + made.settings.most_passages)  # on average
    return float(made.seconds * shorter * state.value("lookup_steps") / made.settings.n_steps)


def options(t: Words) -> dict[str, str]:
    """How far the live run may come with the right notice given."""
    return {
        "few": t("lookup.learns_few"),
        "some": t("lookup.learns_some"),
        "most": t("lookup.learns_most"),
    }


def progress(t: Words) -> None:
    """While it runs: how far it is, and what it answers so far."""

    def told(seen: Run) -> tuple[str, str]:
        text = t(
            "lookup.progress",
            step=whole(seen.record.step, t.lang),
            n=whole(settings_of(seen).n_steps, t.lang),
        )
        return text, _course(seen, t) if seen.rows else ""

    live.progress(LIVE, lambda seen: settings_of(seen).n_steps, told, t)


def _course(seen: Run, t: Words) -> str:
    return picture.course(seen.rows, settings_of(seen).n_found, t)


def newest(seen: Run) -> list[Row]:
    """The rows of the latest look."""
    last = max((row["step"] for row in seen.rows), default=0)
    return [row for row in seen.rows if row["step"] == last]


def result(seen: Run, t: Words) -> None:
    """What came of it, beside the guess where one was made in this session."""
    live.failed(seen, t)
    found = by_way(newest(seen))
    if "given" in found:
        said = t(
            "lookup.learned",
            given=picture.right(found["given"], t),
            n=whole(found["given"].n, t.lang),
            steps=whole(seen.record.step, t.lang),
            time=duration(seen.record.seconds, t.lang),
        )
        live.found(LIVE, options(t), picture.outcome_of(found["given"]), said, t)
        st.html(_course(seen, t))
        note(t("lookup.own_answers"))
    live.ended(LIVE, seen, t)
