"""From words to printed text and back: spaces, quotation marks, capitals, sentence ends.

Invariant: `words_of(printed(words))` includes `words` for every sentence of the grammar.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final

OPEN: Final = {"de": "„", "en": "“"}
CLOSE: Final = {"de": "“", "en": "”"}
ENDS: Final = ".!?"
_WORD = re.compile(r"[\w.]+@[\w.]*\w|[\w’-]+|[^\w\s]")


def _starts(words: Sequence[str], lang: str) -> list[int]:
    """Where a capital is due: first word, after a sentence end inside, at an opening quotation."""
    found = []
    for i in range(len(words)):
        before = words[i - 1] if i else "."
        opens = before == OPEN[lang] and (i == 1 or words[i - 2] != ",")
        if i == 0 or before in ENDS or opens:
            found.append(i)
    return found


def printed(words: Sequence[str], lang: str) -> str:
    """One sentence as printed."""
    words = list(words)
    for i in _starts(words, lang):
        words[i] = words[i][:1].upper() + words[i][1:]
    text = ""
    glue = True  # no space between the previous word and this one
    for word in words:
        closes = word in ",.!?:" or word == CLOSE[lang]
        text += word if glue or closes else " " + word
        glue = word == OPEN[lang]
    return text


def words_of(sentence: str, lang: str, vocabulary: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """Every reading of a printed sentence as known words; a capital may hide a lower-case word.

    Yields:
        Tuples of words, lower-case first; nothing if a word is unknown or the print is not ours.
    """
    tokens = _WORD.findall(sentence)
    starts = _starts(tokens, lang)
    readings: list[list[str]] = []
    for i in starts:
        small = tokens[i][:1].lower() + tokens[i][1:]
        readings.append([w for w in dict.fromkeys((small, tokens[i])) if w in vocabulary])
    for choice in product(*readings):
        words = list(tokens)
        for i, word in zip(starts, choice, strict=True):
            words[i] = word
        if vocabulary.issuperset(words) and printed(words, lang) == sentence:
            yield tuple(words)


def sentences(text: str, complete_only: bool = False) -> list[str]:
    """Split a text into sentences; a quotation is never split.

    Args:
        text: any text; the labels of questions and answers are dropped.
        complete_only: leave out a final piece without an end, as when the text was cut off.
    """
    found: list[str] = []
    for line in text.split("\n"):
        found += _sentences_of_line(_LABEL.sub("", line.strip()))
    if complete_only and found and not _ENDED.search(text.rstrip(" ")):
        found.pop()
    return found


_LABEL = re.compile(r"^(Frage|Antwort|Question|Answer): ")
_ENDED = re.compile(r"[.!?][“”]?\n*$|\n$")
# A sentence end outside a quotation, or a quotation that closes on one and precedes a capital.
_CUT = re.compile(r"(?<=[.!?])\s+|(?<=[.!?][“”])\s+(?=[A-ZÄÖÜ„“])")


def _sentences_of_line(line: str) -> list[str]:
    german = "„" in line
    open_mark, close_mark = ("„", "“") if german else ("“", "”")
    found, start = [], 0
    for cut in _CUT.finditer(line):
        piece = line[start : cut.start()]
        if piece.count(open_mark) == piece.count(close_mark):
            found.append(piece)
            start = cut.end()
    if line[start:]:
        found.append(line[start:])
    return found
