"""German, English or neither: guessed from the small words that hold sentences together.

It is a guess for counting and colouring, not a classifier: it knows two languages and says "und"
when the evidence is thin.
"""

import re
from typing import Final

from core.data.text.documents import Language

LOOK_AT: Final = 2_000  # characters from the start; more make no difference
MIN_HITS: Final = 2  # small words needed to decide
LEAD: Final = 2  # the winner needs this many times the hits of the other

# The most frequent words of each language that do not exist in the other.
_GERMAN: Final = """
    der die das und ist nicht ein eine einen einem zu den dem des mit sich auf für im auch es er
    sie ich wir ihr du von wie hat aber nach bei wenn als noch sind aus wird oder sein mein kein
    guten heute dann
"""
_ENGLISH: Final = """
    the and of to that it is he for on with as his they be at have this from you are not but she
    had her we my there or which would been their has will what when who your were said do does
    our them
"""
_GERMAN_WORDS = frozenset(_GERMAN.split())
_ENGLISH_WORDS = frozenset(_ENGLISH.split())
_LETTERS = re.compile(r"[^\W\d_]+")


def language_of(text: str) -> Language:
    """The language of a text, "und" if it is neither or too short to tell."""
    words = [word.lower() for word in _LETTERS.findall(text[:LOOK_AT])]
    n_german = sum(word in _GERMAN_WORDS for word in words)
    n_english = sum(word in _ENGLISH_WORDS for word in words)
    if n_german >= max(MIN_HITS, LEAD * n_english):
        return "de"
    if n_english >= max(MIN_HITS, LEAD * n_german):
        return "en"
    return "und"
