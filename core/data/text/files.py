"""Reads a visitor's file or pasted text into documents.

Whatever the input, the result is documents of valid Unicode or an `InputError` that says what is
wrong. Markup is left alone: HTML in a text is text. For files from strangers use
`core.data.untrusted`, which does the same in a process that can be killed.
"""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from core.data.text.decoding import decode
from core.data.text.documents import Document, well_formed
from core.data.text.languages import language_of
from core.data.text.passages import passages
from core.data.text.tables import read_csv, read_json_lines
from core.errors import EmptyInput, TooLarge, UnknownFileType

LIMIT_BYTES: Final = 20 * 2**20  # 20 MB
FILE_TYPES: Final = (".txt", ".md", ".csv", ".jsonl")


@dataclass(frozen=True, slots=True)
class Reading:
    """The documents in a file, and how it was read.

    Args:
        documents: its contents, never empty.
        encoding: the file's encoding.
        column: for tables and JSON Lines, the column with the texts; otherwise None.
        n_skipped: rows or lines without text.
        n_broken: places where bytes formed no character and became U+FFFD.
        n_unclosed: unclosed quotation marks in a table, which were read as letters.
    """

    documents: tuple[Document, ...]
    encoding: str
    column: str | None = None
    n_skipped: int = 0
    n_broken: int = 0
    n_unclosed: int = 0


def documents_from_file(name: str, data: bytes) -> list[Document]:
    """The documents in a file; see `read_file`, which also reports how it was read."""
    return list(read_file(name, data).documents)


def read_file(name: str, data: bytes) -> Reading:
    """Read a file of one of the types in `FILE_TYPES`.

    Plain text and Markdown are split into passages; each row of a table or JSON Lines file becomes
    one document.

    Args:
        name: the file's name; its extension decides how to read it.
        data: its bytes, at most `LIMIT_BYTES`.

    Raises:
        UnknownFileType, TooLarge, EmptyInput, NotText, NoTextColumn: as their names say.
    """
    name = well_formed(PurePath(name).name)
    ending = PurePath(name).suffix.lower()
    if ending not in FILE_TYPES:
        raise UnknownFileType(f"{name} is none of {FILE_TYPES}", name=name, known=list(FILE_TYPES))
    _check_size(len(data))
    decoded = decode(name, data)
    _check_filled(decoded.text)
    if ending in (".csv", ".jsonl"):
        read = read_csv if ending == ".csv" else read_json_lines
        column = read(name, decoded.text)
        documents = _documents(column.texts, "row", name)
        return Reading(
            documents,
            decoded.encoding,
            column.name,
            column.n_skipped,
            decoded.n_broken,
            column.n_unclosed,
        )
    documents = _documents([decoded.text], "passage", name)
    return Reading(documents, decoded.encoding, n_broken=decoded.n_broken)


def documents_from_text(text: str, source: str = "") -> list[Document]:
    """The passages of a typed or pasted text.

    Raises:
        TooLarge, EmptyInput: as their names say.
    """
    text = well_formed(text).replace("\r\n", "\n").replace("\r", "\n")
    _check_size(len(text.encode("utf-8")))
    _check_filled(text)
    return list(_documents([text], "passage", source))


def _documents(texts: list[str], kind: str, source: str) -> tuple[Document, ...]:
    if len(texts) == 1:  # a single document cannot be split into training and validation
        texts = [passage.rstrip().lstrip("\n") for passage in passages(texts[0])]
    return tuple(Document(text, language_of(text), kind, source) for text in texts if text.strip())


def _check_size(n_bytes: int) -> None:
    if n_bytes > LIMIT_BYTES:
        size_mb, limit_mb = round(n_bytes / 2**20, 1), LIMIT_BYTES // 2**20
        raise TooLarge(f"{size_mb} MB are over {limit_mb}", size_mb=size_mb, limit_mb=limit_mb)


def _check_filled(text: str) -> None:
    # A byte order mark in the middle of a text, and similar characters, are not content either.
    if not text.strip("\ufeff\u200b \t\n\r\x0b\x0c\xa0"):
        raise EmptyInput("nothing but white space")
