"""The ways of the path: into a unit, to its page, to where something can be seen, and back.

The open unit stands in the address alone, so that a link, a reload and the browser's way back all
lead to it. What stands in the head of every page is set where the head keeps it.
"""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from core.modality import TEXT
from pages.kit import site, state
from pages.kit.catalogue import Words

IN_HEAD: Final = ("lang", "depth", "modality")


def to_place(place: str, name: str, settings: Mapping[str, str]) -> None:
    """On a button: open a page with some settings, the unit's bar at its foot.

    Args:
        place: a name of site.PLACES.
        name: of the unit.
        settings: of the page.
    """
    leave_tour()
    for key, value in {"modality": TEXT, **settings}.items():
        if key in IN_HEAD:
            st.session_state[key] = value
        else:
            st.session_state.pop(key, None)
            st.query_params[key] = value
    try_it()
    st.query_params["unit"] = name
    st.session_state["_go"] = place


def try_it() -> None:
    """On a button: under “watch” there is nothing to do."""
    if state.depth() == "watch":
        st.session_state["depth"] = "try"


def back(name: str) -> None:
    """On a button: back to the path, with the unit open."""
    st.query_params["unit"] = name
    st.session_state["_go"] = "path"


def end() -> None:
    """On a button: the bar goes, the page stays."""
    st.query_params.pop("unit", None)


def leave_tour() -> None:
    """Only one bar stands at the foot."""
    st.session_state["tour"] = False
    st.query_params.pop("tour", None)


def link(name: str, label: str, t: Words) -> None:
    """A link to a unit on the page of the path; without a name to all of them."""
    shared = {key: value for key, value in state.shared().items() if key != "unit"}
    unit = {"unit": name} if name else {}
    st.page_link(site.linked("path", t), label=label, query_params={**shared, **unit})
