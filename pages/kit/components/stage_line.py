"""The filters of post-processing in a row, and below them the text with all their changes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


@dataclass(frozen=True)
class Place:
    """One place in the row.

    Args:
        name: the filter.
        label: its name in the visitor's language.
        about: what it does, in one sentence.
        on: whether it is switched on.
        n: number of findings.
        said: that number in words.
        time: how long it took, with the unit.
    """

    name: str
    label: str
    about: str
    on: bool
    n: int
    said: str
    time: str = ""


@dataclass(frozen=True)
class Frame:
    """A moment while a text arrives.

    Args:
        out: number of characters let through.
        held: the text still waiting.
    """

    out: int
    held: str


@dataclass(frozen=True)
class Shown:
    """What the visitor has just changed in the row.

    Args:
        line: name and switch of every filter, in the new order; None if nothing changed.
        mode: "leaves" or "arrives", if a different one was chosen.
    """

    line: list[tuple[str, bool]] | None
    mode: str | None


def stage_line(
    line: Sequence[Place],
    steps: Mapping[str, Any],
    text: str,
    stream: Mapping[str, Any] | None,
    t: Words,
    *,
    waits: bool = False,
    key: str,
    on_change: Callable[[Shown], None],
) -> None:
    """Show the row; it can be changed with switches, arrows and by dragging.

    Args:
        line: the filters in order.
        steps: filter -> {"parts": pieces of its input, plain or changed; "held_back": bool}; under
            "*" the same for all filters together.
        text: the text that went in.
        stream: the text as it arrives, {"text": what leaves, "frames": list of Frame as dicts,
            "note": what is waited for}; None until requested.
        t: the visitor's words.
        waits: show the text as it came, until the visitor sends it through the filters.
        key: unique on the page.
        on_change: called with what was just changed, before the page is redrawn.
    """

    def changed() -> None:
        told = st.session_state[key]
        if told.get("ran"):
            on_change(Shown(None, None))
            return
        line_now = [(str(each["name"]), bool(each["on"])) for each in told.get("line") or ()]
        on_change(Shown(line_now or None, told.get("mode")))

    data = {
        "line": [asdict(place) for place in line],
        "steps": dict(steps),
        "text": text,
        "waits": waits,
        "stream": dict(stream) if stream else None,
        "words": {
            "line": t("components.stage_line"),
            "run": t("components.stage_run"),
            "back": t("components.stage_back"),
            "came": t("components.stage_came"),
            "all": t("components.stage_all", n="{n}", all="{all}"),
            "all_about": t("components.stage_all_about"),
            "on": t("components.stage_on"),
            "off": t("components.stage_off"),
            "use": t("components.stage_use", name="{name}"),
            "before": t("components.stage_before", name="{name}"),
            "after": t("components.stage_after", name="{name}"),
            "text": t("components.stage_text"),
            "found": t("components.stage_found"),
            "nothing": t("components.stage_nothing"),
            "removed": t("components.stage_removed"),
            "held_back": t("components.stage_held_back"),
            "unreached": t("components.stage_unreached"),
            "arrives": t("components.stage_arrives"),
            "waiting": t("components.stage_waiting", n="{n}"),
            "arrived": t("components.stage_arrived"),
        },
    }
    mount("stage_line", key, data, "line", "mode", "ran", first=changed)
