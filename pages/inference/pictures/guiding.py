"""What guidance does, over its weight: match, variety and drift.

Measured of the example model on many captions, and for the visitor's own caption when asked for.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.errors import GlassboxError
from core.figures.curves import Axes, Curve, curves
from core.figures.look import LIGHT
from core.house.pictures.guided import GUIDANCES, HouseGuided, house_guided
from core.inference.pictures.drawing import DrawSettings
from core.inference.pictures.drift import Drift
from core.inference.pictures.trying import (
    N_COMPARED,
    AtGuidance,
    Wish,
    over_guidance,
)
from core.intervals import share_interval
from core.services import services
from pages.home.shipped import day
from pages.inference.pictures.drawer import Drawer
from pages.inference.pictures.stage import Drawing
from pages.inference.writing import watched
from pages.kit import components as parts
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components import PictureNote, picture_wall
from pages.kit.frame import card, computed_now, note, precomputed, show_error
from pages.kit.numbers import decimal, share, share_span, whole
from pages.kit.short_work import finished

N_PICTURES: Final = 32
HEIGHT: Final = 230


def guidance_curves(drawer: Drawer, drawing: Drawing, t: Words) -> None:
    """The card with the curves; one's own are measured when the visitor asks for them."""
    scene = drawing.asked.scene
    if scene is None:
        return
    kept = st.session_state.setdefault("_over_guidance", {})
    settings = drawing.settings
    key = (drawer.id, drawing.asked.caption, state.seed(), settings.n_steps, settings.sampler)
    house = house_guided()
    badge = computed_now(t)
    if key not in kept and house is not None:
        day_made = day(house.made["date"], t.lang)
        badge = precomputed(t, house.made["command"], day_made)
    with card("guidance", t("inference_pictures.guiding"), badge):
        note(t("inference_pictures.guiding_about"))
        if key not in kept:
            if house is not None:
                of_the_example(house, settings.guidance, t)
            n_all = whole(N_PICTURES * len(GUIDANCES), t.lang)
            asks = t("inference_pictures.guiding_measure", n=n_all)
            if not st.button(asks, key="measure_guidance"):
                return
            try:
                kept[key] = _measured(drawer, Wish(drawing.asked.caption, scene), settings, t)
            except GlassboxError as error:
                show_error(error, t)
                return
            st.rerun()
        show(kept[key], settings.guidance, t)


def _measured(drawer: Drawer, wish: Wish, settings: DrawSettings, t: Words) -> list[AtGuidance]:
    """Draw and read in the short lane, with a bar."""
    store = services().store
    with watched(t, "guidance") as tell:
        work = services().engine.short(
            over_guidance,
            store.artifacts.read(state.owner(), drawer.id),
            store.artifacts.read(state.owner(), drawer.encoder),
            wish,
            list(range(state.seed(), state.seed() + N_PICTURES)),
            settings,
            GUIDANCES,
        )
        return finished(work, tell)


def of_the_example(found: HouseGuided, yours: float, t: Words) -> None:
    """Match and drift of the example model, over captions of the book."""
    match, drift = st.columns(2, gap="medium")
    rows = found.rows
    with match:
        parts.figure(
            match_curve([(row.guidance, row.n_right, row.n) for row in rows], yours, t),
            t,
            key="house_match",
            alt=t("inference_pictures.match_alt"),
            height=HEIGHT,
        )
    with drift:
        parts.figure(
            drift_curve([(row.guidance, row.drift) for row in rows], found.book, yours, t),
            t,
            key="house_drift",
            alt=t("inference_pictures.drift_alt"),
            height=HEIGHT,
        )
    note(
        t(
            "inference_pictures.guiding_house",
            n=whole(rows[0].n, t.lang),
            book=decimal(found.book.mean, t.lang, 1),
            nothing=decimal(rows[0].drift.mean, t.lang, 0),
        )
    )


