"""What stands below the question on the page “bias”."""

from html import escape
from typing import Final

import streamlit as st

from core.house.limits.bias import PART as BIAS
from core.house.limits.bias import Bias, bias
from core.limits.bias import amplification as measure
from core.limits.bias import asking, learning, price, roles, texts
from core.limits.bias.measuring import Rows, amplification, answered
from core.limits.bias.people import TYPED
from core.limits.bias.roles import RolesSettings
from pages.kit import site, state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    Figure,
    card,
    computed_now,
    experiments,
    first_action,
    hand_over,
    note,
    show_badge,
    source,
    stage,
    under_the_hood,
)
from pages.kit.numbers import change, duration, interval, share, whole
from pages.limits import witness
from pages.limits.bias import languages, names, own, running, showing, treatments
from pages.limits.live import Run, newest
from pages.limits.shown import measured_then

SHOWN_SKEW: Final = 0.7  # under “watch”


def draw(t: Words) -> None:
    """Draw the page below its question."""
    seen, shipped = newest(running.LIVE), bias(t.lang)
    watching = state.depth() == "watch"
    rows = running.rows_of(seen) if seen is not None and seen.record.is_finished else []
    badge = computed_now(t) if rows else None
    if watching and seen is None and shipped:
        badge = measured_then(t, BIAS)
    with stage(t("bias.stage"), badge):
        if not watching:
            first_action(t, "bias")
            _asked(seen, t)
        if seen is not None and not seen.record.is_finished:
            running.progress(t)
        elif seen is not None:
            running.result(seen, t)
            if rows:
                _picture(rows, rows[0]["skew"], shipped, seen, t)
            running.ended(seen, t)
        elif watching and shipped:
            found = shipped.of("none", SHOWN_SKEW)
            st.html(f'<p class="gb-found">{escape(showing.sentence(found, SHOWN_SKEW, t))}</p>')
            _picture(found, SHOWN_SKEW, shipped, None, t)
        if seen is None and not watching:
            _before(shipped, t)
    known = watching or bool(rows)
    if known and shipped:
        _tongues(shipped, t)
    if known and shipped and (watching or experiments(t)):
        treatments.draw(shipped, t)
        names.draw(shipped, t)
        languages.dominance_card(t)
    if known:
        witness.show("roles", t)
    languages.price_card(t)
    if not watching:
        own.draw(t)
    _pictures(t)
    if under_the_hood(t):
        _hood(t)
    hand_over(t, "bias", _passed_on(rows, t), is_known=known)


def _asked(seen: Run | None, t: Words) -> None:
    """The guess, beside a hundred people as the texts have them."""
    if seen is not None and not st.session_state.get("_bias_again"):
        running.ask(seen, t)
        return
    left, right = st.columns([1, 4.4], gap="large")
    with left:
        st.html(showing.texts_hundred(state.value("bias_skew") / 100, t))
    with right:
        running.ask(seen, t)


def _before(shipped: Bias | None, t: Words) -> None:
    """What the texts tell, before anything was learned from them."""
    skew = state.value("bias_skew") / 100
    st.html(showing.told(skew, RolesSettings().n_people, state.seed(), t))
    note(t("bias.about", n=whole(state.value("bias_skew"), t.lang)))
    if shipped:
        note(t("bias.took", time=duration(shipped.seconds_each, t.lang)))


def _picture(rows: Rows, skew: float, shipped: Bias | None, seen: Run | None, t: Words) -> None:
    """A hundred people four times, beside the amplification curve over all skews."""
    left, right = st.columns([1, 1.9], gap="large")
    with left:
        st.html(showing.hundreds(rows, skew, t))
    if shipped is None:
        return
    with right:
        yours = running.points(seen, t.lang)
        showing.drawn_curve(shipped.untreated, yours, t.lang, t)
    about = t(
        "bias.curve_about",
        n=whole(len(shipped.of("none", SHOWN_SKEW)), t.lang),
        roles=whole(len(TYPED), t.lang),
    )
    badge = measured_then(t, BIAS)
    if badge and seen is not None:  # the stage carries another one
        show_badge(badge)
    note(about)
    if yours:
        note(t("bias.curve_yours"))


def _tongues(shipped: Bias, t: Words) -> None:
    """The measure as a figure, and how the two languages differ."""
    with card("bias_tongues", t("bias.two_languages"), measured_then(t, BIAS)):
        note(t("bias.tongues"))
        generic = shipped.of("generic")
        if generic:
            women = [role for role in TYPED if role.typed == "woman"]
            note(
                t(
                    "bias.generic",
                    warm=showing.spanned(answered(generic, 1.0, roles=women), t),
                    greedy=showing.spanned(answered(generic, 0.0, roles=women), t),
                )
            )
        rows = shipped.of("none", SHOWN_SKEW)
        greedy, warm = amplification(rows, 0.0), amplification(rows, 1.0)
        if greedy and warm:
            note(
                t(
                    "bias.measure",
                    n=whole(100 * SHOWN_SKEW, t.lang),
                    greedy=change(100 * greedy.value, t.lang, 1),
                    warm=change(100 * warm.value, t.lang, 1),
                    span=interval(100 * warm.low, 100 * warm.high, t.lang),
                )
            )


def _pictures(t: Words) -> None:
    """Where the same is seen in pictures."""
    with st.container(key="gb_bias_pictures", horizontal=True, vertical_alignment="center"):
        note(t("bias.in_pictures"))
        shared = {**state.shared(), "modality": "pictures"}
        st.page_link(site.linked("inference", t), label=t("bias.to_pictures"), query_params=shared)


def _hood(t: Words) -> None:
    """Measure, texts, learning, and what cannot be concluded."""
    source(
        t,
        measure.bias_scores,
        measure.mean_amplification,
        words=t("bias.hood_measure"),
        formula=r"\frac{1}{|O|} \sum_{g} \sum_{o\,:\,b^*(o,g) > 1/|G|} "
        r"\tilde{b}(o,g) - b^*(o,g), \qquad b(o,g) = \frac{c(o,g)}{\sum_{g'} c(o,g')}",
        paper="Zhao et al. 2017, arXiv:1707.09457",
    )
    source(
        t,
        measure.at_temperature,
        words=t("bias.hood_temperature"),
        formula=r"p_T = \frac{p^{1/T}}{p^{1/T} + (1-p)^{1/T}}",
    )
    source(
        t,
        texts.counterfactual,
        roles.balanced,
        asking.filtered,
        words=t("bias.hood_treatments"),
        paper="Lu et al. 2018, arXiv:1807.11714",
    )
    source(
        t,
        price.price_of,
        price.premium,
        words=t("bias.hood_price"),
        paper="Petrov et al. 2023, arXiv:2305.15425",
    )
    source(
        t,
        learning.Lines,
        words=t("bias.hood_large"),
        paper="Bolukbasi et al. 2016, arXiv:1607.06520; Caliskan et al. 2017, Science 356; "
        "Rudinger et al. 2018, arXiv:1804.09301",
    )


def _passed_on(rows: Rows, t: Words) -> list[Figure]:
    if not rows:
        return []
    warm, greedy = answered(rows, 1.0), answered(rows, 0.0)
    return [
        Figure(share(rows[0]["skew"], t.lang), t("bias.passes_texts"), "yours"),
        Figure(share(warm.value, t.lang), t("bias.passes_warm"), "yours"),
        Figure(share(greedy.value, t.lang), t("bias.passes_greedy"), "yours"),
    ]
