"""The visitor's own notices: typed one a line, searched with the others."""

from collections.abc import Sequence
from html import escape
from typing import Final

import streamlit as st

from core.data.world import claims, sentences
from core.limits.facts import Fact
from pages.kit import controls
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import whole

KEY: Final = "lookup_notes"
KEPT: Final = "_lookup_notes_kept"
MOST_NOTES: Final = 12
MOST_CHARACTERS: Final = 120  # of a notice: three of them and a question must fit the context


def field(t: Words) -> list[str]:
    """The field, what is wrong with what stands in it, and the notices that can be used."""
    if KEY not in st.session_state:  # a field that is not drawn for a while loses its text
        st.session_state[KEY] = st.session_state.get(KEPT, "")
    typed = st.text_area(
        t("lookup.notes_label", n=whole(MOST_NOTES, t.lang)),
        key=KEY,
        height=92,
        max_chars=controls.PASTED,
        placeholder=t("lookup.notes_example"),
    )
    st.session_state[KEPT] = typed
    usable, unusable = read(typed)
    if unusable:
        why = t(
            "lookup.notes_unusable",
            n=whole(len(unusable), t.lang),
            most=whole(MOST_NOTES, t.lang),
            characters=whole(MOST_CHARACTERS, t.lang),
            first=unusable[0][:40],
        )
        st.html(f'<p class="gb-not-here" role="status">{escape(why)}</p>')
    elif not usable:
        note(t("lookup.notes_about"))
    return usable


def read(typed: str) -> tuple[list[str], list[str]]:
    """Notices, and the lines that are none: too long, without a letter, or one too many.

    Args:
        typed: one notice a line; empty lines are passed over.
    """
    usable: list[str] = []
    unusable: list[str] = []
    for line in (" ".join(each.split()) for each in typed.splitlines()):
        if not line or line in usable:
            continue
        fits = len(line) <= MOST_CHARACTERS and len(usable) < MOST_NOTES
        is_text = any(sign.isalnum() for sign in line)
        (usable if fits and is_text else unusable).append(line)
    return usable, unusable


def replaced(own: Sequence[str], lang: str) -> set[Fact]:
    """What the visitor's notices tell anew: the old notices about it are taken down."""
    stated = [claims(sentence, lang) for text in own for sentence in sentences(text)]
    return {(one.subject, one.relation) for some in stated for one in some}
