"""What the document cannot know by itself: the language, the theme from the menu, some words.

An invisible component writes the first two onto <html>, where the style sheets find them. The words
are for the few places where Streamlit itself speaks English; the document ships them too, so that
nothing is English before the first page is drawn.
"""

from typing import Any, Final

import streamlit as st

from pages.kit.catalogue import Words

_SHIM: Final = """
const code = import(new URL("/assets/look.js", location.origin).href)
export default async (c) => (await code).default(c)
"""
_mount: Final[Any] = st.components.v2.component("glassbox_look", js=_SHIM)


def spoken(t: Words) -> dict[str, str]:
    """Our words for what Streamlit says, by their names in assets/look.js, and for somebody who
    takes part in a workshop (assets/following.js).
    """
    return {
        "skip": t("shell.skip"),
        "menu": t("shell.menu"),
        "about": t("shell.about"),
        "made_with": t("shell.made_with"),
        "close": t("shell.close"),
        "theme": t("shell.theme"),
        "theme_system": t("shell.theme_system"),
        "theme_light": t("shell.theme_light"),
        "theme_dark": t("shell.theme_dark"),
        "help": t("shell.help", of="{of}"),
        "copy": t("shell.copy"),
        "copied": t("shell.copied"),
        "more": t("shell.more"),
        "less": t("shell.less"),
        "upload": t("shell.upload"),
        "upload_hint": t("shell.upload_hint"),
        "upload_error": t("shell.upload_error"),
        "upload_kind": t("shell.upload_kind"),
        "upload_remove": t("shell.upload_remove", of="{of}"),
        "connection": t("shell.connection"),
        "connection_text": t("shell.connection_text"),
        "room_name": t("shell.room"),
        "room_front": t("shell.room_front"),
        "room_vote": t("shell.room_vote"),
        "room_back": t("shell.room_back"),
    }


def write_look(t: Words) -> None:
    """Tell the document its language and theme, and the words to use from now on."""
    _mount(key="gb_look", data={"lang": t.lang, "words": spoken(t)})
