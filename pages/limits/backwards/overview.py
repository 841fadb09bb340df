"""What stands below the question on the page “backwards”."""

from typing import Final

import streamlit as st

from core.house.limits.reversal import PART, Reversal, reversal
from core.limits import reading
from core.limits import reversal as code
from core.limits.reversal import ReversalSettings, results
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    Figure,
    Measured,
    experiments,
    hand_over,
    note,
    predict,
    source,
    under_the_hood,
)
from pages.kit.numbers import duration, share, whole
from pages.limits import live
from pages.limits.backwards import running, showing
from pages.limits.live import Run, newest

HALF: Final = 0.5  # sure from here on: as often as not
TENTH: Final = 0.1


def draw(t: Words) -> None:
    """Draw the page below its question."""
    seen, shipped = newest(running.LIVE), reversal()
    live.staged(
        running,
        t("backwards.stage"),
        PART,
        seen,
        t,
        shipped=(lambda: _shown(shipped, t)) if shipped else None,
        before=lambda: _before(shipped, t),
    )
    if experiments(t) and shipped:
        _sure(shipped, t)
    if under_the_hood(t):
        source(
            t,
            code.Harbour,
            code.asked,
            words=t("backwards.hood"),
            formula=r"p(\text{boat} \mid \text{person}) \not\Rightarrow "
            r"p(\text{person} \mid \text{boat})",
            paper="Berglund et al. 2023, arXiv:2309.12288",
        )
        source(
            t,
            reading.Reading,
            words=t("backwards.hood_loss"),
            paper="Allen-Zhu & Li 2023, arXiv:2309.14402; Golovneva et al. 2024, arXiv:2403.13799",
        )
    hand_over(t, "backwards", _passed_on(seen, t), is_known=live.is_known(seen))


def _before(shipped: Reversal | None, t: Words) -> None:
    """What the texts tell, and how long the shipped models took."""
    st.html(showing.told(t, ReversalSettings().n_people, state.seed()))
    note(t("backwards.about"))
    if shipped:
        n = whole(len(shipped.settings.models), t.lang)
        note(t("backwards.took", n=n, time=duration(shipped.seconds, t.lang)))


def _shown(shipped: Reversal, t: Words) -> None:
    """The shipped run, under “watch”."""
    note(showing.sentence(shipped.found, t))
    st.html(showing.tabulated(shipped.found, t))
    st.html(showing.example(shipped.example, t))
    _before(shipped, t)


def _sure(shipped: Reversal, t: Words) -> None:
    """How sure is a model of a wrong answer backwards?"""
    one = shipped.found["half"]["one"]["backwards"]

    def measure() -> Measured:
        """What was measured on the shipped models."""
        outcome = (
            "much" if one.confidence >= HALF else "chance" if one.confidence < TENTH else "some"
        )
        text = t(
            "backwards.sure_measured",
            sure=share(one.confidence, t.lang),
            truth=share(one.truth, t.lang, 2),
            chance=share(1.0 / shipped.settings.n_people, t.lang, 1),
            right=whole(one.n_right, t.lang),
            n=whole(one.n, t.lang),
            seeds=whole(shipped.settings.n_seeds, t.lang),
        )

        def shown() -> None:
            """All of them in a table."""
            st.html(showing.tabulated(shipped.found, t))

        return Measured(outcome, text, shown)

    predict(
        "backwards_sure",
        t,
        question=t("backwards.guess_sure"),
        options={
            "chance": t("backwards.sure_chance"),
            "some": t("backwards.sure_some"),
            "much": t("backwards.sure_much"),
        },
        measure=measure,
    )


def _passed_on(seen: Run | None, t: Words) -> list[Figure]:
    found = results(seen.rows) if seen is not None and seen.record.is_finished else {}
    if "half" not in found:
        return []
    one = found["half"]["one"]
    return [
        Figure(share(one["forwards"].share, t.lang), t("backwards.passes_forwards"), "yours"),
        Figure(share(one["backwards"].share, t.lang), t("backwards.passes_backwards"), "yours"),
    ]
