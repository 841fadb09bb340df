"""What guidance does, measured for the visitor's own caption: match and variety over its weight."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.alignment.intervals import share_interval
from core.errors import GlassboxError
from core.figures.curves import Axes, Curve, curves
from core.figures.look import LIGHT
from core.inference.pictures.trying import (
    N_COMPARED,
    AtGuidance,
    Wish,
    over_guidance,
)
from core.services import services
from pages.inference.pictures.drawer import Drawer
from pages.inference.pictures.stage import Drawing
from pages.inference.writing import watched
from pages.kit import components as parts
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components import PictureNote, picture_wall
from pages.kit.frame import card, computed_now, note, show_error
from pages.kit.numbers import decimal, share, whole
from pages.kit.short_work import finished

GUIDANCES: Final = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0)
N_PICTURES: Final = 32
HEIGHT: Final = 230


def guidance_curves(drawer: Drawer, drawing: Drawing, t: Words) -> None:
    """The card with the curves; they are measured when the visitor asks for them."""
    scene = drawing.asked.scene
    if scene is None:
        return
    kept = st.session_state.setdefault("_over_guidance", {})
    settings = drawing.settings
    key = (drawer.id, drawing.asked.caption, state.seed(), settings.n_steps, settings.sampler)
    with card("guidance", t("inference_pictures.guiding"), computed_now(t)):
        n_all = whole(N_PICTURES * len(GUIDANCES), t.lang)
        note(t("inference_pictures.guiding_about"))
        if key not in kept:
            asks = t("inference_pictures.guiding_measure", n=n_all)
            if not st.button(asks, key="measure_guidance"):
                return
            store = services().store
            seeds = range(state.seed(), state.seed() + N_PICTURES)
            try:
                with watched(t, "guidance") as tell:
                    work = services().engine.short(
                        over_guidance,
                        store.artifacts.read(state.owner(), drawer.id),
                        store.artifacts.read(state.owner(), drawer.encoder),
                        Wish(drawing.asked.caption, scene),
                        list(seeds),
                        settings,
                        GUIDANCES,
                    )
                    kept[key] = finished(work, tell)
            except GlassboxError as error:
                show_error(error, t)
                return
            st.rerun()
        show(kept[key], settings.guidance, t)


def show(found: Sequence[AtGuidance], yours: float, t: Words) -> None:
    """Two curves, and one noise at every weight."""
    match, variety = st.columns(2, gap="medium")
    with match:
        parts.figure(
            match_curve(found, yours, t),
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
    note(
        t(
            "inference_pictures.guiding_read",
            n=whole(found[0].n, t.lang),
            compared=whole(N_COMPARED, t.lang),
            yours=decimal(yours, t.lang, 1),
        )
    )
    notes = []
    for one in found:
        low, high = share_interval(one.n_right, one.n)
        weight = decimal(one.guidance, t.lang, 0)
        right = share(one.n_right / one.n, t.lang)
        text = t(
            "inference_pictures.guiding_one",
            right=right,
            low=share(low, t.lang),
            high=share(high, t.lang),
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


def match_curve(found: Sequence[AtGuidance], yours: float, t: Words) -> go.Figure:
    """The share of pictures that are right, with its interval."""
    x = [one.guidance for one in found]
    y = [one.n_right / one.n for one in found]
    ends = [share_interval(one.n_right, one.n) for one in found]
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
