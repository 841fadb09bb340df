"""The row of filters as the visitor has set it: which, in which order, each with its settings."""

from typing import Any, Final

import streamlit as st

from core.postprocessing.stages import ON_BY_DEFAULT, STAGES, StageSetting, in_order
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.postprocessing import kinds, own_rules

ON_AT_START: Final = (*ON_BY_DEFAULT, "facts")
"""The filters that work when the page opens: what the API does by itself, and the fact check."""


def action(t: Words) -> None:
    """One control that opens: what happens to personal data, kind by kind, and own patterns."""
    with st.popover(t("postprocessing.rules"), key="gb_rules"):
        controls.choice(
            "private_action",
            t("postprocessing.action"),
            kinds.action_names(t).__getitem__,
        )
        kinds.show(t)
        own_rules.show(t)


def line() -> list[StageSetting]:
    """The filters in the visitor's order, each with its settings."""
    places = ordered(state.value("stage_line"))
    return [StageSetting(name, on, settings_of(name)) for name, on in places]


def ordered(written: str | None) -> list[tuple[str, bool]]:
    """Name and switch of every filter, from the address: "private -secrets".

    Names of no filter are skipped. Filters that are not named follow in their usual order, switched
    off; if none is named, those of ON_AT_START are on.
    """
    wanted = [name for name in (written or "").split() if name.removeprefix("-") in STAGES]
    known = {name.removeprefix("-"): not name.startswith("-") for name in wanted}
    for name in in_order(STAGES):
        known.setdefault(name, name in ON_AT_START and not wanted)
    return list(known.items())


def settings_of(name: str) -> dict[str, Any]:
    """What the visitor has set for one filter."""
    if name == "classifier":
        return {"threshold": float(state.value("threshold"))}
    if name != "private":
        return {}
    return {**kinds.settings(state.value("private_action")), **own_rules.settings()}
