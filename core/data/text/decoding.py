"""From bytes to text: detects a file's encoding from evidence in its bytes.

Nothing is silently guessed away: bytes that form no character are counted, and anything that is
not text is refused.
"""

import codecs
import re
from dataclasses import dataclass
from typing import Final

from core.data.text.documents import well_formed
from core.errors import NotText

CONTROL_SHARE: Final = 0.05  # text has next to no control characters, random bytes have 11 %
BROKEN_SHARE: Final = 0.05  # this much of a text may be unreadable
HIGH_SHARE: Final = 1 / 3  # with more non-ASCII bytes it is not Western European text

# UTF-32 comes first: its little-endian mark begins with the UTF-16 mark.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DOCUMENT_FORMATS: Final = (b"%PDF-", b"{\\rtf")  # these can be almost free of control characters
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text and how it was read.

    Args:
        text: valid Unicode, with "\\n" line endings.
        encoding: the encoding's name, such as "utf-8" or "cp1252".
        n_broken: places where bytes formed no character and became U+FFFD.
    """

    text: str
    encoding: str
    n_broken: int


def decode(name: str, data: bytes) -> Decoded:
    """Decode bytes as text.

    A byte order mark is trusted. Without one, the encoding is UTF-16 if nearly every second byte is
    zero; UTF-8 if the bytes are valid or at least mostly valid; otherwise Windows-1252.

    Args:
        name: the file's name, for the error message.
        data: the file's bytes.

    Raises:
        NotText: the data is binary or in an encoding we do not know.
    """
    if data.startswith(_DOCUMENT_FORMATS):
        raise _not_text(name)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(name, data[len(mark) :].decode(encoding, "replace"), encoding)
    if 0 in data:
        wide = _wide_encoding(data)
        if wide is None:
            raise _not_text(name)
        return _checked(name, data.decode(wide, "replace"), wide)
    text = data.decode("utf-8", "replace")
    n_broken = text.count("\ufffd")
    n_beyond_ascii = len(text) - len(text.encode("ascii", "ignore")) - n_broken
    if n_broken <= n_beyond_ascii:
        return _checked(name, text, "utf-8")
    return _checked(name, _western(name, data), "cp1252")


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 is visible in Western text: every second byte is zero, the others hardly ever."""
    half = len(data) / 2
    even, odd = data[::2].count(0) / half, data[1::2].count(0) / half
    if even < 0.05 and odd > 0.5:
        return "utf-16-le"
    if odd < 0.05 and even > 0.5:
        return "utf-16-be"
    return None


def _western(name: str, data: bytes) -> str:
    """Windows-1252, unless the bytes are unlikely to be a Western European language."""
    n_high = len(data) - len(data.decode("ascii", "ignore"))
    if n_high > max(3, HIGH_SHARE * len(data)):
        raise _not_text(name)
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _not_text(name) from error


def _checked(name: str, text: str, encoding: str) -> Decoded:
    n_controls = len(_CONTROLS.findall(text))
    n_broken = text.count("\ufffd")
    if n_controls > CONTROL_SHARE * len(text) or n_broken > BROKEN_SHARE * len(text):
        raise _not_text(name)
    text = well_formed(text).replace("\r\n", "\n").replace("\r", "\n")
    return Decoded(text, encoding, n_broken)


def _not_text(name: str) -> NotText:
    return NotText(f"{name} holds no text in an encoding we know", name=name)
