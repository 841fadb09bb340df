"""What stands below the question on the page “lookup”."""

import streamlit as st

from core.house.limits.grounding import PART, Grounding, grounding
from core.limits.grounding import bm25, citing, lessons
from core.limits.grounding.board import N_FOUND
from core.limits.grounding.exam import Way, by_way
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    Figure,
    Measured,
    card,
    computed_now,
    experiments,
    first_action,
    hand_over,
    note,
    predict,
    source,
    stage,
    under_the_hood,
)
from pages.kit.numbers import decimal, duration, quantity, share, whole
from pages.limits.live import Run, newest
from pages.limits.lookup import asking, literature, picture, running
from pages.limits.shown import measured_then, with_span


def draw(t: Words) -> None:
    """Draw the page below its question."""
    shipped = grounding()
    with stage(t("lookup.stage"), measured_then(t, PART) if shipped else None):
        if shipped is None:
            note(t("lookup.not_measured"))
        else:
            _stage(shipped, t)
    if shipped is None:
        hand_over(t, "lookup")
        return
    seen = newest(running.LIVE)
    if _seen():
        with card("lookup_try", t("lookup.try"), computed_now(t)):
            asking.draw(seen, t)
        if experiments(t):
            _missing(shipped, t)
            _false(shipped, t)
        with card("lookup_price", t("lookup.price"), measured_then(t, PART)):
            _price(shipped, t)
        _live(shipped, seen, t)
        with card("lookup_literature", t("lookup.literature")):
            literature.draw(t)
    if under_the_hood(t):
        _hood(t)
    hand_over(t, "lookup", _passed_on(shipped, seen, t), is_known=_seen())


def _seen() -> bool:
    """Whether the first guess was made: under “watch” nobody is asked."""
    guessed = "lookup_given" in st.session_state.get("_predictions", {})
    return state.depth() == "watch" or guessed


def _stage(shipped: Grounding, t: Words) -> None:
    if state.depth() == "watch":
        asking.about(t)
        _compared(shipped, t)
        return
    first_action(t, "lookup")
    n = whole(shipped.tally("given", taught=False).n, t.lang)
    predict(
        "lookup_given",
        t,
        question=t("lookup.guess_given", n=n, m=whole(N_FOUND, t.lang)),
        options={
            "few": t("lookup.given_few"),
            "some": t("lookup.given_some"),
            "most": t("lookup.given_most"),
        },
        measure=lambda: _given(shipped, t),
        about=lambda: asking.about(t),
    )


def _given(shipped: Grounding, t: Words) -> Measured:
    """What putting the right notice before it is worth, untaught and taught."""
    alone, given = (shipped.tally(way, taught=False) for way in ("alone", "given"))
    reader = shipped.tally("given")
    text = t(
        "lookup.given_measured",
        alone=picture.right(alone, t),
        given=picture.right(given, t),
        unsure=with_span(given.said["unsure"], given.n, t),
        taught=picture.right(reader, t),
        seeds=whole(len(shipped.readers), t.lang),
        n=whole(reader.n, t.lang),
    )
    return Measured(picture.outcome_of(given), text, lambda: _compared(shipped, t))


def _compared(shipped: Grounding, t: Words) -> None:
    """All ways of asking below each other."""
    some = [
        picture.untaught(shipped, "alone", t),
        picture.untaught(shipped, "given", t),
        picture.taught(shipped, "alone", t),
        picture.taught(shipped, "given", t),
        picture.taught(shipped, "found", t),
    ]
    st.html(picture.bars(some, t))
    found = shipped.tally("found")
    note(
        t(
            "lookup.about",
            found=with_span(found.n_found, found.n, t),
            m=whole(N_FOUND, t.lang),
            seeds=whole(len(shipped.readers), t.lang),
            steps=whole(shipped.settings.n_steps, t.lang),
            time=duration(shipped.seconds, t.lang),
        )
    )
    st.html(picture.groups(shipped, t))


