"""Under the hood: formula, paper, and the source of the functions that computed the stage.

Invariant: the code shown is the code that runs; if its file has changed since the start, nothing is
shown.
"""

import inspect
import time
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any, Final

import streamlit as st

from pages.kit import state
from pages.kit.catalogue import Words, rich

ROOT: Final = Path(__file__).resolve().parents[2]
STARTED: Final = time.time()


def under_the_hood(t: Words) -> bool:
    """The drawer with formula, paper and source: True once it is open; absent under "watch".

    Its content is only sent when somebody opens it. Draw into it with `source` right after.
    """
    if state.depth() == "watch":
        return False
    drawer = st.expander(
        t("frame.hood"), expanded=state.depth() == "dig", key="gb_hood", on_change="rerun"
    )
    st.session_state["_hood"] = drawer
    return bool(drawer.open)


def source(
    t: Words, *functions: Callable[..., Any], formula: str = "", paper: str = "", words: str = ""
) -> None:
    """Draw into the open drawer: what was computed, and the code in this process that did it.

    Args:
        functions: functions or classes of core, as running here.
        formula: LaTeX.
        paper: author, year, title, arXiv number.
        words: one sentence about it, in the visitor's language.
    """
    with st.session_state["_hood"]:
        if words:
            st.html(f"<p>{rich(words)}</p>")
        if formula:
            st.latex(formula)
        if paper:
            st.html(f'<p class="gb-soft">{escape(t("frame.paper", paper=paper))}</p>')
        for function in map(inspect.unwrap, functions):  # a decorator comes from another file
            file = Path(inspect.getsourcefile(function) or "").resolve()
            if file.stat().st_mtime > STARTED:  # its lines differ from those running here
                name = file.relative_to(ROOT).as_posix()
                st.html(f'<p class="gb-where">{escape(t("frame.file_changed", name=name))}</p>')
                continue
            line = inspect.getsourcelines(function)[1]
            where = f"{file.relative_to(ROOT).as_posix()}:{line}"
            st.html(f'<p class="gb-where">{escape(where)}</p>')
            st.code(inspect.getsource(function), language="python", wrap_lines=True)
