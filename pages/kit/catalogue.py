"""Every word a visitor reads, by key, in German and in English.

The catalogue is the folder `words/`: one file a page and language, `words/data.de.toml` holding the
key `data.question` as `question = "…"`. Both languages have the same keys and placeholders; a test
holds them to it, and to every key being used. In code a key is always written out in full, as in
`t("data.question")`, so that the test can find it.
"""

import string
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, Literal, get_args

Lang = Literal["de", "en"]
LANGS: Final[tuple[Lang, ...]] = get_args(Lang)

FOLDER: Final = Path(__file__).parent / "words"


class Words:
    """The catalogue in one language; calling it looks a key up.

    Args:
        lang: the language.
        texts: full key to text, placeholders in braces.
    """

    def __init__(self, lang: Lang, texts: dict[str, str]) -> None:
        self.lang: Final[Lang] = lang
        self._texts = texts

    def __call__(self, key: str, **values: object) -> str:
        """The text of `key` with its placeholders filled in.

        Raises:
            KeyError: no such key, or a placeholder without a value.
        """
        text = self._texts[key]
        return text.format(**values) if values or "{" in text else text

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def placeholders(self, key: str) -> set[str]:
        """The names in braces that the text of `key` expects."""
        return {name for _, name, _, _ in string.Formatter().parse(self._texts[key]) if name}


@cache
def words(lang: Lang) -> Words:
    """The catalogue of one language, read once."""
    texts: dict[str, str] = {}
    for path in sorted(FOLDER.glob(f"*.{lang}.toml")):
        page = path.name.split(".")[0]
        for key, text in tomllib.loads(path.read_text(encoding="utf-8")).items():
            texts[f"{page}.{key}"] = text.strip()
    return Words(lang, texts)


def closest(locale: str | None) -> Lang:
    """The language we have for a browser's locale: German for any German, else English."""
    spoken = (locale or "").replace("_", "-").split("-")[0].lower()
    return next((lang for lang in LANGS if lang == spoken), "en")
