"""The ribbon: the six steps in one line, each with the chain's real number, house or yours."""

from typing import Any, Final

import streamlit as st

from pages.kit import site
from pages.kit.catalogue import Words
from pages.kit.chain import StepNumber

_SHIM: Final = """
const code = import(new URL("/assets/ribbon.js", location.origin).href)
export default async (c) => (await code).default(c)
"""
_mount: Final[Any] = st.components.v2.component("glassbox_chain", js=_SHIM)


def ribbon(numbers: list[StepNumber], current: str, t: Words) -> str | None:
    """Draw the ribbon; returns the step that was clicked in this rerun, or None."""
    steps = [
        {
            "name": each.step,
            "label": t(f"shell.{each.step}"),
            "href": site.href(each.step),
            "number": each.texts[0],
            "lanes": list(each.texts) if len(each.texts) > 1 else None,
            "whose": each.whose,
            "current": each.step == current,
        }
        for each in numbers
    ]
    data = {"steps": steps, "lang": t.lang, "words": {"label": t("shell.steps")}}
    result = _mount(key="gb_ribbon", data=data, on_go_change=lambda: None)
    return result.go["name"] if result.go else None
