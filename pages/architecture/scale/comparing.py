"""The zoom through all models, and the same figures as a table with their sources."""

import math
from collections.abc import Sequence
from html import escape
from typing import Final

import streamlit as st

from core.architecture.text.published_sizes import Measure, Source
from pages.architecture.scale import saying
from pages.architecture.scale.sizes import How, Sized, example, ordered, stops
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components import Square, ZoomStop, scale_zoom
from pages.kit.numbers import duration

TARGET: Final = "llama31_405b"  # whose size the visitor guesses: all its figures are published


def zoom(found: Sequence[Sized], measure: Measure, t: Words) -> None:
    """The squares, and a stop for each model."""
    one = example(found)
    unit = one.value(measure) if one else None
    shown = ordered(found, measure)
    scale_zoom(
        [Square(each.key, each.name, each.values[measure], each.whose or "") for each in shown],
        [_stop(group, measure, unit, t) for group in stops(found, measure)],
        t,
        key=f"scale_{measure}",
        id_=f"{measure} {unit} {len(shown)}",
        target=TARGET,
        question=_question(measure, t),
        answer=saying.amount(next(e.values[measure] for e in shown if e.key == TARGET), measure, t),
        guesses=unit is not None and state.depth() != "watch",
        play=state.depth() == "watch",
    )


def _question(measure: Measure, t: Words) -> str:
    """What is to be guessed."""
    if measure == "parameters":
        return t("scale.guess_parameters")
    if measure == "tokens":
        return t("scale.guess_tokens")
    return t("scale.guess_flops") if measure == "flops" else t("scale.guess_hours")


def _stop(group: Sequence[Sized], measure: Measure, unit: float | None, t: Words) -> ZoomStop:
    largest = group[-1]
    lines = []
    ratio = largest.values[measure] / unit if unit else 0.0
    if unit and largest.whose is None:
        lines.append(t("scale.times", n=saying.count(ratio, t, 2)))
        lines.append(t("scale.stack", height=saying.stack(ratio, t)))
    elif largest.whose == "house":
        lines.append(t("scale.sheet"))
    return ZoomStop(
        value=largest.values[measure],
        name=", ".join(one.name for one in group),
        figures=[_figure(one, measure, len(group) > 1, t) for one in group],
        lines=lines,
    )


def _figure(one: Sized, measure: Measure, named: bool, t: Words) -> str:
    text = t("scale.figure", amount=_amount(one, measure, t), how=_how(one.how(measure), t))
    return f"{one.name}: {text}" if named else text


def _amount(one: Sized, measure: Measure, t: Words) -> str:
    """A figure with as many digits as it deserves: a formula of rounded numbers has but two."""
    digits = 2 if one.how(measure) == "formula" else 3
    return saying.amount(one.values[measure], measure, t, digits)


def _how(how: How, t: Words) -> str:
    if how == "counted":
        return t("scale.how_counted")
    if how == "measured":
        return t("scale.how_measured")
    return t("scale.how_formula") if how == "formula" else t("scale.how_published")


def table(found: Sequence[Sized], measure: Measure, t: Words) -> None:
    """All figures, the largest first, each with a bar on a logarithmic axis and its source."""
    shown = ordered(found, measure)[::-1]
    unit = one.value(measure) if (one := example(found)) else None
    smallest, largest = shown[-1].values[measure], shown[0].values[measure]
    width = math.log10(largest / smallest) or 1.0
    rows = []
    for one in shown:
        value = one.values[measure]
        bar = 4 + 96 * math.log10(value / smallest) / width
        times = saying.count(value / unit, t, 2) if unit else "–"
        rows.append(
            f'<tr class="{"gb-ours" if one.whose else ""}">{_head(one, t)}'
            f'<td class="gb-log"><i style="width:{bar:.1f}%" aria-hidden="true"></i></td>'
            f"<td>{escape(_amount(one, measure, t))}{_extra(one, measure, t)}</td>"
            f"<td>{escape(times)}</td><td>{escape(_how(one.how(measure), t))}</td>"
            f"<td>{_source(one, measure, t)}</td></tr>"
        )
    for one in found:
        if one.value(measure) is None:
            rows.append(
                f'<tr class="gb-none">{_head(one, t)}<td></td>'
                f'<td colspan="3">{escape(_missing(one, measure, t))}</td>'
                f"<td>{_source(one, measure, t)}</td></tr>"
            )
    heads = (
        t("scale.column_model"),
        t("scale.column_log"),
        t("scale.column_figure"),
        t("scale.column_times"),
        t("scale.column_how"),
        t("scale.column_source"),
    )
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    st.html(
        f'<div class="gb-scale" tabindex="0" role="region" aria-label="{escape(t("scale.table"))}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _head(one: Sized, t: Words) -> str:
    about = f"{one.published.by}, {one.published.year}" if one.published else ""
    small = f"<small>{escape(about)}</small>" if about else ""
    return f'<th scope="row">{escape(one.name)}{small}</th>'


def _extra(one: Sized, measure: Measure, t: Words) -> str:
    """What belongs to a figure and would mislead if it were missing."""
    known = one.published
    said = ""
    if measure == "parameters" and known and known.active:
        said = t("scale.active", n=saying.count(known.active.value, t))
    if measure == "hours" and known and known.hours:
        said = t("scale.of_gpu", kind=known.hours.of)
        if known.dollars:
            said += "; " + t("scale.dollars", n=saying.count(known.dollars.value, t, 4))
    if measure == "hours" and one.seconds:
        said = t("scale.of_cpu", time=duration(one.seconds, t.lang))
    return f"<small>{escape(said)}</small>" if said else ""


def _missing(one: Sized, measure: Measure, t: Words) -> str:
    known = one.published
    if known and known.kept_secret:
        return t("scale.secret")
    if measure == "hours" and known and known.dollars:
        n = saying.count(known.dollars.value, t, 4)
        return t("scale.only_dollars", dollars=t("scale.dollars", n=n))
    return t("scale.unknown")


def _source(one: Sized, measure: Measure, t: Words) -> str:
    known = one.published
    if known is None:
        return escape(t("scale.source_ours"))
    found: Source | None = known.kept_secret
    if figure := one.figure(measure):
        found = figure.source
    elif measure == "hours" and known.dollars:
        found = known.dollars.source
    if found is None:
        return "–"
    arxiv = f", arXiv:{found.arxiv}" if found.arxiv else ""
    where = t("scale.section", n=found.where) if found.where[0].isdigit() else found.where
    said, date = escape(f"{found.title}{arxiv}, {where}"), escape(found.date)
    return f'{said} <span class="gb-date">({date})</span>'
