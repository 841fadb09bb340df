"""What a picture run shows: sixteen pictures, which skill came when, the loss."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import streamlit as st

from core.data.pictures.collecting.files import png_of
from core.figures.curves import Axes, Curve, LogSteps, curves, powers_of_ten
from core.house.pictures.chain import house_denoiser, house_pictures
from core.house.pictures.installing import numbers_of
from core.inference.pictures.drawing import DrawSettings
from core.store import RunRecord
from core.training.pictures.judging import draw_all
from core.training.pictures.program import sixteen
from pages.kit import components as parts
from pages.kit import runs
from pages.kit.catalogue import Words
from pages.kit.frame import Figure
from pages.kit.numbers import share, whole

MOST_LOOKS: Final = 9  # sent to the browser, spread over the run
HEIGHT: Final = 190
NEWEST_SPEEDS: Final = 12


@dataclass(frozen=True)
class Shown:
    """A run, or the example model's recorded way, as the stage draws it.

    Args:
        n_steps: planned, or done.
        looks: at the sixteen pictures.
        exams: rows of kind "evaluation".
        run: None for the example model.
        told: what the run has said.
    """

    n_steps: int
    looks: Sequence[parts.Look]
    exams: Sequence[runs.Row]
    run: RunRecord | None = None
    told: runs.Told | None = None

    @property
    def live(self) -> dict[str, Any]:
        """Which run a component follows, and from where on; nothing if none goes on."""
        if self.run is None or self.told is None or self.run.is_finished:
            return {}
        return {"live_run": self.run.id, "after": self.told.after}


def of_run(owner: str, run: RunRecord) -> Shown:
    """The visitor's own run with what it has said so far."""
    told = runs.told(owner, run)
    looks = [parts.Look(row["step"], row["pictures"]) for row in _spread(told.pictures)]
    return Shown(int(run.settings["n_steps"]), looks, told.looks, run, told)


def _spread(rows: Sequence[runs.Row]) -> list[runs.Row]:
    """Some of the rows, the first and the last among them."""
    n = len(rows)
    if n <= MOST_LOOKS:
        return list(rows)
    return [rows[round(i * (n - 1) / (MOST_LOOKS - 1))] for i in range(MOST_LOOKS)]


@cache
def of_house(lang: str) -> Shown | None:
    """The example model's kept steps, each drawing the same sixteen pictures now.

    Args:
        lang: of the captions.
    """
    found = house_pictures()
    if found is None:
        return None
    looks = []
    for step in found.steps:
        asked, how = sixteen(found.book, (lang,)), DrawSettings(**found.drawing)
        drawn = draw_all(house_denoiser(step), asked, how)
        rows = [{"png": _png(one.picture), **one.as_row()} for one in drawn]
        looks.append(parts.Look(step, rows))
    exams = [numbers_of(found, step) for step in found.steps]
    return Shown(found.steps[-1], looks, exams)


def _png(picture: Any) -> str:
    return base64.b64encode(png_of(picture)).decode("ascii")


def pictures(shown: Shown, t: Words) -> None:
    """The sixteen pictures through training time."""
    parts.learning_pictures(
        shown.looks, t, key="training_pictures", n_steps=shown.n_steps, **shown.live
    )


def skills(shown: Shown, t: Words) -> None:
    """Which skill came when."""
    names = {
        "sky_share": t("training_pictures.sky"),
        "sides_share": t("training_pictures.sides"),
        "colours_share": t("training_pictures.colours"),
        "things_share": t("training_pictures.things"),
        "numbers_share": t("training_pictures.numbers"),
        "whole_share": t("training_pictures.whole"),
        "unseen_share": t("training_pictures.unseen"),
    }
    if shown.run is None:  # only the whole book shows what people own
        names["owned_share"] = t("training_pictures.owned")
    rows = [
        parts.Skill(
            name,
            label,
            [(row["step"], float(row[name])) for row in shown.exams if name in row],
        )
        for name, label in names.items()
    ]
    parts.skills(rows, t, key="training_skills", n_steps=shown.n_steps, **shown.live)


def loss(shown: Shown, t: Words) -> None:
    """The loss of a run over its steps; the example model's was not kept."""
    if shown.run is None or shown.told is None:
        return
    steps = shown.told.steps
    line = Curve(
        t("training.practised"), [row["step"] for row in steps], [row["loss"] for row in steps]
    )
    fig = curves(
        [line],
        Axes(t("training.axis_steps_log"), t("training_pictures.axis_loss")),
        log_x=LogSteps(1, shown.n_steps, sorted({*powers_of_ten(shown.n_steps), shown.n_steps})),
        marks=parts.marks(t),
    )
    fig.update_yaxes(rangemode="tozero")
    feed = parts.Feed(shown.run.id, "step", [(0, "step", "loss")], shown.told.after)
    alt = t("training_pictures.alt_loss")
    parts.live_figure(fig, t, key="training_figure", alt=alt, feeds=[feed], height=HEIGHT)


def numbers(shown: Shown, t: Words, notice: str) -> None:
    """Steps, speed, time left."""
    run, told = shown.run, shown.told
    if run is None or told is None:
        return
    now = {**told.known, "step": max(run.step, told.known.get("step", 0))}
    speeds = [row["pictures_per_s"] for row in told.steps[-NEWEST_SPEEDS:]]
    parts.run_numbers(
        [parts.RunNow(run.id, run.lane, run.status, told.after, now, speeds)],
        t,
        key="training_numbers",
        n_steps=shown.n_steps,
        judged=False,
        speed=("pictures_per_s", t("training_pictures.pictures_per_s")),
        notice=notice,
    )


def passed_on(shown: Shown | None, t: Words) -> list[Figure]:
    """What the next step gets: how many scenes the model draws right."""
    if shown is None or not shown.exams:
        return []
    last = shown.exams[-1]
    whose = "yours" if shown.run is not None else "house"
    found = []
    for name, count, label in (
        ("whole_share", "n_judged", "training_pictures.whole_of"),
        ("unseen_share", "n_unseen", "training_pictures.unseen_of"),
    ):
        if name in last and count in last:
            found.append(
                Figure(
                    share(float(last[name]), t.lang, 1),
                    t(label, n=whole(float(last[count]), t.lang)),
                    whose,
                )
            )
    return found


@st.cache_data(max_entries=64, show_spinner=False)
def png(picture: Any) -> str:
    """A picture as a component takes it."""
    return _png(picture)
