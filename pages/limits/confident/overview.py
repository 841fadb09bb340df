"""What stands below the question on the page “confident”."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from core.house import house_artifacts
from core.house.limits import seeds
from core.house.limits.knowing import PART
from core.limits.confident import calibration, knowing
from core.limits.confident.knowing import N_DRAWS, Case, confident_falsehoods, if_agreed
from core.lineage import MODEL_KINDS, Kind
from core.services import services
from pages.alignment import names
from pages.kit import controls, state
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
from pages.kit.models import Model, on_hand
from pages.kit.numbers import millions, share, whole
from pages.limits import witness
from pages.limits.confident import asking, picture, treatments
from pages.limits.shown import cases_of, measured_then, told, untold, with_span

N_FALSE: Final = 6  # falsehoods shown
ALIKE: Final = 0.8  # as sure as of what was told, at least this share of it
HARDLY: Final = 0.2  # at most this share of it
LITTLE: Final = 0.05  # of the right answers are lost: hardly any
MUCH: Final = 0.25  # more than this is a quarter


def draw(t: Words) -> None:
    """Draw the page below its question."""
    base = cases_of(MODEL_KINDS[0], t.lang)
    with stage(t("confident.stage"), measured_then(t, PART)):
        if not base:
            note(t("confident.not_measured"))
        else:
            _stage(base, t)
    if base and _seen():
        _experiments(t)
    if under_the_hood(t):
        source(
            t,
            calibration.reliability,
            calibration.expected_calibration_error,
            words=t("confident.hood_ece"),
            formula=r"\mathrm{ECE} = \sum_{b} \frac{n_b}{n} \left| \mathrm{acc}_b - "
            r"\mathrm{conf}_b \right|",
            paper="Guo et al. 2017, arXiv:1706.04599",
        )
        source(
            t,
            knowing.if_agreed,
            knowing.judged,
            words=t("confident.hood_gate"),
            paper="Kuhn et al. 2023, arXiv:2302.09664; Wang et al. 2022, arXiv:2203.11171",
        )
    hand_over(t, "confident", _passed_on(base, t), is_known=_seen())


def _seen() -> bool:
    """Whether the first guess was made: under “watch” nobody is asked."""
    guessed = "confident_sure" in st.session_state.get("_predictions", {})
    return state.depth() == "watch" or guessed


def _stage(base: Sequence[Case], t: Words) -> None:
    if state.depth() != "watch":
        first_action(t, "confident")
        predict(
            "confident_sure",
            t,
            question=t("confident.guess_sure", n=whole(len(untold(base)), t.lang)),
            options={
                "alike": t("confident.sure_alike"),
                "less": t("confident.sure_less"),
                "hardly": t("confident.sure_hardly"),
            },
            measure=lambda: _sure(base, t),
            about=lambda: _examples(base, t),
        )
    if not _seen():
        return
    kind = _model_chosen(t)
    cases = cases_of(kind, t.lang)
    left, right = st.columns([1.7, 1], gap="large")
    with left:
        st.html(picture.strips(cases, t))
    with right:
        st.html(picture.diagram(cases, t))
    least = min(case.n_told for case in told(cases))
    n = whole(len(cases), t.lang)
    note(t("confident.about", n=n, m=N_DRAWS, least=whole(least, t.lang)))


def _model_chosen(t: Words) -> Kind:
    """Whose answers are shown; the base model's under “watch”."""
    if state.depth() == "watch":
        return MODEL_KINDS[0]
    kinds = [kind for kind in MODEL_KINDS if cases_of(kind, t.lang)]
    chosen = controls.choice(
        "confident_model",
        t("confident.model"),
        lambda kind: names.model(_kind(kind), t),
        options=kinds,
    )
    return _kind(chosen)


def _kind(name: str) -> Kind:
    return next(kind for kind in MODEL_KINDS if kind == name)


def _examples(base: Sequence[Case], t: Words) -> None:
    """What is asked: a few questions of either sort, without any answer."""
    rows = [
        t("confident.asks_told", questions=_some(told(base)), n=whole(len(told(base)), t.lang)),
        t(
            "confident.asks_untold",
            questions=_some(untold(base)),
            n=whole(len(untold(base)), t.lang),
        ),
    ]
    for row in rows:
        note(row)


