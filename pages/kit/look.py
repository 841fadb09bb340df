"""What the document cannot know by itself: the language, the theme chosen in the menu, some words.

A component without anything to see writes them onto <html>, where the style sheets find them. The
words are for the few places where Streamlit itself speaks English.
"""

from typing import Any, Final

import streamlit as st

from pages.kit.catalogue import Words

# Streamlit calls this at every change of data or theme.
_WRITE: Final = """
export default ({ data, parentElement }) => {
  const root = document.documentElement
  root.lang = data.lang
  for (const [name, word] of Object.entries(data.words)) {
    root.style.setProperty(`--gb-word-${name}`, JSON.stringify(word))
  }
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
    spoken = {
        "upload": t("shell.upload"),
        "upload-hint": t("shell.upload_hint"),
        "skip": t("shell.skip"),
    }
    _mount(key="gb_look", data={"lang": t.lang, "words": spoken})
