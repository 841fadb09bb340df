"""How a component gets from Python to the browser, and what was clicked back.

Each is registered once; its code is a module under assets/, loaded by a shim, so that a rerun sends
data alone. Data reaches the browser as JSON and is never part of markup or code.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import streamlit as st

# A module from a blob cannot resolve "/assets/…" by itself.
_SHIM: Final = """
const address = new URL("/assets/%s.js", location.origin).href
export default async (c) => (await import(address)).default(c)
"""
NAMES: Final = (
    "answers",
    "attention",
    "ballot",
    "clock",
    "lanes",
    "model_map",
    "next_word",
    "printing",
    "run_numbers",
    "samples_feed",
    "sampling_lab",
    "schema_editor",
    "stage_line",
    "sending",
    "tokens",
    "training_slider",
    "weighing",
)
_MOUNT: Final[dict[str, Callable[..., Any]]] = {
    name: st.components.v2.component(f"glassbox_{name}", js=_SHIM % name) for name in NAMES
}
# Plotly styles itself with a sheet in the document's head, which a shadow root would cut off.
_MOUNT["figure"] = st.components.v2.component(
    "glassbox_figure", js=_SHIM % "figure", isolate_styles=False
)


def plain(value: Any) -> Any:
    """`value` as JSON can hold it: NumPy's numbers as Python's, what is no number as None."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def mount(
    name: str,
    key: str,
    data: Mapping[str, Any],
    *heard: str,
    first: Callable[[], None] | None = None,
) -> Any:
    """Mount a component; `heard` names what it may tell Python.

    `first` is called when it has told something, before the page is drawn: what changes the page
    itself is then drawn once, not twice.
    """
    listening = {f"on_{event}_change": first or _nothing for event in heard}
    return _MOUNT[name](key=key, data=plain(data), **listening)


def _nothing() -> None:
    """A value that is heard and read from the result needs a callback, if only an empty one."""
