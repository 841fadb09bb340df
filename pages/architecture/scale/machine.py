"""This machine against the large models: how long it would train, and whether they fit into it."""

from collections.abc import Sequence
from html import escape
from typing import Final

import streamlit as st

from core.architecture.speed import Speed, measured_speed, memory_bytes
from core.training.precision import DTYPES, precision_of
from pages.architecture.scale import saying
from pages.architecture.scale.comparing import TARGET
from pages.architecture.scale.sizes import Sized
from pages.kit.catalogue import Words
from pages.kit.frame import Measured, computed_now, note, predict, show_badge
from pages.kit.numbers import data_size, duration, significant, whole

BYTES_PER_WEIGHT: Final = 2  # 16 bits, as most weights are published
THOUSAND_YEARS_S: Final = 1e3 * saying.YEAR_S
MILLION_YEARS_S: Final = 1e6 * saying.YEAR_S


def show(found: Sequence[Sized], t: Words) -> None:
    """Guess first; then this machine is timed."""
    predict(
        "scale_machine",
        t,
        question=t("scale.machine_question"),
        options={
            "years": t("scale.machine_years"),
            "thousands": t("scale.machine_thousands"),
            "millions": t("scale.machine_millions"),
        },
        measure=lambda: timed(found, t),
    )


def timed(found: Sequence[Sized], t: Words) -> Measured:
    """Time a product of matrices, and divide every training's operations by that speed."""
    precision = precision_of("auto")  # the faster one here, as training takes it
    speed = measured_speed(DTYPES[precision])
    largest = next(one for one in found if one.key == TARGET)
    seconds = largest.values["flops"] / speed.typical
    low, high = min(speed.flops_per_s), max(speed.flops_per_s)
    text = t(
        "scale.machine_text",
        speed=significant(speed.typical / 1e9, t.lang, 2),
        low=significant(low / 1e9, t.lang, 2),
        high=significant(high / 1e9, t.lang, 2),
        n=whole(len(speed.flops_per_s), t.lang),
        precision=precision,
        threads=whole(speed.n_threads, t.lang),
        time=saying.span(seconds, t),
        fastest=saying.span(largest.values["flops"] / high, t),
        slowest=saying.span(largest.values["flops"] / low, t),
    )
    return Measured(outcome_of(seconds), text, lambda: table(found, speed, t))


def outcome_of(seconds: float) -> str:
    """Which of the three answers so much time is."""
    if seconds < THOUSAND_YEARS_S:
        return "years"
    return "thousands" if seconds < MILLION_YEARS_S else "millions"


def table(found: Sequence[Sized], speed: Speed, t: Words) -> None:
    """For every model: training on this machine, and its weights against this memory."""
    show_badge(computed_now(t))
    memory = memory_bytes()
    rows = []
    for one in sorted(found, key=lambda each: each.value("parameters") or 0.0):
        n, flops = one.value("parameters"), one.value("flops")
        if n is None:
            continue
        n_bytes = BYTES_PER_WEIGHT * n
        fits = t("scale.fits") if n_bytes <= memory else t("scale.fits_not")
        really = t("scale.really", time=duration(one.seconds, t.lang)) if one.seconds else ""
        time = saying.span(flops / speed.typical, t) if flops else "–"
        rows.append(
            f'<tr class="{"gb-ours" if one.whose else ""}"><th scope="row">{escape(one.name)}</th>'
            f"<td>{escape(time)}<small>{escape(really)}</small></td>"
            f"<td>{escape(size(n_bytes, t))}</td>"
            f"<td>{escape(significant(n_bytes / memory, t.lang, 2))} × · {escape(fits)}</td></tr>"
        )
    heads = (
        t("scale.column_model"),
        t("scale.column_training"),
        t("scale.column_weights"),
        t("scale.column_memory", size=size(memory, t)),
    )
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    st.html(
        '<div class="gb-scale gb-machine" tabindex="0" role="region" '
        f'aria-label="{escape(t("scale.machine_table"))}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
    note(t("scale.machine_note"))


def size(n_bytes: float, t: Words) -> str:
    """Bytes, up to terabytes."""
    if n_bytes < 1e12:
        return data_size(n_bytes, t.lang)
    return t("scale.n_terabytes", n=significant(n_bytes / 1e12, t.lang, 3))
