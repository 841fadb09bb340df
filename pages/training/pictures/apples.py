"""The experiment: nine of ten apples are red. What colour is an apple that nobody gave a colour?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Final

import numpy as np
import streamlit as st

from core.data.pictures import Pixels
from core.data.pictures.drawing.palette import COLOURS
from core.errors import NothingRead
from core.house.pictures.lanes import picture_lanes
from core.house.pictures.recipe import APPLES
from core.inference.pictures.drawing import DrawSettings
from core.inference.pictures.model import PictureModel
from core.inference.pictures.trying import tried
from core.postprocessing.pictures.open_colours import (
    Opened,
    asked_openly,
    colour_of,
    counted,
    told_openly,
)
from pages.home.shipped import day
from pages.inference.writing import watched
from pages.kit.catalogue import Words
from pages.kit.components import PictureNote, Sign, picture_wall
from pages.kit.frame import Measured, note, precomputed, predict, show_badge
from pages.kit.numbers import share, share_span, whole
from pages.training.pictures.trials import trained

N_ASKED: Final = 96  # in each way
GUIDANCES: Final = (3.0, 1.0)
N_SHOWN: Final = 16
N_STEPS: Final = APPLES.training.n_steps


@dataclass(frozen=True)
class Answer:
    """What was drawn in one way.

    Args:
        found: the colours counted.
        pictures: (N, S, S, 3).
        colours: of each picture's apple; empty where the reader is not sure of one.
    """

    found: Opened
    pictures: Pixels
    colours: tuple[str, ...]


def apples(t: Words) -> None:
    """The experiment with its question."""
    predict(
        "apples_open",
        t,
        question=t("training_pictures.apples", n=whole(N_ASKED, t.lang)),
        options={
            "less": t("training_pictures.apples_less"),
            "same": t("training_pictures.apples_same"),
            "more": t("training_pictures.apples_more"),
        },
        measure=lambda: measured(t),
        about=lambda: note(
            t(
                "training_pictures.apples_about",
                steps=whole(N_STEPS, t.lang),
                pages=whole(APPLES.book.n_pictures, t.lang),
            )
        ),
    )


def measured(t: Words) -> Measured:
    """Train on the book of red apples, ask for apples, and count their colours."""
    about = t("training_pictures.apples_runs")
    model = trained(t, "apples_open", APPLES.book, N_STEPS, about)
    with watched(t, "apples_asked") as tell:
        guided = asked(model, GUIDANCES[0], lambda done: tell(done / 2))
        plain = asked(model, GUIDANCES[1], lambda done: tell(0.5 + done / 2))
    if not guided.found.n_read:
        raise NothingRead("no apple can be read", n=whole(guided.found.n, t.lang))
    told = told_openly(APPLES.book)
    text = t(
        "training_pictures.apples_measured",
        told=share(told.share, t.lang, 1),
        n_told=whole(told.n, t.lang),
        guided=_rate(guided.found, t),
        plain=_rate(plain.found, t),
    )
    return Measured(outcome(guided.found, told), text, partial(_show, t, guided, plain, told))


def asked(model: PictureModel, guidance: float, tell: Callable[[float], None]) -> Answer:
    """Ask a model for apples at one weight of guidance."""
    settings = DrawSettings(guidance=guidance)
    one = tried(model, asked_openly(N_ASKED), range(N_ASKED), settings, tell)
    colours = tuple(colour_of(reading) for reading in one.readings)
    return Answer(counted(one.readings), one.pictures, colours)


def outcome(found: Opened, told: Opened) -> str:
    """Which option came true: redder than the book only where the interval lies above it."""
    low, high = found.interval
    return "more" if low > told.share else "less" if high < told.share else "same"


def _rate(found: Opened, t: Words) -> str:
    return t(
        "inference_pictures.rate",
        n=whole(found.colours["red"], t.lang),
        of=whole(found.n_read, t.lang),
        span=share_span(*found.interval, t.lang),
    )


def _show(t: Words, guided: Answer, plain: Answer, told: Opened) -> None:
    """Colours of book and answers as bars, some of the pictures, and the shipped measurement."""
    rows = (
        (t("training_pictures.apples_told"), told),
        (t("training_pictures.apples_guided"), guided.found),
        (t("training_pictures.apples_plain"), plain.found),
    )
    st.html("".join(shades(name, found.colours, t) for name, found in rows))
    note(t("training_pictures.apples_read", n=whole(guided.found.n, t.lang),
           guided=whole(guided.found.n_read, t.lang),
           plain=whole(plain.found.n_read, t.lang)))  # fmt: skip
    picture_wall(
        np.concatenate([guided.pictures[:N_SHOWN], plain.pictures[:N_SHOWN]]),
        key="apples_wall",
        label=t("training_pictures.apples_wall", n=N_SHOWN),
        notes=[*_notes(guided.colours, t), *_notes(plain.colours, t)],
        columns=N_SHOWN // 2,
        narrow=4,
        px=80,
    )
    note(t("training_pictures.apples_wall", n=N_SHOWN))
    _shipped(t)


def _shipped(t: Words) -> None:
    """What the shipped run of the very same recipe has come to."""
    found = picture_lanes()
    if found is None:
        return
    guided, plain = (found.apples[guidance] for guidance in GUIDANCES)
    show_badge(precomputed(t, found.made["command"], day(found.made["date"], t.lang)))
    note(t("training_pictures.apples_shipped", n=whole(guided.n, t.lang),
           guided=_rate(guided, t), plain=_rate(plain, t)))  # fmt: skip


def _notes(colours: Sequence[str], t: Words) -> list[PictureNote]:
    names = colour_names(t)
    found = []
    for colour in colours[:N_SHOWN]:
        sign: Sign = "" if colour else "none"
        spoken = names[colour] if colour else t("training_pictures.apples_unread")
        found.append(PictureNote(sign=sign, spoken=spoken))
    return found


def colour_names(t: Words) -> dict[str, str]:
    """The colours in the visitor's words."""
    return {
        "red": t("data_pictures.red"),
        "yellow": t("data_pictures.yellow"),
        "green": t("data_pictures.green"),
        "blue": t("data_pictures.blue"),
        "violet": t("data_pictures.violet"),
        "white": t("data_pictures.white"),
    }


def shades(name: str, colours: Mapping[str, int], t: Words) -> str:
    """The shares of the colours as one bar of their paints, and as numbers."""
    total = sum(colours.values()) or 1
    parts = "".join(
        f'<i style="width:{100 * n / total:.2f}%;background:rgb'
        f'({", ".join(str(round(level)) for level in COLOURS[colour])})"></i>'
        for colour, n in colours.items()
        if n
    )
    names = colour_names(t)
    said = ", ".join(f"{names[colour]} {whole(n, t.lang)}" for colour, n in colours.items() if n)
    return (
        f'<p class="gb-apples"><span>{escape(name)}</span>{escape(": " + said if said else "")}</p>'
        f'<div class="gb-shades" aria-hidden="true">{parts}</div>'
    )
