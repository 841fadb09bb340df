"""The small parts that pages are built from: cards, badges, rows of numbers, coming stages.

Every text that enters markup here is escaped.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

import streamlit as st

from core.errors import GlassboxError
from core.languages import Lang
from pages.kit import state
from pages.kit.catalogue import Words, rich
from pages.kit.numbers import NO_FIGURE, significant, whole
from pages.kit.stage_menu import stage_menu

STAGE: Final = "stage"
"""The key of the card that holds a page's one live visual."""


@dataclass(frozen=True)
class Badge:
    """How a figure was obtained.

    Args:
        kind: computed now, computed earlier (here or by others), or not at all.
        text: the same in the visitor's words.
        about: a sentence before the command; like the command, shown only when the badge is opened.
        why: what that means, in a sentence: shown when the badge is pointed at, focused or opened.
        command: the command that recomputes the figure.
        date: when it was computed, in the reader's format; empty for now.
    """

    kind: Literal["now", "precomputed", "illustration"]
    text: str
    about: str = ""
    command: str = ""
    date: str = ""
    why: str = ""

    @property
    def html(self) -> str:
        """The badge as markup; its texts are escaped."""
        kind = f"gb-badge gb-badge-{self.kind}"
        opened = [f"<p>{escape(said)}</p>" for said in (self.why, self.about) if said]
        if self.command:
            opened.append(f"<code>{escape(self.command)}</code>")
        if not opened:
            return f'<span class="{kind}">{escape(self.text)}</span>'
        return (
            f'<details class="{kind}"><summary data-why="{escape(self.why)}">{escape(self.text)}'
            f"</summary>{''.join(opened)}</details>"
        )


def computed_now(t: Words, text: str = "") -> Badge:
    """For what this process has just computed; `text` says more than that."""
    return Badge("now", text or t("frame.computed_now"), why=t("frame.why_now"))


def precomputed(t: Words, command: str, date: str) -> Badge:
    """For what was computed earlier: by which command and when (a date in the reader's format)."""
    text = t("frame.precomputed", date=date)
    why = t("frame.why_precomputed")
    return Badge("precomputed", text, t("frame.made_by"), command, date, why)


def illustration(t: Words) -> Badge:
    """For what is drawn rather than computed: the last resort."""
    return Badge("illustration", t("frame.illustration"), why=t("frame.why_illustration"))


def published(t: Words, text: str, about: str = "") -> Badge:
    """For what others have measured and published; `about` names the source."""
    return Badge("precomputed", text, about, why=t("frame.why_published"))


def show_badge(badge: Badge) -> None:
    """Show a badge where no heading carries it."""
    st.html(badge.html)


@contextmanager
def card(key: str, title: str = "", badge: Badge | None = None) -> Iterator[None]:
    """A quiet frame around things that belong together; `key` is unique on the page.

    What stands on a stage can be taken home: as a picture, as numbers, as a link.
    """
    with st.container(key=f"gb_card_{key}"):
        if title or badge:
            heading = f"<h2>{rich(title)}</h2>" if title else "<span></span>"
            st.html(f'<div class="gb-head">{heading}{badge.html if badge else ""}</div>')
        if key == STAGE:
            stage_menu(state.t())
        yield


@dataclass(frozen=True)
class Figure:
    """A number and what it counts, for a row of them.

    Args:
        value: as formatted by numbers.py.
        label: what it counts, unit included.
        whose: whose artefact it describes, if worth saying.
    """

    value: str
    label: str
    whose: Literal["house", "yours"] | None = None


def figures(t: Words, row: Sequence[Figure]) -> None:
    """A row of large numbers, each with its label below."""
    cells = []
    for figure in row:
        whose = figure.whose
        mark = f'<i class="gb-{whose}">{escape(t(f"frame.{whose}"))}</i>' if whose else ""
        cells.append(
            f"<div><dt>{rich(figure.label)}{mark}</dt><dd>{escape(figure.value)}</dd></div>"
        )
    st.html(f'<dl class="gb-figures">{"".join(cells)}</dl>')


@dataclass(frozen=True)
class Coming:
    """A part of a step that is not built yet.

    Args:
        name: what it does, in a word or two.
        text: how, in plain words.
        figure: what will be counted there once it exists.
    """

    name: str
    text: str
    figure: str


def coming(row: Sequence[Coming]) -> None:
    """What a step will do, part by part, with placeholders for its numbers."""
    items = "".join(
        f"<li><h3>{escape(part.name)}</h3><p>{rich(part.text)}</p>"
        f"<p class='gb-slot'><b>{NO_FIGURE}</b> {escape(part.figure)}</p></li>"
        for part in row
    )
    st.html(f'<ol class="gb-path">{items}</ol>')


def points(lines: Sequence[str]) -> None:
    """A short list of plain sentences."""
    st.html(f'<ul class="gb-points">{"".join(f"<li>{rich(line)}</li>" for line in lines)}</ul>')


def note(text: str) -> None:
    """A remark in a quieter style."""
    st.html(f'<p class="gb-soft">{rich(text)}</p>')


def hint(text: str) -> None:
    """A remark beside a control, in the same row."""
    st.html(f'<p class="gb-soft">{rich(text)}</p>', width="content")


def show_error(error: GlassboxError, t: Words) -> None:
    """Tell the visitor what happened."""
    st.html(f'<p class="gb-error" role="alert">{escape(sentence_of(error, t))}</p>')


def sentence_of(error: GlassboxError, t: Words) -> str:
    """What happened, in a sentence from the catalogue.

    An error without its own sentence uses the nearest one up the tree.
    """
    for kind in type(error).__mro__:
        key = f"error.{getattr(kind, 'key', 'unexpected')}"
        if key in t and t.placeholders(key) <= set(error.values):
            return t(key, **{name: _written(v, t.lang) for name, v in error.values.items()})
    return t("error.unexpected")


def _written(value: object, lang: Lang) -> str:
    """An error's value in the reader's format; text is left as it is."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return whole(value, lang) if isinstance(value, int) else significant(value, lang)
    if isinstance(value, list | tuple):
        return ", ".join(_written(each, lang) for each in value)
    return str(value)
