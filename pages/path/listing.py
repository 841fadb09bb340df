"""All units of the path below each other, each with what was done of it, and where to go on."""

from html import escape
from typing import Literal

import streamlit as st

from core.learning.progress import Progress, Unit
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import whole
from pages.path import going
from pages.path.unit import unit
from pages.path.units import GROUPS, ORDER

N_CHECKS = 2

Stage = Literal["open", "measured", "complete"]


def stage_of(done: Unit) -> Stage:
    """How far a unit is: measured by evidence, complete when all its questions were answered.

    Where nothing is shipped there are no questions, and a measured unit stays a measured one.
    """
    if done.own is None:
        return "open"
    right = [one for one in done.checks.values() if one.right_at]
    return "complete" if len(right) >= N_CHECKS else "measured"


def stages(progress: Progress) -> dict[str, Stage]:
    """How far every unit is."""
    return {name: stage_of(progress.of(name)) for name in ORDER}


def draw(progress: Progress, t: Words) -> None:
    """How far one is, where to go on, and all units under the steps they belong to."""
    known = stages(progress)
    _summary(known, t)
    note(t("path.about"))
    with st.container(key="gb_units"):
        for group, names in GROUPS.items():
            st.html(f'<h3 class="gb-group">{escape(t(f"shell.{group}"))}</h3>')
            for name in names:
                _row(name, known[name], t)


def _summary(known: dict[str, Stage], t: Words) -> None:
    n_done = sum(each == "complete" for each in known.values())
    left = [name for name, each in known.items() if each != "complete"]
    minutes = sum(unit(name).minutes for name in left)
    n = whole(len(ORDER), t.lang)
    said = (
        t("path.progress", k=whole(n_done, t.lang), n=n, minutes=whole(minutes, t.lang))
        if left
        else t("path.finished", n=n)
    )
    bar = f'<progress max="{len(ORDER)}" value="{n_done}" aria-label="{escape(said)}"></progress>'
    st.html(f'<p class="gb-progress"><b>{escape(said)}</b></p>{bar}')
    if left:
        place = whole(ORDER.index(left[0]) + 1, t.lang)
        begun = any(each != "open" for each in known.values())
        label = t("path.go_on", n=place) if begun else t("path.begin")
        with st.container(key="gb_path_on"):
            going.link(left[0], label, t)


def _row(name: str, stage: Stage, t: Words) -> None:
    one = unit(name)
    names = {
        "open": t("path.open"),
        "measured": t("path.measured"),
        "complete": t("path.complete"),
    }
    with st.container(
        key=f"gb_unit_{name}", horizontal=True, vertical_alignment="center", gap="small"
    ):
        number = whole(ORDER.index(name) + 1, t.lang)
        going.link(name, f"{number} · {one.says(t).question}", t)
        about = t("path.minutes", n=whole(one.minutes, t.lang))
        st.html(
            f'<p class="gb-unit-state gb-{stage}"><span>{escape(about)}</span> '
            f"<b>{escape(names[stage])}</b></p>",
            width="content",
        )
