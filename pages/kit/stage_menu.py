"""The small menu of a stage: its picture, its numbers, and a link that opens the same state."""

from typing import Any, Final

import streamlit as st

from pages.kit.catalogue import Words

_SHIM: Final = """
const address = new URL("/assets/take_home.js", location.origin).href
export default async (c) => (await import(address)).default(c)
"""
_mount: Final[Any] = st.components.v2.component("glassbox_take_home", js=_SHIM)


def stage_menu(t: Words) -> None:
    """Put the menu into the head of the surrounding stage; the browser does all that it offers."""
    data = {
        "title": t("takehome.stage"),
        "png": t("takehome.png"),
        "svg": t("takehome.svg"),
        "csv": t("takehome.csv"),
        "link": t("takehome.link"),
        "copy": t("takehome.copy"),
        "copied": t("takehome.copied"),
        "copy_yourself": t("takehome.copy_yourself"),
        "made": t("takehome.made"),
        "failed": t("takehome.failed"),
        "lang": t.lang,
    }
    _mount(key="gb_take_home", data=data)
