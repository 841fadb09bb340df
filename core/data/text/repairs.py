"""The individual text repairs: functions from text to text, each safe on any text.

A cheap check decides whether the slow, thorough repair could change anything at all.
"""

import re
import unicodedata
from itertools import cycle
from typing import Final

from ftfy import fix_encoding
from ftfy.fixes import remove_terminal_escapes
from ftfy.fixes import unescape_html as ftfy_unescape

from core.data.text.documents import well_formed

# ftfy looks for improbable neighbours. Every such pattern contains two adjacent non-ASCII
# characters or one of the few listed here; a line without either needs no repair.
SUSPICIOUS: Final = re.compile(r"[^\x00-\x7f]{2}|[\x80-\x9fŒœÃÂ]")

_OPENING_QUOTES: Final = re.compile(r"(?<![^ \t(\[{])([»›”])(?=\w)")
_INVISIBLE: Final = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters other than line endings
    "\u00ad"  # soft hyphen
    "\u200b\u2060\ufeff"  # zero-width space, word joiner, byte order mark
    "\u202a-\u202e\u2066-\u206f"  # direction overrides: they disguise text
    "\ufff9-\ufffc"  # annotations, object placeholder
    "]"
)
_LINE_ENDS: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_ODD_SPACES: Final = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_GAPS: Final = re.compile(r"(?<=\S)(?: [ \t]+|\t[ \t]*)")  # anything but a single space
_EMPTY_LINES: Final = re.compile("\n{3,}")


def unescape_html(text: str) -> str:
    """Turn entities such as "&uuml;" into characters, except in lines that contain "<".

    Such a line is HTML or code, where "&lt;" is meant literally.
    """
    if "&" not in text:
        return text
    return "\n".join(
        ftfy_unescape(line) if "&" in line and "<" not in line else line
        for line in text.split("\n")
    )


def repair_encoding(text: str) -> str:
    """Undo decoding in the wrong encoding, line by line: "schÃ¶n" becomes "schön".

    Source: Speer, "ftfy", doi:10.5281/zenodo.2591652.
    """
    if text.isascii():
        return text
    return "\n".join(
        repair_line(line) if SUSPICIOUS.search(line) else line for line in text.split("\n")
    )


def repair_line(line: str) -> str:
    """What ftfy makes of a line, with opening quotation marks kept out of its way.

    German books use »Über«, Finnish ones ”Älä”: ftfy takes the quotation mark and the letter
    after it for one broken character.
    """
    parts = _OPENING_QUOTES.split(line)  # text, quote, text, quote, ..., text
    return "".join(
        part if is_quote else well_formed(fix_encoding(part))
        for part, is_quote in zip(parts, cycle((False, True)), strict=False)
    )


def remove_invisible(text: str) -> str:
    """Remove invisible characters that only confuse; joiners inside emoji and scripts stay."""
    if "\x1b" in text:
        text = remove_terminal_escapes(text)
    return _INVISIBLE.sub("", text)


def normalise_unicode(text: str) -> str:
    """Write every character in its composed form: "a" with two dots becomes "ä" (NFC)."""
    return unicodedata.normalize("NFC", text)


def fold_white_space(text: str) -> str:
    """One space between words, none at line ends, at most one empty line; indentation stays."""
    text = _ODD_SPACES.sub(" ", _LINE_ENDS.sub("\n", text))
    text = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
    return _EMPTY_LINES.sub("\n\n", _GAPS.sub(" ", text)).strip()
