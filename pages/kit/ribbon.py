"""The ribbon: the six steps in one line, each with its measured number, and the way forward."""

from typing import Any, Final

import streamlit as st

from pages.kit import site, state
from pages.kit.catalogue import Words
from pages.kit.chain import NUMBERS, StepNumber
from pages.kit.numbers import NO_FIGURE

_SHIM: Final = """
const code = import(new URL("/assets/ribbon.js", location.origin).href)
export default async (c) => (await code).default(c)
"""
_mount: Final[Any] = st.components.v2.component("glassbox_chain", js=_SHIM)


def ribbon(numbers: list[StepNumber], here: str, t: Words) -> None:
    """Draw the ribbon; a click opens the place in the next rerun, before anything is computed.

    Args:
        numbers: the numbers shown at the steps.
        here: the name of the current place.
        t: the visitor's words.
    """
    current, following = site.BY_NAME[here].step, site.following(here)
    *links, way_on = site.hrefs([*(each.step for each in numbers), following])
    whose = {"house": t("frame.house"), "yours": t("frame.yours")}
    data = {
        "here": t(f"shell.{here}"),
        "next": {
            "name": following,
            "href": way_on,
            "label": t("frame.home")
            if following == "home"
            else t("shell.next", place=t(f"shell.{following}")),
        },
        "steps": [
            {**_step(each, t), "href": link, "current": each.step == current}
            for each, link in zip(numbers, links, strict=True)
        ],
        "lang": t.lang,
        "modality": state.modality(),
        "follows": True,
        "words": {"label": t("shell.steps"), "none": NO_FIGURE, "whose": whose},
    }
    _mount(key="gb_ribbon", data=data, on_go_change=_remember)


def _step(each: StepNumber, t: Words) -> dict[str, Any]:
    """A step as assets/ribbon.js draws it, and how to format the numbers that arrive live."""
    shown = NUMBERS[state.modality()][each.step]
    return {
        "name": each.step,
        "label": t(f"shell.{each.step}"),
        "number": each.texts[0],
        "none": t(shown.instead.words) if shown.instead and not shown.instead.kind else None,
        "lanes": list(each.texts) if len(each.texts) > 1 else None,
        "whose": each.whose,
        "live": {
            "slot": shown.kind,
            "field": shown.number,
            "sentence": t(shown.words, n="{n}"),
            "example": t(shown.example, n="{n}") if shown.example else None,
            "digits": shown.digits,
            "factor": shown.factor,
            "kind": "evaluation",  # kind of the rows in which a run reports the number
            "runs": [{"run": run, "lane": lane, "after": -1} for lane, run in each.runs],
        },
    }


def _remember() -> None:
    went = st.session_state["gb_ribbon"].get("go")
    if went:
        st.session_state["_go"] = went["name"]


def wanted() -> str | None:
    """The step clicked since the last rerun, reported once."""
    name = st.session_state.pop("_go", None)
    return name if name in site.BY_NAME else None
