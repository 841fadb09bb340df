"""Sentences of any text, as places in it.

Invariant: spans come from left to right, never overlap, begin and end with something visible, and
everything visible lies in one of them.
"""

import re
from collections.abc import Iterator
from typing import Final

Span = tuple[int, int]

# An end of a sentence, with the marks that close it, before a blank or a line's end.
_END: Final = re.compile(r"[.!?…]+[\"“”»’')\]]*(?=\s|$)|\n+")
_SHORT: Final = re.compile(
    r"(?:^|[\s(„“])(?:\w|z\. ?b|d\. ?h|u\. ?a|bzw|ca|dr|etc|evtl|frl|ggf|hr|inkl|jr|mr|mrs|ms|nr|"
    r"prof|s\.o|st|str|usw|vgl|vs|e\.g|i\.e|no|approx)\.$",
    re.IGNORECASE,
)
"""Abbreviations whose point ends no sentence; a single letter is one of them."""
_ORDINAL: Final = re.compile(r"(?:^|\s)\d{1,2}\.$")  # "am 3. Mai", unless a sentence ends so
_LONGEST_ABBREVIATION: Final = 12


def sentence_spans(text: str) -> list[Span]:
    """Where the sentences of a text stand.

    Args:
        text: any text; a line's end ends a sentence too.

    Returns:
        (start, end) of each, in characters. A quotation is not torn from the words that follow it
        in small letters.
    """
    spans: list[Span] = []
    start = 0
    for end in _ends(text):
        span = _trimmed(text, start, end)
        if span:
            spans.append(span)
        start = end
    return spans


def _ends(text: str) -> Iterator[int]:
    for match in _END.finditer(text):
        if match.group()[0] == "\n" or not _goes_on(text, match.start(), match.end()):
            yield match.end()
    yield len(text)


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether the sentence goes on behind what looks like its end."""
    following = text[end : end + 2].lstrip()[:1]
    if following.islower():
        return True
    if text[start:end] != ".":
        return False
    before = text[max(0, end - _LONGEST_ABBREVIATION) : end]
    if _ORDINAL.search(before):
        return following.isupper()
    return bool(_SHORT.search(before))


def _trimmed(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    visible = piece.strip()
    if not visible:
        return None
    first = start + len(piece) - len(piece.lstrip())
    return first, first + len(visible)
