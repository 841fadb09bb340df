"""Taking something out of a text so that what is left still reads well.

Invariant: findings to be removed only ever grow, to what would be left hanging without them: the
brackets around them, the comma or colon before them, or else their whole sentence.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from core.postprocessing.stages import Finding

REMOVED: Final = "remove"  # the note of a finding that is to be taken out
REACH: Final = 300  # characters of a sentence that are taken out with it, to either side

_END: Final = re.compile(
    r"(?:(?<=[^\W\d_]{3})|(?<=\d{3})|(?<=[\])}”“\"'…]))[.!?]+[”“\"')\]]*(?=\s|$)|\n"
)
SENTENCE_END: Final = re.compile(rf"({_END.pattern})\s*(?=\S)")
"""The end of a sentence, once the next has begun."""

_OPEN: Final = re.compile(r"(?:^|\s)[(\[<]$")


def without(text: str, findings: Sequence[Finding]) -> list[Finding]:
    """Grow the findings that are to be removed, and give them an empty replacement.

    Args:
        text: what they were found in.
        findings: from left to right; only those with the note REMOVED are touched.

    Returns:
        the same findings, still without overlaps. Of several in one removed sentence, each holds
        the part up to the next.
    """
    grown: list[Finding] = []
    for finding in findings:
        done = grown[-1].end if grown else 0
        if finding.note != REMOVED:
            if finding.start >= done:
                grown.append(finding)
                continue
            # It stands in a sentence that goes as a whole: it goes too.
            finding = replace(finding, note=REMOVED)
            start, end = finding.start, finding.end
        else:
            start, end = _hanging(text, finding.start, finding.end)
        if grown and start < done:
            last = grown[-1]
            start = max(last.start, min(finding.start, done))
            grown[-1] = replace(last, end=start)
            end = max(end, done)
        grown.append(replace(finding, start=start, end=end, replacement=""))
    return grown


def _hanging(text: str, start: int, end: int) -> tuple[int, int]:
    """What has to go with a span."""
    before, after = text[max(0, start - REACH) : start], text[end : end + REACH]
    low = start - len(before)
    opened = _OPEN.search(before)
    if opened and after[:1] in (")", "]", ">"):  # (X)
        return low + opened.start(), end + 1
    if before.endswith(", ") and after[:1] in (",", ".", "!", "?", ";"):  # Frau Kaya, X, kommt
        return start - 2, end + (1 if after[:1] == "," else 0)
    ends = [match.end() for match in _END.finditer(before)]
    first = low + (ends[-1] if ends else 0)
    closing = re.match(r"[.!?]+(?=\s|$)", after) or _END.search(after)
    last = end + closing.end() if closing else end + len(after)
    colon = re.search(r": ?$", before)
    if colon and len(text[first : low + colon.start()].split()) > 1 and _closes(after):
        return low + colon.start(), end  # Rufen Sie mich an: X.
    if text[last - 1 : last] == "\n" and text[first - 1 : first] != "\n" and first > 0:
        last -= 1  # the line stays, if something else is in it
    if first == 0 or text[first - 1] == "\n":  # nothing stands before it: no gap is needed either
        last += len(text[last:]) - len(text[last:].lstrip(" " if first else None))
    return first, last


def _closes(after: str) -> bool:
    return re.match(r"[.!?]+(?:\s|$)|\n|$", after) is not None


def settled_sentences(text: str, n: int) -> int:
    """How much of an unfinished text no removal can reach, if nothing begins before `n`."""
    ends = [match.end(1) for match in SENTENCE_END.finditer(text, max(0, n - REACH), n)]
    return ends[-1] if ends else max(0, n - REACH)
