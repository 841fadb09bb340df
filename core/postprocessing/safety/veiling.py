"""Vulgar words with all but their first letter hidden, so that error lists can be shown to anybody.

This is typography, not a filter: what is vulgar here decides nothing about a text, and the stems
below cover the shipped examples only.
"""

import re
from typing import Final

DOT: Final = "•"
STEMS: Final = (
    # German
    *("schei[sß]", "[a@]rsch", r"w[i1]?xx?e?r", r"w[i1]chs", r"fick\w*$", "fotz", "hure"),
    *(r"nutten?$", "pi+ss", "kotz", "fresse$", r"bastarde?$", "titten?$", "muschi"),
    # English
    *(r"f[u*][c*]", "fck", "shit", r"[a@]ss(?:hole)?s?$", r"bitch", "cunt", r"d[i1*]ck(?:head)?$"),
    *(r"w[a4*]nk", "prick$", "slut", "whore", "puke"),
)
_VULGAR: Final = re.compile(rf"^(?:ver|v3r|klug|dumb|smart)?(?:{'|'.join(STEMS)})", re.IGNORECASE)
_WORD: Final = re.compile(r"[@\w][\w@*.]*[\w*]|\w")


def veiled(text: str) -> str:
    """A text of the same length in which vulgar words show only their first letter."""
    return _WORD.sub(_veil, text)


def _veil(found: re.Match[str]) -> str:
    word = found.group()
    plain = word.replace(".", "")
    return word[0] + DOT * (len(word) - 1) if _VULGAR.match(plain) else word
