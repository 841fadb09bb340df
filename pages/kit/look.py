"""What the document cannot know by itself: the language in force and the theme chosen in the menu.

A component without anything to see writes both onto <html>, where the style sheets find them.
"""

from typing import Any, Final

import streamlit as st

from pages.kit.catalogue import Words

# Streamlit calls this at every change of data or theme.
_WRITE: Final = """
export default ({ data, parentElement }) => {
  const root = document.documentElement
  root.lang = data.lang
  const host = parentElement.host ?? parentElement
  const pen = new OffscreenCanvas(1, 1).getContext("2d")
  pen.fillStyle = getComputedStyle(host).getPropertyValue("--st-background-color").trim()
  pen.fillRect(0, 0, 1, 1)
  const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data
  root.dataset.theme = red + green + blue < 384 ? "dark" : "light"
}
"""
_mount: Final[Any] = st.components.v2.component("glassbox_look", js=_WRITE)


def write_look(t: Words) -> None:
    """Tell the document its language and theme."""
    _mount(key="gb_look", data={"lang": t.lang})
