"""The glossary: every term of the field, in both languages, and where it can be seen.

The entries are in the folder `glossary/`: one file per group (the six steps, what comes before
them, and what lies beyond this app), with both languages of an entry side by side:

    [dpo]
    seen = "aligning?align_way=dpo"   # a place of the site, with settings of state.SETTINGS
    de.name = "DPO"                   # as used in the field
    de.plain = "…"                    # in plain words, for an interested adult
    de.exact = "…"                    # precisely; the formula is shown below it
    de.others = ["…"]                 # synonyms, abbreviations, the other language's word
    de.forms = ["…"]                  # optional: other search terms; never shown
    en.name = "…"                     # and so on
    formula = "L = −ln σ(…)"          # optional: _{…} is set low, ^{…} high
    source = "Rafailov et al. 2023, “…”, arXiv:2305.18290"  # optional

An entry that no page shows yet has `near`, the nearest place, instead of `seen`, or neither, and
says so. A catalogue text marks a term by its id, `[[dpo|DPO]]`; assets/terms.js gives it a card,
fetching ROUTE once.
"""

import gzip
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from core.languages import LANGS, Lang
from core.pipeline import STEPS
from pages.kit import site
from pages.kit.catalogue import Words, words

FOLDER: Final = Path(__file__).parent / "glossary"
GROUPS: Final = ("basics", *STEPS, "beyond")
"""The files, in the order in which the page shows them."""

ROUTE: Final = "/terms/{lang}.json"


@dataclass(frozen=True)
class Wording:
    """An entry in one language.

    Args:
        name, plain, exact: as described above.
        others: other names, shown on the page.
        forms: further search terms, not shown.
    """

    name: str
    plain: str
    exact: str
    others: tuple[str, ...]
    forms: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of the term: a name with another one in brackets counts as two."""
        first, _, second = self.name.removesuffix(")").partition(" (")
        return (first, *([second] if second else []), *self.others)


@dataclass(frozen=True)
class Entry:
    """A term.

    Args:
        id: as used in `[[id|word]]`; never changes.
        group: one of GROUPS.
        place: a name of site.PLACES where it can be seen, or the nearest place; None for neither.
        settings: settings in state.SETTINGS, as carried by that place's address.
        is_shown: whether it can be seen in this app.
        formula: with _{…} for subscripts and ^{…} for superscripts; may be empty.
        source: author, year, title and where it was published; may be empty.
        wordings: one for each language.
    """

    id: str
    group: str
    place: str | None
    settings: Mapping[str, str]
    is_shown: bool
    formula: str
    source: str
    wordings: Mapping[Lang, Wording]


@cache
def entries() -> dict[str, Entry]:
    """All entries by id, grouped."""
    found: dict[str, Entry] = {}
    for group in GROUPS:
        table = tomllib.loads((FOLDER / f"{group}.toml").read_text(encoding="utf-8"))
        for term, fields in table.items():
            if term in found:
                raise ValueError(f"{term} is in the glossary twice")
            found[term] = _entry(term, group, fields)
    return found


def _entry(term: str, group: str, fields: Mapping[str, Any]) -> Entry:
    place, _, settings = str(fields.get("seen") or fields.get("near") or "").partition("?")
    return Entry(
        id=term,
        group=group,
        place=place or None,
        settings=dict(parse_qsl(settings)),
        is_shown="seen" in fields,
        formula=fields.get("formula", ""),
        source=fields.get("source", ""),
        wordings={lang: _wording(fields[lang]) for lang in LANGS},
    )


def _wording(fields: Mapping[str, Any]) -> Wording:
    others, forms = tuple(fields["others"]), tuple(fields.get("forms", ()))
    return Wording(fields["name"], fields["plain"], fields["exact"], others, forms)


def note(entry: Entry, t: Words) -> str:
    """A note that a term cannot be seen in this app; empty if it can."""
    return "" if entry.is_shown else t("glossary.not_shown")


def where(entry: Entry, t: Words) -> str:
    """The text of the link to an entry's place; empty if there is none."""
    if entry.place is None:
        return ""
    place = t("glossary.home") if entry.place == "home" else t(f"shell.{entry.place}")
    return t("glossary.seen", place=place) if entry.is_shown else t("glossary.near", place=place)


@cache
def cards(lang: Lang) -> tuple[bytes, str]:
    """What assets/terms.js needs about every entry: JSON, compressed, and its ETag."""
    t = words(lang)
    terms = {
        entry.id: {
            "name": entry.wordings[lang].name,
            "plain": entry.wordings[lang].plain,
            "note": note(entry, t),
            "where": where(entry, t),
            "path": site.BY_NAME[entry.place].path if entry.place else None,
            "settings": entry.settings,
        }
        for entry in entries().values()
    }
    said = {"in_glossary": t("glossary.in_glossary"), "terms": terms}
    body = gzip.compress(json.dumps(said, ensure_ascii=False).encode(), mtime=0)
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


async def serve(request: Request) -> Response:
    """Answer for ROUTE: the cards in one language, sent again only when they have changed."""
    lang = next((known for known in LANGS if known == request.path_params["lang"]), None)
    if lang is None:
        return Response("Not found", status_code=404)
    body, tag = cards(lang)
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        body = gzip.decompress(body)
    return Response(body, headers=headers, media_type="application/json")
