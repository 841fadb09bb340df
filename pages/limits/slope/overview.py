"""What stands below the question on the page “slope”."""

import streamlit as st

from core.house.limits.emergence import PART, Emergence, emergence
from core.limits.slope import emergence as code
from core.limits.slope import scaling
from core.limits.slope.emergence import N_LETTERS, by_size
from pages.kit import controls, state
from pages.kit.catalogue import Words, rich
from pages.kit.frame import (
    Figure,
    card,
    computed_now,
    experiments,
    first_action,
    hand_over,
    note,
    source,
    stage,
    under_the_hood,
)
from pages.kit.numbers import decimal, share, whole
from pages.limits import live
from pages.limits.live import Run, newest
from pages.limits.shown import measured_then
from pages.limits.slope import law, literature, own, running, showing


def draw(t: Words) -> None:
    """Draw the page below its question."""
    seen, shipped = newest(running.LIVE), emergence()
    watching = state.depth() == "watch"
    then = measured_then(t, PART) if shipped else None
    with stage(t("slope.stage"), computed_now(t) if seen is not None else then):
        if not watching:
            first_action(t, "slope")
        if seen is None and not watching:
            _before(shipped, t)
        if not watching:
            running.ask(seen, t)
        if seen is not None and not seen.record.is_finished:
            running.progress(t)
        elif seen is not None:
            running.result(seen, t)
        elif watching and shipped:
            note(showing.sentence(shipped.rulers, t))
            showing.two_rulers(shipped.rulers, "slope_shipped", t)
            note(_how(shipped, t))
        if seen is None:
            note(t("slope.about"))
    if experiments(t) and shipped and running.is_whole(seen):
        _length(shipped, t)
    if shipped:
        following = newest(law.LIVE)
        badge = computed_now(t) if following is not None else then
        with card("slope_law", t("slope.law_title"), badge):
            law.draw(following, shipped, t)
        if watching or (following is not None and following.record.is_finished):
            with card("slope_data", t("slope.data_title"), then):
                law.over_data(shipped, t)
                note(t("slope.data_about"))
    if not watching:
        with card("slope_own", t("slope.own"), computed_now(t) if running.is_whole(seen) else None):
            own.draw(seen, t)
    with card("slope_literature", t("slope.literature")):
        literature.draw(t)
    if under_the_hood(t):
        _hood(t)
    hand_over(t, "slope", _passed_on(seen, t), is_known=live.is_known(seen))


def _before(shipped: Emergence | None, t: Words) -> None:
    """What the guess is about: the code, and how the smallest sizes do."""
    st.html(showing.sample(t))
    if shipped:
        showing.first_sizes(shipped.rulers, t)


def _how(shipped: Emergence, t: Words) -> str:
    some = next(iter(shipped.rulers.values()))
    return t(
        "slope.how_shipped",
        seeds=whole(len(some), t.lang),
        n=whole(some[0].n, t.lang),
    )


def _length(shipped: Emergence, t: Words) -> None:
    """How many letters of an answer count: the jump moves, and nothing else has changed."""
    with card("slope_length", t("slope.length"), measured_then(t, PART)):
        note(t("slope.length_about"))
        with st.container(width=360):
            k = controls.slider("slope_k", t("slope.length_label"))
        found = showing.together(shipped.rulers)
        place = next((n for n, one in found.items() if one.exact(k) >= showing.MOST), None)
        said = (
            t("slope.length_from", k=whole(k, t.lang), n=whole(place, t.lang))
            if place
            else t("slope.length_never", k=whole(k, t.lang))
        )
        st.html(f"<p class='gb-found' role='status'>{rich(said)}</p>")
        showing.two_rulers(shipped.rulers, "slope_length", t, k)
        note(_how(shipped, t))


def _hood(t: Words) -> None:
    source(
        t,
        code.Code,
        code.judged,
        words=t("slope.hood_rulers"),
        formula=r"P(\text{k letters right}) = p^k \quad \text{if mistakes are independent}",
        paper="Schaeffer, Miranda & Koyejo 2023, arXiv:2304.15004",
    )
    source(
        t,
        scaling.fitted,
        scaling.band,
        words=t("slope.hood_law"),
        formula=r"L(N) = E + \frac{A}{N^{\alpha}}, \qquad C \approx 6\,N\,D",
        paper="Kaplan et al. 2020, arXiv:2001.08361; Hoffmann et al. 2022, arXiv:2203.15556",
    )


def _passed_on(seen: Run | None, t: Words) -> list[Figure]:
    if seen is None or not running.is_whole(seen):
        return []
    largest = list(showing.together(by_size(seen.rows)).values())[-1]
    return [
        Figure(share(largest.exact(N_LETTERS), t.lang), t("slope.passes_exact"), "yours"),
        Figure(share(largest.per_letter(N_LETTERS), t.lang), t("slope.passes_letters"), "yours"),
        Figure(decimal(largest.loss_nats, t.lang), t("slope.passes_loss"), "yours"),
    ]
