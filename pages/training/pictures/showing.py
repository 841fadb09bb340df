"""What a picture run shows: sixteen pictures, which skill came when, the loss."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from core.data.pictures.collecting.files import png_of
from core.figures.curves import Axes, Curve, LogSteps, curves, powers_of_ten
from core.house.pictures.chain import house_pictures
from core.house.pictures.installing import numbers_of
from core.house.pictures.looks import house_looks
from core.store import RunRecord
from pages.kit import components as parts
from pages.kit import runs
from pages.kit.catalogue import Words
from pages.kit.frame import Figure
from pages.kit.numbers import change, share, whole

MOST_LOOKS: Final = 9  # sent to the browser, spread over the run
HEIGHT: Final = 190
NEWEST_SPEEDS: Final = 12
ROLES: Final = ("accent", "valid")  # of lane a and lane b, as the table of a pair draws them


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

    @property
    def suffix(self) -> str:
        """Of the keys of its components: there are two of each where a pair is shown."""
        return "_b" if self.run is not None and self.run.lane == "b" else ""


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


def of_house(lang: str) -> Shown | None:
    """The example model's kept steps, each with the same sixteen pictures, drawn when it was made.

    Args:
        lang: of the captions.
    """
    found, looks = house_pictures(), house_looks()
    if found is None or looks is None:
        return None
    seen = [parts.Look(step, rows) for step, rows in looks.looks[lang].items()]
    exams = [numbers_of(found, step) for step in found.steps]
    return Shown(found.steps[-1], seen, exams)


def pictures(shown: Shown, t: Words) -> None:
    """The sixteen pictures through training time."""
    key = f"training_pictures{shown.suffix}"
    parts.learning_pictures(shown.looks, t, key=key, n_steps=shown.n_steps, **shown.live)


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
    key = f"training_skills{shown.suffix}"
    parts.skills(rows, t, key=key, n_steps=shown.n_steps, **shown.live)


def loss(shown: Sequence[Shown], t: Words) -> None:
    """The loss of one or two runs over their steps; the example model's was not kept."""
    lines, feeds = [], []
    for lane, each in enumerate(shown):
        if each.run is None or each.told is None:
            return
        steps = each.told.steps
        lines.append(
            Curve(
                each.run.name if len(shown) > 1 else t("training.practised"),
                [row["step"] for row in steps],
                [row["loss"] for row in steps],
                ROLES[lane] if len(shown) > 1 else "train",
                lane,
            )
        )
        feeds.append(parts.Feed(each.run.id, "step", [(lane, "step", "loss")], each.told.after))
    n_steps = max(each.n_steps for each in shown)
    fig = curves(
        lines,
        Axes(t("training.axis_steps_log"), t("training_pictures.axis_loss")),
        log_x=LogSteps(1, n_steps, sorted({*powers_of_ten(n_steps), n_steps})),
        marks=parts.marks(t),
    )
    fig.update_yaxes(rangemode="tozero")
    alt = t("training_pictures.alt_loss")
    parts.live_figure(fig, t, key="training_figure", alt=alt, feeds=feeds, height=HEIGHT)


def numbers(shown: Sequence[Shown], t: Words, notice: str) -> None:
    """Steps, speed, time left."""
    found = []
    for each in shown:
        run, told = each.run, each.told
        if run is None or told is None:
            return
        now = {**told.known, "step": max(run.step, told.known.get("step", 0))}
        speeds = [row["pictures_per_s"] for row in told.steps[-NEWEST_SPEEDS:]]
        found.append(parts.RunNow(run.id, run.lane, run.status, told.after, now, speeds))
    parts.run_numbers(
        found,
        t,
        key="training_numbers",
        n_steps=shown[0].n_steps,
        judged=False,
        speed=("pictures_per_s", t("training_pictures.pictures_per_s")),
        notice=notice,
    )


def compared(shown: Sequence[Shown], t: Words) -> None:
    """What the one difference of a pair has come to, by the last exam of both."""
    ends = [each.exams[-1] if each.exams else {} for each in shown]
    rows = []
    for name, count, label in (
        ("whole_share", "n_judged", t("training_pictures.whole")),
        ("things_share", "n_judged", t("training_pictures.things")),
        ("colours_share", "n_judged", t("training_pictures.colours")),
        ("sides_share", "n_judged", t("training_pictures.sides")),
        ("unseen_share", "n_unseen", t("training_pictures.unseen")),
    ):
        if all(name in end and count in end for end in ends):
            rows.append(_consequence(t, label, ends, name, count))
    if rows:
        names = tuple(each.run.name if each.run else "" for each in shown)
        parts.lanes(
            rows,
            t,
            key="training_pair",
            names=(names[0], names[1]),
            label=t("training.pair_label"),
        )


def _consequence(
    t: Words, label: str, ends: Sequence[runs.Row], name: str, count: str
) -> parts.Consequence:
    one, two = (float(end[name]) for end in ends)
    about = t("training_pictures.pair_of", n=whole(float(ends[0][count]), t.lang))
    return parts.Consequence(
        label,
        one,
        two,
        share(one, t.lang),
        share(two, t.lang),
        t("training.points", n=change(100 * (two - one), t.lang, 0)),
        about,
        top=1.0,
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
    return base64.b64encode(png_of(picture)).decode("ascii")
