"""Splits one long text into passages, so that some of it can be held out as a whole.

No character is lost or added: joining the passages gives the original text.
"""

import re
from collections.abc import Iterator
from typing import Final

PASSAGE: Final = 1_000  # minimum length of a passage in characters, where possible
SHORTEST: Final = 200  # the same for short texts
N_PASSAGES: Final = 20  # a short text is split into about this many, rather than into long passages
STRETCH: Final = 4  # a piece this many times too long is split at the next weaker boundary

# From the strongest boundary to the weakest: blank line, line end, sentence end, space.
_BOUNDARIES: Final = tuple(
    re.compile(pattern)
    for pattern in (r"\n[ \t]*\n\s*", r"\n\s*", r"[.!?…][\"'“”»«’)\]]*\s+", r"\s+")
)


def passages(text: str) -> list[str]:
    """Passages of at least `PASSAGE` characters, split at the strongest boundaries available.

    Args:
        text: any text with "\\n" line endings.

    Returns:
        Passages that give the text when joined; none for an empty text. A passage may be shorter if
        no boundary follows.
    """
    size = min(PASSAGE, max(SHORTEST, len(text) // N_PASSAGES))
    return list(_cut(text, size, 0))


def _cut(text: str, size: int, level: int) -> Iterator[str]:
    """Split at boundaries of this level, and at weaker ones where a piece is far too long."""
    if level == len(_BOUNDARIES):
        yield from (text[start : start + size] for start in range(0, len(text), size))
        return
    start = 0
    while start < len(text):
        boundary = _BOUNDARIES[level].search(text, start + size)
        end = boundary.end() if boundary else len(text)
        if end - start > STRETCH * size:
            yield from _cut(text[start:end], size, level + 1)
        else:
            yield text[start:end]
        start = end
