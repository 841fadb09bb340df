"""A caption that leaves open which colour things have: "a red apple" becomes "an apple"."""

import re
from functools import cache

from core.data.pictures.wording.words import ENDINGS, colour_words


def without_colours(caption: str, lang: str) -> str:
    """The caption without its colour words; all else stays as it is.

    Args:
        caption: as the book says it, of things that nobody owns.
        lang: "de" or "en".
    """
    found = _colour_words(lang).sub("", caption)
    return re.sub(r"\b([Aa]) (?=[aeiou])", r"\1n ", found) if lang == "en" else found


@cache
def _colour_words(lang: str) -> re.Pattern[str]:
    """A colour in any form, with the space behind it."""
    stems = "|".join(map(re.escape, colour_words(lang).values()))
    endings = "|".join(sorted(ENDINGS, reverse=True)) if lang == "de" else ""
    return re.compile(rf"\b(?:{stems})(?:{endings})\s", re.IGNORECASE)