def _missing(shipped: Grounding, t: Words) -> None:
    """Without the right notice: does it say so?"""
    one = shipped.tally("missing")

    def measure() -> Measured:
        """What the readers did."""
        unsure = one.said["unsure"] / max(1, one.n)
        outcome = (
            "silent" if unsure >= picture.MOST else "invents" if unsure <= picture.FEW else "both"
        )
        text = t(
            "lookup.missing_measured",
            unsure=with_span(one.said["unsure"], one.n, t),
            wrong=with_span(one.said["wrong"], one.n, t),
            past=with_span(one.n_past, one.n, t),
            cited=with_span(one.n_cited, one.n, t),
            n=whole(one.n, t.lang),
        )
        return Measured(outcome, text, lambda: _bar("missing", shipped, t))

    predict(
        "lookup_missing",
        t,
        question=t("lookup.guess_missing"),
        options={
            "silent": t("lookup.missing_silent"),
            "both": t("lookup.missing_both"),
            "invents": t("lookup.missing_invents"),
        },
        measure=measure,
    )


def _false(shipped: Grounding, t: Words) -> None:
    """With a false notice: does it believe it?"""
    one = shipped.tally("false")

    def measure() -> Measured:
        """What the readers did."""
        text = t(
            "lookup.false_measured",
            believed=picture.right(one, t),
            past=with_span(one.n_past, one.n, t),
            n=whole(one.n, t.lang),
        )
        return Measured(picture.outcome_of(one), text, lambda: _bar("false", shipped, t))

    predict(
        "lookup_false",
        t,
        question=t("lookup.guess_false"),
        options={
            "few": t("lookup.false_few"),
            "some": t("lookup.false_some"),
            "most": t("lookup.false_most"),
        },
        measure=measure,
    )


def _bar(way: Way, shipped: Grounding, t: Words) -> None:
    """One way of asking, and every reader by itself."""
    st.html(picture.bars([picture.taught(shipped, way, t)], t))
    st.html(picture.seeds(shipped, t))


def _price(shipped: Grounding, t: Words) -> None:
    """What looking up costs, and what of it remains wrong."""
    before, after = shipped.tally("alone", taught=False), shipped.tally("alone")
    given = shipped.tally("given")
    tokens, seconds = shipped.n_tokens, shipped.seconds_each
    lines = (
        t(
            "lookup.price_tokens",
            alone=decimal(tokens["alone"], t.lang, 1),
            found=decimal(tokens["found"], t.lang, 1),
            factor=quantity(decimal(tokens["found"] / tokens["alone"], t.lang, 1), "×"),
            slower=quantity(decimal(seconds["found"] / seconds["alone"], t.lang, 1), "×"),
        ),
        t(
            "lookup.price_memory",
            before=with_span(before.n_past, before.n, t),
            after=with_span(after.n_past, after.n, t),
        ),
        t("lookup.price_citations", **picture.citations(given, t)),
        t(
            "lookup.price_strange",
            n=whole(shipped.strange["n"], t.lang),
            share=with_span(shipped.strange["n_right"], shipped.strange["n"], t),
        ),
    )
    for line in lines:
        note(line)
    st.html(picture.by_number(shipped, t))
    note(t("lookup.by_number_about"))


def _live(shipped: Grounding, seen: Run | None, t: Words) -> None:
    """Teach it to read now."""
    if state.depth() == "watch" and seen is None:
        return
    with card("lookup_live", t("lookup.live"), computed_now(t)):
        note(t("lookup.live_about", steps=whole(shipped.settings.n_steps, t.lang)))
        running.ask(seen, t)
        if seen is not None and not seen.record.is_finished:
            running.progress(t)
        elif seen is not None:
            running.result(seen, t)


def _hood(t: Words) -> None:
    source(
        t,
        bm25.Index,
        words=t("lookup.hood_bm25"),
        formula=r"\sum_{w} \ln\frac{N - n_w + 0.5}{n_w + 0.5} \cdot "
        r"\frac{f_w\,(k_1 + 1)}{f_w + k_1\,(1 - b + b\,\ell / \bar\ell)}",
        paper="Robertson & Zaragoza 2009",
    )
    source(
        t,
        lessons.passages_for,
        citing.is_supported,
        words=t("lookup.hood_lessons"),
        paper="Lewis et al. 2020, arXiv:2005.11401",
    )


def _passed_on(shipped: Grounding, seen: Run | None, t: Words) -> list[Figure]:
    if not _seen():
        return []
    found = shipped.tally("found")
    figures = [Figure(share(found.n_right / found.n, t.lang), t("lookup.passes_found"), "house")]
    if seen is not None and seen.record.is_finished:
        own = by_way(running.newest(seen)).get("given")
        if own and own.n:
            right = share(own.n_right / own.n, t.lang)
            figures.append(Figure(right, t("lookup.passes_own"), "yours"))
    return figures
