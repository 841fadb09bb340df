"""How a component gets from Python to the browser, and how clicks come back.

Each is registered once; its code is a module under assets/, loaded through a shim, so that a rerun
sends only data. Data reaches the browser as JSON and is never part of markup or code.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import streamlit as st

# A module loaded from a blob cannot resolve "/assets/…" by itself.
_SHIM: Final = """
const address = new URL("/assets/%s.js", location.origin).href
export default async (c) => (await import(address)).default(c)
"""
NAMES: Final = (
    "answers",
    "attention",
    "ballot",
    "beam_tree",
    "before_now",
    "branch_tree",
    "beside_source",
    "choice",
    "clock",
    "denoiser_plan",
    "drawing_board",
    "glass",
    "lanes",
    "latent_parts",
    "latent_space",
    "learning_pictures",
    "model_map",
    "moved_shares",
    "next_word",
    "picture_book",
    "picture_line",
    "picture_blend",
    "picture_brush",
    "picture_film",
    "picture_wall",
    "picture_ballot",
    "printing",
    "run_numbers",
    "samples_feed",
    "sampling_lab",
    "scale_zoom",
    "schema_editor",
    "skills",
    "slow_motion",
    "stage_line",
    "steered_text",
    "sending",
    "tokens",
    "training_slider",
    "unit_bar",
    "weighing",
    "word_maps",
)
_MOUNT: Final[dict[str, Callable[..., Any]]] = {
    name: st.components.v2.component(f"glassbox_{name}", js=_SHIM % name) for name in NAMES
}
# Plotly adds its style sheet to the document's head, which a shadow root would cut off.
_MOUNT["figure"] = st.components.v2.component(
    "glassbox_figure", js=_SHIM % "figure", isolate_styles=False
)


_PLAIN: Final = frozenset((str, int, bool, type(None)))


def plain(value: Any) -> Any:
    """`value` as JSON can represent it: NumPy numbers become Python's, non-numbers become None."""
    kind = type(value)
    if kind in _PLAIN:  # most of what a picture is made of
        return value
    if kind is float:
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    return value


def mount(
    name: str,
    key: str,
    data: Mapping[str, Any],
    *heard: str,
    first: Callable[[], None] | None = None,
) -> Any:
    """Mount a component; `heard` names the values it may report to Python.

    `first` is called when it has reported something, before the page is drawn, so that a change to
    the page itself is drawn once, not twice.
    """
    listening = {f"on_{event}_change": first or _nothing for event in heard}
    return _MOUNT[name](key=key, data=plain(data), **listening)


def _nothing() -> None:
    """Does nothing; a value read from the result needs a callback, even an empty one."""
