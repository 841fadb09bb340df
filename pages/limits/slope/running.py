"""The live run: six models, from the smallest to the largest, learn the same code."""

from typing import Final

import streamlit as st

from core.jobs.engine import Plan
from core.jobs.programs import SIZES
from core.limits.slope.emergence import LADDER, N_LETTERS, SizesSettings, by_size, size_of
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import duration, whole
from pages.limits import live
from pages.limits.live import Live, Run
from pages.limits.slope import showing

LIVE: Final = Live("slope", SIZES, "judged")


def settings_of(seen: Run) -> SizesSettings:
    """What a run was asked to do."""
    return SizesSettings.from_dict(seen.record.settings)


def options(t: Words) -> dict[str, str]:
    """What the largest model may get right."""
    return {
        "few": t("slope.guess_few"),
        "some": t("slope.guess_some"),
        "most": t("slope.guess_most"),
    }


def ask(seen: Run | None, t: Words) -> None:
    """The guess and the button that begins; while it runs, the one that ends it."""

    def plan() -> Plan:
        settings = SizesSettings(seed=state.seed())
        return Plan({}, settings.to_dict(), None, t("slope.run_name"), SIZES)

    question = t(
        "slope.question_largest",
        k=whole(N_LETTERS, t.lang),
        n=whole(size_of(LADDER[-1]), t.lang),
    )
    begin = t("slope.start", n=whole(len(SizesSettings().models), t.lang))
    live.ask(LIVE, seen, question, options(t), begin, plan, t)


def progress(t: Words) -> None:
    """While it runs: the sizes that are finished, by both rulers."""

    def told(seen: Run) -> tuple[str, str]:
        sizes = by_size(seen.rows)
        n = whole(len(settings_of(seen).models), t.lang)
        text = t("slope.progress", done=whole(len(sizes), t.lang), n=n)
        return text, showing.tabulated(sizes, t) if sizes else ""

    live.progress(LIVE, lambda seen: settings_of(seen).n_steps, told, t)


def is_whole(seen: Run | None) -> bool:
    """Whether a run has come to its end with every size."""
    if seen is None or not seen.record.is_finished:
        return False
    return len(by_size(seen.rows)) == len(settings_of(seen).channels)


def result(seen: Run, t: Words) -> None:
    """What came of it, beside the guess where one was made in this session."""
    live.failed(seen, t)
    sizes, settings = by_size(seen.rows), settings_of(seen)
    if is_whole(seen):
        largest = list(showing.together(sizes).values())[-1]
        outcome = showing.outcome_of(largest)
        live.found(LIVE, options(t), outcome, showing.sentence(sizes, t), t)
    if sizes:
        showing.two_rulers(sizes, "slope_live", t)
        with st.expander(t("slope.figures")):
            st.html(showing.tabulated(sizes, t))
        note(
            t(
                "slope.how",
                seeds=whole(settings.n_seeds, t.lang),
                steps=whole(settings.n_steps_each, t.lang),
                n=whole(settings.n_asked, t.lang),
                time=duration(seen.record.seconds, t.lang),
            )
        )
    live.ended(LIVE, seen, t)
