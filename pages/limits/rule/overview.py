"""What stands below the question on the page “rule”."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import streamlit as st

from core.figures.comparing import side_by_side
from core.figures.curves import Axes, Curve
from core.house.limits import grokking as grokking_part
from core.house.limits.adding import PART, Adding, adding
from core.house.limits.grokking import grokking
from core.limits import reading
from core.limits.rule import adding as code
from core.limits.rule import grokking as modular
from core.limits.rule import sums
from core.limits.rule.adding import AddingSettings, results
from core.limits.rule.grokking import GrokkingSettings
from core.limits.rule.sums import LANES, Exercises, Lane
from pages.kit import components, state
from pages.kit.catalogue import Words, rich
from pages.kit.frame import (
    Figure,
    Measured,
    card,
    computed_now,
    experiments,
    hand_over,
    note,
    predict,
    source,
    under_the_hood,
)
from pages.kit.numbers import duration, share, whole
from pages.limits import live, witness
from pages.limits.live import Run, newest
from pages.limits.rule import asking, literature, modulo, picture, running
from pages.limits.shown import measured_then, with_span

BOTH: tuple[Lane, ...] = ("steps", "answer")


def draw(t: Words) -> None:
    """Draw the page below its question."""
    seen, shipped = newest(running.LIVE), adding()
    watching = state.depth() == "watch"
    live.staged(
        running,
        t("rule.stage"),
        PART,
        seen,
        t,
        shipped=(lambda: _shown(shipped, t)) if shipped else None,
        before=lambda: _before(shipped, t),
    )
    if experiments(t) and shipped and seen is not None and seen.record.is_finished:
        _steps(shipped, t)
        _varied(shipped, t)
    _modulo(t)
    if not watching:
        ready = seen is not None and seen.record.result is not None
        with card("rule_own", t("rule.own"), computed_now(t) if ready else None):
            asking.own(seen, t)
    if watching or (seen is not None and seen.record.is_finished):
        witness.show("sums", t)
    with card("rule_literature", t("rule.literature")):
        literature.draw(t)
    if under_the_hood(t):
        _hood(t)
    hand_over(t, "rule", _passed_on(seen, t), is_known=live.is_known(seen))


@lru_cache(maxsize=8)
def _told(seed: int) -> Exercises:
    return AddingSettings(n_sums=200).exercises(seed)


def _before(shipped: Adding | None, t: Words) -> None:
    """Some of the texts, and how long the shipped models took."""
    exercises = _told(state.seed())
    st.html(picture.told(exercises, t))
    note(t("rule.about", **picture.explained(exercises)))
    if shipped:
        n, time = whole(len(shipped.asked), t.lang), duration(shipped.seconds, t.lang)
        note(t("rule.took", n=n, time=time))


def _shown(shipped: Adding, t: Words) -> None:
    """The shipped models, under “watch”."""
    note(picture.sentence(shipped.found["steps"], shipped.settings.n_digits, t))
    examples = picture.examples_of(shipped.asked, "steps")
    st.html(picture.ladder(shipped.found, LANES, examples, t))
    st.html(picture.failure(examples["longer"], t))
    st.html(picture.prices(shipped.asked, shipped.found, t))
    note(_how(shipped, t))


def _how(shipped: Adding, t: Words) -> str:
    settings = shipped.settings
    return t(
        "rule.how_shipped",
        seeds=whole(settings.n_seeds, t.lang),
        sums=whole(settings.n_sums, t.lang),
        n=whole(settings.n_asked, t.lang),
        time=duration(shipped.seconds, t.lang),
    )


def _steps(shipped: Adding, t: Words) -> None:
    """What changes if the texts hold the answer alone: the price of the steps, and their gain."""
    found = {lane: shipped.found[lane] for lane in BOTH}

    def measure() -> Measured:
        """What was measured on the shipped models."""
        new = found["answer"]["new"]
        text = t(
            "rule.steps_measured",
            steps=with_span(found["steps"]["new"].n_right, found["steps"]["new"].n, t),
            answer=with_span(new.n_right, new.n, t),
            longer=with_span(found["steps"]["longer"].n_right, found["steps"]["longer"].n, t),
            n=whole(new.n, t.lang),
        )
        return Measured(picture.outcome_of(new), text, lambda: _compared(shipped, BOTH, t))

    predict(
        "rule_answer",
        t,
        question=t("rule.guess_answer"),
        options={
            "all": t("rule.answer_all"),
            "some": t("rule.answer_some"),
            "none": t("rule.answer_none"),
        },
        measure=measure,
    )


def _compared(shipped: Adding, lanes: Sequence[Lane], t: Words) -> None:
    """Some lanes in one picture, what they cost, and how they came along."""
    examples = picture.examples_of(shipped.asked, "steps")
    st.html(picture.ladder(shipped.found, lanes, examples, t))
    st.html(picture.prices(shipped.asked, {lane: shipped.found[lane] for lane in lanes}, t))
    lines = [
        Curve(
            picture.lane_name(lane, t),
            list(shipped.learned[lane]),
            [100 * one.share for one in shipped.learned[lane].values()],
            end_digits=0,
        )
        for lane in lanes
    ]
    fig = side_by_side(lines, Axes(t("rule.updates"), t("rule.axis_new")))
    fig.update_yaxes(range=[0, 104])
    key = f"rule_curves_{'_'.join(lanes)}"
    components.figure(fig, t, key=key, alt=t("rule.curves_alt"), height=240)
    note(_how(shipped, t))


def _varied(shipped: Adding, t: Words) -> None:
    """What telling many kinds of sums changes, and what remains."""
    found, before = shipped.found["varied"], shipped.found["steps"]["new"]

    def measure() -> Measured:
        """What was measured on the shipped models."""
        one = found["longer"]
        text = t(
            "rule.varied_measured",
            longer=with_span(one.n_right, one.n, t),
            spaces=with_span(found["spaces"].n_right, found["spaces"].n, t),
            shorter=with_span(found["shorter"].n_right, found["shorter"].n, t),
            new=with_span(found["new"].n_right, found["new"].n, t),
            before=with_span(before.n_right, before.n, t),
            n=whole(one.n, t.lang),
        )
        lanes: tuple[Lane, ...] = ("steps", "varied")
        return Measured(picture.outcome_of(one), text, lambda: _compared(shipped, lanes, t))

    predict(
        "rule_varied",
        t,
        question=t("rule.guess_varied"),
        options=running.options(t),
        measure=measure,
    )


def _modulo(t: Words) -> None:
    """The second part: by heart first, the rule later."""
    seen, shipped = newest(modulo.LIVE), grokking()
    watching = state.depth() == "watch"
    then = measured_then(t, grokking_part.PART)
    badge = computed_now(t) if seen is not None else then if watching and shipped else None
    with card("rule_modulo", t("rule.modulo"), badge):
        settings = GrokkingSettings()
        about = t(
            "rule.modulo_about",
            p=whole(settings.modulus, t.lang),
            last=whole(settings.modulus - 1, t.lang),
            example=whole((50 + 20) % settings.modulus, t.lang),
            told=share(settings.told_share, t.lang),
        )
        st.html(f'<p class="gb-found">{rich(about)}</p>')
        if not watching:
            modulo.ask(seen, t)
        if seen is not None and not seen.record.is_finished:
            modulo.progress(t)
        elif seen is not None:
            modulo.result(seen, t)
        elif watching and shipped:
            modulo.shown(shipped, t)
        if not watching and shipped and seen is not None and seen.record.is_finished:
            with st.expander(t("rule.modulo_shipped")):
                modulo.shown(shipped, t)


def _hood(t: Words) -> None:
    source(
        t,
        sums.steps_of,
        sums.answered,
        words=t("rule.hood_steps"),
        formula=r"s_i = a_i + b_i + \lfloor s_{i-1} / 10 \rfloor",
        paper="Nye et al. 2021, arXiv:2112.00114; Lee et al. 2023, arXiv:2307.03381",
    )
    source(t, reading.Reading, code.judged, words=t("rule.hood_loss"))
    source(
        t,
        modular.Modular,
        words=t("rule.hood_modulo"),
        formula=r"w \leftarrow (1 - \eta \lambda)\,(w - \eta\, u)",
        paper="Power et al. 2022, arXiv:2201.02177; Nanda et al. 2023, arXiv:2301.05217",
    )


def _passed_on(seen: Run | None, t: Words) -> list[Figure]:
    rows: Sequence[Mapping[str, Any]] = seen.rows if seen and seen.record.is_finished else ()
    found = results(rows)
    if "steps" not in found:
        return []
    one = found["steps"]
    return [
        Figure(share(one["new"].share, t.lang), t("rule.passes_new"), "yours"),
        Figure(share(one["longer"].share, t.lang), t("rule.passes_longer"), "yours"),
    ]
