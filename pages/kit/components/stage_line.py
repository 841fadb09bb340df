"""The stages of post-processing in one line, and under it the text as it leaves each of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


@dataclass(frozen=True)
class Place:
    """One place in the line.

    Args:
        name: the stage.
        label: its name in the visitor's language.
        about: what it does, in a sentence.
        on: whether it works.
        n: places at which it found something.
        said: that number in words, with the time it took.
    """

    name: str
    label: str
    about: str
    on: bool
    n: int
    said: str


@dataclass(frozen=True)
class Frame:
    """A moment of a text that arrives.

    Args:
        out: characters that have left the line.
        held: what is waiting.
    """

    out: int
    held: str


@dataclass(frozen=True)
class Shown:
    """What the visitor has just done to the line.

    Args:
        line: name and switch of every stage, in the new order; None if nothing changed.
        mode: "leaves" or "arrives", if another was asked for.
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
    key: str,
    on_change: Callable[[Shown], None],
) -> None:
    """Show the line; switches, arrows and dragging change it.

    Args:
        line: the stages in their order.
        steps: stage -> {"parts": pieces of its input, plain or changed; "held_back": bool}.
        text: what went into the line.
        stream: the text as it arrives, {"text": what leaves, "frames": list of Frame as dicts,
            "note": what is waited for}; None as long as nobody has asked for it.
        t: words.
        key: unique on the page.
        on_change: called with what has just been changed, before the page is drawn again.
    """

    def changed() -> None:
        told = st.session_state[key]
        line_now = [(str(each["name"]), bool(each["on"])) for each in told.get("line") or ()]
        on_change(Shown(line_now or None, told.get("mode")))

    data = {
        "line": [asdict(place) for place in line],
        "steps": dict(steps),
        "text": text,
        "stream": dict(stream) if stream else None,
        "words": {
            "line": t("components.stage_line"),
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
            "leaves": t("components.stage_leaves"),
            "arrives": t("components.stage_arrives"),
            "leaves_note": t("components.stage_leaves_note"),
            "arrives_note": t("components.stage_arrives_note"),
            "waiting": t("components.stage_waiting", n="{n}"),
            "arrived": t("components.stage_arrived"),
        },
    }
    mount("stage_line", key, data, "line", "mode", first=changed)