def _some(cases: Sequence[Case]) -> str:
    """Three questions, spread over all of them."""
    step = max(1, len(cases) // 3)
    return " ".join(case.question for case in cases[::step][:3])


def _mean(cases: Sequence[Case]) -> float:
    return sum(case.confidence for case in cases) / max(1, len(cases))


def _sure(base: Sequence[Case], t: Words) -> Measured:
    """How sure the base model is of what no text tells, against what they tell."""
    known, unknown = told(base), untold(base)
    ratio = _mean(unknown) / _mean(known)
    outcome = "alike" if ratio >= ALIKE else "hardly" if ratio <= HARDLY else "less"
    invented = [case for case in unknown if case.claimed]
    text = t(
        "confident.sure_measured",
        known=share(_mean(known), t.lang),
        unknown=share(_mean(unknown), t.lang),
        invented=with_span(len(invented), len(unknown), t),
        full=whole(sum(case.n_favourite == case.n for case in invented), t.lang),
        m=N_DRAWS,
        n=whole(len(unknown), t.lang),
    )
    return Measured(outcome, text)


def _experiments(t: Words) -> None:
    kind = _kind(state.value("confident_model")) if state.depth() != "watch" else MODEL_KINDS[0]
    cases, name = cases_of(kind, t.lang), names.model(kind, t)
    with card("confident_false", t("confident.falsehoods", model=name), measured_then(t, PART)):
        worst = confident_falsehoods(cases, N_FALSE)
        if worst:
            st.html(picture.falsehoods(worst, t))
        else:
            note(t("confident.no_falsehoods"))
    _others(t)
    if not experiments(t):
        return
    base = cases_of(MODEL_KINDS[0], t.lang)
    predict(
        "confident_gate",
        t,
        question=t("confident.guess_gate", k=knowing.ENOUGH, n=N_DRAWS),
        options={
            "little": t("confident.gate_little"),
            "some": t("confident.gate_some"),
            "much": t("confident.gate_much"),
        },
        measure=lambda: _gate(base, t),
    )
    if "confident_gate" in st.session_state.get("_predictions", {}):
        with card("confident_treated", t("confident.treatments"), measured_then(t, PART)):
            enough = controls.slider("confident_enough", t("confident.enough", n=N_DRAWS))
            st.html(treatments.tabulated(treatments.all_of_them(t.lang, int(enough), t), t))
            note(t("confident.treatments_about"))
            if kind != MODEL_KINDS[0]:
                note(_unpractised(kind, t))
    model = _house_model(kind)
    if model is not None:
        with card("confident_live", t("confident.live", model=name), computed_now(t)):
            asking.own(model, cases, name, t)
            asking.again(model, cases, t)
    witness.show("capitals", t)


def _others(t: Words) -> None:
    """Whether it is the same with other models: smaller ones, each of a town of its own."""
    found = seeds.seeds()
    if not found:
        return
    with card("confident_others", t("confident.others"), measured_then(t, seeds.PART)):
        st.html(picture.others(found, t))
        size = millions(found[0].n_parameters, t.lang)
        note(t("confident.others_about", n=whole(len(found), t.lang), size=size, m=N_DRAWS))


def _gate(base: Sequence[Case], t: Words) -> Measured:
    """What agreement as a gate costs on what was told, and what it keeps back of the rest."""
    known, unknown = told(base), untold(base)
    plain, gated = if_agreed(known, 1), if_agreed(known, knowing.ENOUGH)
    lost = 1.0 - gated.n_right / max(1, plain.n_right)
    outcome = "little" if lost < LITTLE else "much" if lost > MUCH else "some"
    before, after = if_agreed(unknown, 1), if_agreed(unknown, knowing.ENOUGH)
    text = t(
        "confident.gate_measured",
        right=with_span(gated.n_right, gated.n, t),
        was=share(plain.n_right / max(1, plain.n), t.lang),
        invented=with_span(after.n_wrong, after.n, t),
        had=share(before.n_wrong / max(1, before.n), t.lang),
        m=N_DRAWS,
    )
    return Measured(outcome, text)


def _unpractised(kind: Kind, t: Words) -> str:
    """What fine-tuning never asked for: whether admitting carries over to it."""
    held_out = [case for case in untold(cases_of(kind, t.lang)) if case.held_out]
    n_unsure = sum(case.first == "unsure" for case in held_out)
    return t(
        "confident.unpractised",
        model=names.model(kind, t),
        share=with_span(n_unsure, len(held_out), t),
        n=whole(len(held_out), t.lang),
    )


def _house_model(kind: Kind) -> Model | None:
    """The shipped model of this kind, to ask it now."""
    ids = {artifact.kind: artifact.id for artifact in house_artifacts()}
    models = on_hand(services(), state.owner(), kinds=(kind,))
    return next((model for model in models if model.id == ids.get(kind)), None)


def _passed_on(base: Sequence[Case], t: Words) -> list[Figure]:
    if not base or not _seen():
        return []
    unknown = untold(base)
    return [
        Figure(share(_mean(told(base)), t.lang), t("confident.passes_told"), "house"),
        Figure(share(_mean(unknown), t.lang), t("confident.passes_untold"), "house"),
    ]
