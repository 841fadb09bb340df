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
_BEGIN: Final = r"(?:^|[\s(„“])"
_SHORT: Final = re.compile(
    rf"{_BEGIN}(?:\w|z\. ?b|d\. ?h|u\. ?a|i\. ?d\. ?r|bzw|bspw|ca|dr|evtl|frl|ggf|hr|inkl|exkl|insb"
    r"|jr|mr|mrs|ms|nr|prof|dipl|s\.o|st|str|vgl|vs|e\.g|i\.e|approx|sog|zzgl|hrsg)\.$",
    re.IGNORECASE,
)
"""Abbreviations whose point ends no sentence; a single letter is one of them."""
_COUNT: Final = re.compile(rf"{_BEGIN}(?:mio|mrd|tsd|min|std|sek|stk|bio)\.$", re.IGNORECASE)
"""Those behind a number: the sentence goes on unless a word follows that begins one."""
_NUMBERED: Final = re.compile(
    rf"{_BEGIN}(?:no|art|abs|kap|bd|fig|vol|abb|tel|pp|max|mind|jan|febr?|apr|aug|sept?|okt|oct|nov"
    r"|dez|dec)\.$",
    re.IGNORECASE,
)
"""Those before a number: only with one behind them are they abbreviations."""
_BEGINS: Final = re.compile(
    r"\s+(?:Das|Der|Die|Dies\w*|Es|Er|Sie|Wir|Ich|Ihr|Du|Man|Und|Aber|Doch|Dann|Danach|Im|In|Am|An"
    r"|Bei|Mit|Auch|So|Wer|Was|Wie|Wo|Ein|Eine|The|This|That|It|He|She|They|We|You|I|And|But|A|An|On"
    r"|At|Then|There)\b"
)
_ORDINAL: Final = re.compile(r"(?:^|\s)\d{1,2}\.$")  # "am 3. Mai", unless a sentence ends so
_LONGEST_ABBREVIATION: Final = 12
_LONGEST_WORD: Final = 12  # of those that begin a sentence, with the blank before them


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
    if _COUNT.search(before):
        return not _BEGINS.match(text, end, end + _LONGEST_WORD)
    if _NUMBERED.search(before):
        return following.isdigit()
    if re.search(r"(?:etc|usw)\.$", before):
        return not following.isupper()
    return bool(_SHORT.search(before))


def _trimmed(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    visible = piece.strip()
    if not visible:
        return None
    first = start + len(piece) - len(piece.lstrip())
    return first, first + len(visible)
