"""The experiments of choosing: the same again, and how many choices a model needs to know one."""

import time
from collections.abc import Sequence
from typing import Final

import streamlit as st

from core.alignment.preferring.consistency import second_pass
from core.alignment.preferring.learning_curve import AMOUNTS, N_EXAM, Exam, learning_curve
from core.alignment.preferring.preferences import to_bytes
from core.errors import TooFewChoices
from core.figures.curves import Axes, Curve, curves
from core.services import services
from pages.alignment.preferring import tally
from pages.alignment.preferring.clicking import Cast, preferences
from pages.alignment.preferring.judging import judges_text
from pages.inference.writing import watched
from pages.kit import components as parts
from pages.kit import state
from pages.kit.catalogue import Joined, Words
from pages.kit.frame import Measured, predict
from pages.kit.models import Model
from pages.kit.numbers import share, share_span, whole

LEAST_REPEATED: Final = 5  # pairs judged twice
GOOD: Final = 0.8  # of the exam predicted right
POLL_S: Final = 0.2


def trials(model: Model, cast: Cast, t: Words) -> None:
    """Both experiments, each with its question."""
    left, right = st.columns(2)
    with left:
        predict(
            f"again_{model.id[:8]}_{len(cast.again)}",
            t,
            question=t("preferring.again_question"),
            options={
                "all": t("preferring.again_all"),
                "most": t("preferring.again_most"),
                "half": t("preferring.again_half"),
                "less": t("preferring.again_less"),
            },
            measure=lambda: same_again(cast, t),
        )
    with right:
        predict(
            f"clicks_{model.id[:8]}",
            t,
            question=t("preferring.clicks_question", good=share(GOOD, t.lang)),
            options={
                **{str(n): t("preferring.clicks_n", n=whole(n, t.lang)) for n in AMOUNTS},
                "more": t("preferring.clicks_more", n=whole(AMOUNTS[-1], t.lang)),
            },
            measure=lambda: how_many(model, cast, t),
        )


def same_again(cast: Cast, t: Words) -> Measured:
    """The second pass, held against the first.

    Raises:
        TooFewChoices: too few pairs were judged twice.
    """
    found = second_pass(cast.repeated)
    if found.n < LEAST_REPEATED:
        n = found.n
        raise TooFewChoices(f"{n} pairs judged twice", n=n, needed=LEAST_REPEATED)
    return Measured(outcome_of_agreement(found.share), tally.agreement_text(found, t))


def outcome_of_agreement(agreement: float) -> str:
    """Which option came true."""
    if agreement == 1.0:
        return "all"
    return "most" if agreement >= GOOD else "half" if agreement >= 0.5 else "less"


def how_many(model: Model, cast: Cast, t: Words) -> Measured:
    """Reward models really trained on ten, twenty and forty choices, all with the same exam.

    Raises:
        TooFewChoices: there are not that many.
        EngineError: it was stopped.
    """
    which = tally.which_now(cast)
    ballots = tally.used(cast, which) if which else []
    exams = _trained(model, to_bytes(preferences(ballots)), t)
    first = next((exam for exam in exams if exam.accuracy >= GOOD), None)
    judges = judges_text(sorted({one.judge for one in ballots}), t)
    told = (
        t(
            "preferring.clicks_measured",
            n=whole(exam.n, t.lang),
            accuracy=share(exam.accuracy, t.lang),
            span=share_span(exam.low, exam.high, t.lang),
        )
        for exam in exams
    )
    row = Joined(told, "; ")
    text = t("preferring.clicks_text", exam=whole(N_EXAM, t.lang), judges=judges, row=row)
    outcome = "more" if first is None else str(first.n)
    return Measured(outcome, text, lambda: _drawn(exams, t))


def _trained(model: Model, chosen: bytes, t: Words) -> list[Exam]:
    """In a process of its own, with a bar and a button that ends it."""
    store, owner = services().store, state.owner()
    work = services().engine.short(
        learning_curve,
        store.artifacts.read(owner, model.id),
        model.encoder.to_bytes(),
        chosen,
        seed=state.seed(),
    )
    try:
        with watched(t, "clicks") as progress:
            while not work.done():
                progress(float(work.progress[0]) if work.progress else 0.0)
                time.sleep(POLL_S)
        return work.result()
    finally:
        if not work.done():
            work.stop()


def _drawn(exams: Sequence[Exam], t: Words) -> None:
    x = [exam.n for exam in exams]
    lines = [
        Curve(t("preferring.predicted"), x, [exam.accuracy for exam in exams], end_digits=0),
        Curve(t("preferring.coin"), x, [0.5 for _ in x], "house", end_digits=0),
    ]
    axes = Axes(t("preferring.axis_choices"), t("preferring.axis_accuracy"))
    fig = curves(lines, axes, percent=True, y_range=(0.0, 1.0), marks=parts.marks(t))
    parts.figure(fig, t, key="clicks_curve", alt=t("preferring.clicks_alt"), height=210)
