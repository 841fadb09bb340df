"""Treatments, each with its price: temperature, agreement as a gate, and other models."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.house.limits.knowing import TEMPERATURES, WARM
from core.limits.confident.knowing import N_DRAWS, Case, Tally, if_agreed, one_answer
from core.lineage import MODEL_KINDS, Kind
from pages.alignment import names
from pages.kit.catalogue import Words
from pages.kit.numbers import decimal, whole
from pages.limits.shown import cases_of, table, told, untold, with_span


@dataclass(frozen=True)
class Treated:
    """A way to answer, and what becomes of what was told and what was not.

    Args:
        name: what is done, in words.
        kind: of the model.
        told, untold: what becomes of one answer to each question.
        n_draws: answers drawn for one that is given.
    """

    name: str
    kind: Kind
    told: Tally
    untold: Tally
    n_draws: int


def gated(kind: Kind, cases: Sequence[Case], enough: int, t: Words) -> Treated:
    """Answers are given only where enough draws agree."""
    name = t("confident.gate_of", model=names.model(kind, t), k=enough, n=N_DRAWS)
    return Treated(
        name, kind, if_agreed(told(cases), enough), if_agreed(untold(cases), enough), N_DRAWS
    )


def once(kind: Kind, lang: str, temperature: float, t: Words) -> Treated | None:
    """The first answer counts; None if the model was not asked at this temperature."""
    cases = cases_of(kind, lang, temperature)
    if not cases:
        return None
    name = t(
        "confident.once_at",
        model=names.model(kind, t),
        temperature=decimal(temperature, t.lang, 1),
    )
    return Treated(name, kind, one_answer(told(cases)), one_answer(untold(cases)), 1)


def all_of_them(lang: str, enough: int, t: Words) -> list[Treated]:
    """Every treatment that was measured, the untreated base model first."""
    base = MODEL_KINDS[0]
    found = [once(base, lang, temperature, t) for temperature in TEMPERATURES]
    rows = [one for one in found if one]
    for kind in MODEL_KINDS:
        cases = cases_of(kind, lang)
        if not cases:
            continue
        if kind != base and (plain := once(kind, lang, WARM, t)):
            rows.append(plain)
        rows.append(gated(kind, cases, enough, t))
    return rows


def tabulated(rows: Sequence[Treated], t: Words) -> str:
    """What every treatment leaves right, lets pass, refuses, and costs."""
    heads = (
        t("confident.treatment"),
        t("confident.told_right"),
        t("confident.told_wrong"),
        t("confident.told_silent"),
        t("confident.untold_wrong"),
        t("confident.untold_silent"),
        t("confident.draws"),
    )
    cells = [
        (
            one.name,
            with_span(one.told.n_right, one.told.n, t),
            with_span(one.told.n_wrong, one.told.n, t),
            with_span(one.told.n_silent, one.told.n, t),
            with_span(one.untold.n_wrong, one.untold.n, t),
            with_span(one.untold.n_silent, one.untold.n, t),
            whole(one.n_draws, t.lang),
        )
        for one in rows
    ]
    return table(heads, cells, t("confident.treatments"))