def show(found: Sequence[AtGuidance], yours: float, t: Words) -> None:
    """Three curves, and one noise at every weight."""
    match, variety, drift = st.columns(3, gap="small")
    with match:
        parts.figure(
            match_curve([(one.guidance, one.n_right, one.n) for one in found], yours, t),
            t,
            key="guidance_match",
            alt=t("inference_pictures.match_alt"),
            height=HEIGHT,
        )
    with variety:
        parts.figure(
            variety_curve(found, yours, t),
            t,
            key="guidance_variety",
            alt=t("inference_pictures.variety_alt", n=N_COMPARED),
            height=HEIGHT,
        )
    with drift:
        parts.figure(
            drift_curve([(one.guidance, one.drift) for one in found], None, yours, t),
            t,
            key="guidance_drift",
            alt=t("inference_pictures.drift_alt"),
            height=HEIGHT,
        )
    note(
        t(
            "inference_pictures.guiding_read",
            n=whole(found[0].n, t.lang),
            compared=whole(N_COMPARED, t.lang),
            yours=decimal(yours, t.lang, 1),
        )
    )
    note(t("inference_pictures.drift_read", nothing=decimal(found[0].drift.mean, t.lang, 0)))
    notes = []
    for one in found:
        weight = decimal(one.guidance, t.lang, 0)
        right = share(one.n_right / one.n, t.lang)
        text = t(
            "inference_pictures.guiding_one",
            right=right,
            span=share_span(*share_interval(one.n_right, one.n), t.lang),
        )
        title = t("inference_pictures.guiding_at", weight=weight)
        sign: parts.Sign = "yes" if one.first_right else "no"
        notes.append(PictureNote(title, text, sign, f"{title}: {text}"))
    picture_wall(
        np.stack([one.first for one in found]),
        key="guidance_wall",
        label=t("inference_pictures.guiding_wall"),
        notes=notes,
        columns=len(found),
        narrow=3,
        px=150,
    )


def match_curve(rows: Sequence[tuple[float, int, int]], yours: float, t: Words) -> go.Figure:
    """The share of pictures that are right, with its interval: weight, right, of how many."""
    x = [weight for weight, _, _ in rows]
    y = [n_right / n for _, n_right, n in rows]
    ends = [share_interval(n_right, n) for _, n_right, n in rows]
    line = Curve(t("inference_pictures.match"), x, y, "accent", 0, 0)
    axes = Axes(t("inference_pictures.axis_guidance"), t("inference_pictures.axis_match"))
    fig = curves([line], axes, percent=True, y_range=(0.0, 1.05), marks=parts.marks(t))
    fig.data[0].update(
        mode="lines+markers",
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [100 * (high - value) for (_, high), value in zip(ends, y, strict=True)],
            "arrayminus": [100 * (value - low) for (low, _), value in zip(ends, y, strict=True)],
            "color": LIGHT.accent,
            "thickness": 1.2,
            "width": 4,
        },
    )
    return _with_yours(fig, yours)


def drift_curve(
    rows: Sequence[tuple[float, Drift]], book: Drift | None, yours: float, t: Words
) -> go.Figure:
    """By how many grey levels the colours are off, with its interval.

    Without any weight the caption plays no part, and what is drawn is a page of something else:
    there is no drift to speak of, so the curve begins behind that.
    """
    told = [(weight, each) for weight, each in rows if weight > 0]
    x = [weight for weight, _ in told]
    lines = [Curve(t("inference_pictures.drift"), x, [d.mean for _, d in told], "value", 0, 1)]
    if book is not None:
        level = [book.mean] * len(x)
        lines.append(Curve(t("inference_pictures.drift_book"), x, level, "house", 1, 1))
    axes = Axes(t("inference_pictures.axis_guidance"), t("inference_pictures.axis_drift"))
    top = 1.15 * max(d.mean + d.half for _, d in told)
    fig = curves(lines, axes, y_range=(0.0, top), marks=parts.marks(t))
    fig.data[0].update(
        mode="lines+markers",
        error_y={
            "type": "data",
            "array": [each.half for _, each in told],
            "color": LIGHT.value,
            "thickness": 1.2,
            "width": 4,
        },
    )
    return _with_yours(fig, yours)


def variety_curve(found: Sequence[AtGuidance], yours: float, t: Words) -> go.Figure:
    """Distinct arrangements among right pictures."""
    told = [(one.guidance, one.variety) for one in found if one.variety is not None]
    line = Curve(
        t("inference_pictures.variety"),
        [x for x, _ in told],
        [y for _, y in told],
        "value",
        0,
        1,
    )
    axes = Axes(
        t("inference_pictures.axis_guidance"),
        t("inference_pictures.axis_variety", n=N_COMPARED),
    )
    fig = curves([line], axes, y_range=(0.0, N_COMPARED + 0.4), marks=parts.marks(t))
    fig.data[0].update(mode="lines+markers")
    return _with_yours(fig, yours)


def _with_yours(fig: go.Figure, yours: float) -> go.Figure:
    """The visitor's own weight, as a line across."""
    fig.update_xaxes(range=[0, 8.4], tickvals=[0, 1, 2, 3, 4, 6, 8])
    fig.add_vline(x=yours, line={"color": LIGHT.house, "width": 1.5, "dash": "3px,3px"})
    return fig
