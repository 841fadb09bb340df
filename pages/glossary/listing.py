"""The list of the glossary: a field to search it by, and a card for every entry.

All entries are on the page at once; assets/glossary.js hides those that do not match while one
types, and shows the one that the address names as `term`.
"""

import re
import unicodedata
from collections.abc import Mapping
from html import escape
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

import streamlit as st

from core.languages import WRITTEN
from pages.kit import controls, site, state
from pages.kit.catalogue import Words
from pages.kit.glossary import Entry, entries, note, where
from pages.kit.static import ASSETS

LOW_OR_HIGH: Final = re.compile(r"([_^])\{([^{}]*)\}")
TAGS: Final = {"_": "sub", "^": "sup"}
_SHIM: Final = """
const code = import(new URL("/assets/glossary.js", location.origin).href)
export default async (c) => (await code).default(c)
"""
_mount: Final[Any] = st.components.v2.component("glassbox_glossary", js=_SHIM)


def draw(t: Words) -> None:
    """The whole list, with its search."""
    st.html(ASSETS / "glossary.css")
    with st.container(key="gb_glossary_search", horizontal=True, vertical_alignment="bottom"):
        query = controls.text(
            "glossary_query", t("glossary.search"), placeholder=t("glossary.search_example")
        )
        orders = {"steps": t("glossary.by_step"), "alphabet": t("glossary.by_letter")}
        order = controls.choice(
            "glossary_order", t("glossary.order"), orders.__getitem__, show_label=False
        )
    if query and "term" in st.query_params:  # whoever searches has left it
        del st.query_params["term"]
    named = str(st.query_params.get("term", ""))
    st.html(_list(grouped(order, t), named, t))
    _mount(
        key="gb_glossary_searching",
        data={
            "query": query,
            "term": named if named in entries() else "",
            "counted": str(t("glossary.counted", n="{n}", all="{all}")),
            "all": str(t("glossary.all", n="{n}")),
            "nothing": str(t("glossary.nothing")),
        },
    )


def grouped(order: str, t: Words) -> list[tuple[str, list[Entry]]]:
    """The entries under their headings: the steps as they follow each other, or the letters."""
    listed = list(entries().values())
    if order == "alphabet":
        listed.sort(key=lambda entry: _sorted_as(entry.wordings[t.lang].name))
        by_letter = groupby(listed, lambda entry: _sorted_as(entry.wordings[t.lang].name)[0])
        return [(letter.upper(), list(group)) for letter, group in by_letter]
    headings = {"basics": t("glossary.basics"), "beyond": t("glossary.beyond")}
    by_group = groupby(listed, lambda entry: entry.group)
    return [
        (headings.get(group) or t(f"shell.{group}"), list(members)) for group, members in by_group
    ]


def _sorted_as(name: str) -> str:
    """A name as a dictionary files it: ä under a, digits before all letters under one sign."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return f"#{plain}" if plain[0].isdigit() else plain


def _list(groups: list[tuple[str, list[Entry]]], named: str, t: Words) -> str:
    jumps = "".join(
        f'<a href="#gb-group-{n}">{escape(heading)}</a>' for n, (heading, _) in enumerate(groups)
    )
    own = ("glossary_query", "glossary_order")
    carried = {name: value for name, value in state.shared().items() if name not in own}
    sections = "".join(
        f'<section id="gb-group-{n}"><h2 class="gb-part">{escape(heading)}</h2>'
        f'<div class="gb-entries">{"".join(_card(entry, named, carried, t) for entry in members)}'
        "</div></section>"
        for n, (heading, members) in enumerate(groups)
    )
    return (
        f'<div class="gb-glossary"><nav aria-label="{escape(t("glossary.jump"))}">{jumps}</nav>'
        f'<p class="gb-counted" role="status"></p>{sections}</div>'
    )


def _card(entry: Entry, named: str, carried: Mapping[str, str], t: Words) -> str:
    said = entry.wordings[t.lang]
    others = ", ".join(said.others)
    searched = " ".join((entry.id.replace("_", " "), *said.names, *said.forms)).lower()
    parts = [f"<h3>{escape(said.name)}</h3>"]
    if others:
        parts.append(f'<p class="gb-others">{escape(t("glossary.also", names=others))}</p>')
    parts.append(f'<p class="gb-plain">{escape(said.plain)}</p>')
    formula = f'<span class="gb-formula">{set_formula(entry.formula)}</span>' * bool(entry.formula)
    parts.append(
        f'<p class="gb-exact"><b>{escape(t("glossary.exactly"))}</b> {escape(said.exact)}</p>'
        f"{formula}"
    )
    if entry.source:
        paper = t("frame.paper", paper=quoted(entry.source, t))
        parts.append(f'<p class="gb-source">{escape(paper)}</p>')
    parts.append(f'<p class="gb-seen">{escape(note(entry, t))} {_link(entry, carried, t)}</p>')
    here = " gb-named" if entry.id == named else ""
    return (
        f'<article class="gb-entry{here}" id="term-{entry.id}" tabindex="-1" '
        f'data-names="{escape(searched)}">{"".join(parts)}</article>'
    )


def _link(entry: Entry, carried: Mapping[str, str], t: Words) -> str:
    if entry.place is None:
        return ""
    address = site.BY_NAME[entry.place].path
    there = f"{address}?{urlencode({**carried, **entry.settings})}"
    return f'<a href="{escape(there)}">{escape(where(entry, t))}</a>'


def set_formula(formula: str) -> str:
    """A formula as markup: escaped, with what stands low and high, also within each other."""
    markup = escape(formula)
    while LOW_OR_HIGH.search(markup):
        markup = LOW_OR_HIGH.sub(lambda m: f"<{TAGS[m[1]]}>{m[2]}</{TAGS[m[1]]}>", markup)
    return markup


def quoted(source: str, t: Words) -> str:
    """A source with the quotation marks of the language."""
    written = WRITTEN[t.lang]
    return source.translate({ord("“"): written.opening, ord("”"): written.closing})
