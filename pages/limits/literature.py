"""What publications say, apart from everything that is measured here."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from pages.kit.catalogue import Text

Entry = tuple[Text, str, str]
"""What is said there; by whom, with the year; the number on arXiv."""


def columns(by_title: Mapping[Text, Sequence[Entry]]) -> None:
    """Columns of statements, each with its source.

    Args:
        by_title: what stands over each column, and its entries.
    """
    drawn = "".join(
        f"<section><h3>{escape(title)}</h3><ul>{''.join(map(_entry, entries))}</ul></section>"
        for title, entries in by_title.items()
    )
    st.html(f"<div class='gb-literature'>{drawn}</div>")


def _entry(entry: Entry) -> str:
    text, who, number = entry
    return f"<li>{escape(text)} <small>{escape(f'{who}, arXiv:{number}')}</small></li>"
