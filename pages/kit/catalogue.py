"""Every word a visitor reads, by key, in German and English.

The catalogue is the folder `words/`, with one file per page and language: `words/data.de.toml`
holds the key `data.question` as `question = "…"`. Both languages have the same keys and
placeholders; tests check this, and that every key is used. In code a key is always written out in
full, as in `t("data.question")`, so that the test can find it.

`[[loss|Loss]]` in a text marks a glossary term: its id, and the word as it appears there.
"""

import re
import string
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

from core.languages import LANGS, Lang
from pages.kit.numbers import rewritten

FOLDER: Final = Path(__file__).parent / "words"
TERM: Final = re.compile(r"\[\[(\w+)\|([^\[\]|]+)\]\]")
"""A glossary term within a text: its id, and the word to display."""


class Text(str):
    """A text from the catalogue: as a string it is plain; as markup it knows its glossary terms.

    Args:
        template: the text with its marks and placeholders.
        values: what fills the placeholders; never interpreted as a mark or as markup.
        key: where it stands in the catalogue.
        lang: its language.
    """

    __slots__ = ("html", "key", "lang", "values")
    html: str
    key: str
    lang: Lang
    values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object], key: str, lang: Lang) -> "Text":
        has_holes = bool(values) or "{" in template
        plain = TERM.sub(r"\2", template)
        made = super().__new__(cls, plain.format(**values) if has_holes else plain)
        made.key, made.lang, made.values = key, lang, values
        if "[[" not in template:
            made.html = escape(str(made))
            return made
        marked = TERM.sub(_term, escape(template))
        safe = {name: escape(str(value)) for name, value in values.items()}
        made.html = marked.format(**safe) if has_holes else marked
        return made

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """When copied or sent elsewhere, it becomes plain text."""
        return str, (str(self),)


class Joined(str):
    """Texts of the catalogue one after the other: told in another language, each of them is.

    Args:
        parts: the texts, and figures written in their language; any other part stays as it is.
        between: what stands between two of them.
    """

    __slots__ = ("between", "html", "lang", "parts")
    between: str
    html: str
    lang: Lang | None
    parts: tuple[str, ...]

    def __new__(cls, parts: Iterable[str], between: str = " ") -> "Joined":
        kept = tuple(parts)
        made = super().__new__(cls, between.join(kept))
        made.parts, made.between = kept, between
        known = (part.lang for part in kept if isinstance(part, Text | Joined))
        made.lang = next((lang for lang in known if lang), None)
        made.html = escape(between).join(rich(part) for part in kept)
        return made

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """When copied or sent elsewhere, it becomes plain text."""
        return str, (str(self),)


def in_every_language(text: str) -> dict[Lang, str] | str:
    """A text of the catalogue in each of its languages, so that people who read different ones can
    be told the same. Figures in it are written as each language writes them; any other text that
    fills a placeholder stays as it is. What is no text of the catalogue stays what it is.
    """
    if not isinstance(text, Text | Joined):
        return str(text)
    return {lang: _retold(text, lang) for lang in LANGS}


def _retold(text: "Text | Joined", lang: Lang) -> str:
    """The same text in another language, and so are the texts within it."""
    if isinstance(text, Joined):
        return text.between.join(str(_told(part, text.lang, lang)) for part in text.parts)
    values = {name: _told(value, text.lang, lang) for name, value in text.values.items()}
    return str(words(lang)(text.key, **values))


def _told(value: object, lang: Lang | None, into: Lang) -> object:
    """A part of a text in another language: a text, a figure, or what is the same in all."""
    if isinstance(value, Text | Joined):
        return _retold(value, into)
    return rewritten(value, lang, into) if isinstance(value, str) and lang else value


def rich(text: str) -> str:
    """A text as markup: the glossary terms marked in the catalogue are marked up, everything else
    is escaped.
    """
    return text.html if isinstance(text, Text | Joined) else escape(text)


def _term(found: re.Match[str]) -> str:
    """A marked word; assets/terms.js attaches its card."""
    return (
        f'<span class="gb-term" tabindex="0" role="button" data-term="{found[1]}">{found[2]}</span>'
    )


class Words:
    """The catalogue in one language; calling it looks a key up.

    Args:
        lang: the language.
        texts: full key to text, placeholders in braces.
    """

    def __init__(self, lang: Lang, texts: dict[str, str]) -> None:
        self.lang: Final[Lang] = lang
        self._texts = texts

    def __call__(self, key: str, **values: object) -> Text:
        """The text of `key` with its placeholders filled in.

        Raises:
            KeyError: no such key, or a placeholder without a value.
        """
        return Text(self._texts[key], values, key, self.lang)

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def terms(self, key: str) -> set[str]:
        """The ids of the glossary terms marked in the text of `key`."""
        return {found[1] for found in TERM.finditer(self._texts[key])}

    def placeholders(self, key: str) -> set[str]:
        """The names in braces that the text of `key` expects."""
        return {name for _, name, _, _ in string.Formatter().parse(self._texts[key]) if name}


@cache
def words(lang: Lang) -> Words:
    """The catalogue in one language, read only once."""
    texts: dict[str, str] = {}
    for path in sorted(FOLDER.glob(f"*.{lang}.toml")):
        page = path.name.split(".")[0]
        for key, text in tomllib.loads(path.read_text(encoding="utf-8")).items():
            texts[f"{page}.{key}"] = text.strip()
    return Words(lang, texts)


def closest(locale: str | None) -> Lang:
    """The available language for a browser's locale: German for any German, otherwise English."""
    spoken = (locale or "").replace("_", "-").split("-")[0].lower()
    return next((lang for lang in LANGS if lang == spoken), "en")
