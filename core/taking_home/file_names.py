"""Names of files that every system takes, whatever they are made of."""

import re
from typing import Final
from unicodedata import normalize

LONGEST: Final = 80  # characters of a name, its ending not counted
# Names that Windows keeps for devices, whatever ending follows.
RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def file_name(*parts: str, ending: str = "") -> str:
    """A file's name made of some words, joined by "-".

    Args:
        parts: any texts; what is neither letter, number, "_" nor "." becomes "-".
        ending: such as "zip"; none if empty.

    Returns:
        a name of at most LONGEST characters and its ending, valid on Windows, macOS and Linux.
    """
    words = (re.sub(r"[^\w.]+", "-", normalize("NFC", part)) for part in parts)
    name = re.sub(r"-{2,}|\.{2,}", "-", "-".join(words))[:LONGEST].strip("-. ")
    if not name or RESERVED.fullmatch(name.split(".")[0]):
        name = f"file-{name}".strip("-")
    return f"{name}.{ending}" if ending else name
