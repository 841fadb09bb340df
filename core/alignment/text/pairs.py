"""Somebody's own pairs of question and answer: a table, JSON lines, or lines with a tab.

Whatever is handed in, the result is pairs of valid Unicode or an `InputError` that says what is
wrong. Nothing in them is evaluated or followed; markup stays letters.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from core.alignment.text.examples import Example
from core.data.text.decoding import decode
from core.data.text.documents import well_formed
from core.data.text.languages import language_of
from core.data.text.tables import MAX_CELL, NO_DELIMITER, find_delimiter
from core.errors import EmptyInput, NoAnswer, TooFewPairs, TooLarge, UnknownFileType

LIMIT_BYTES: Final = 2 * 2**20  # 2 MB: more pairs than a model of this size can learn
LEAST_PAIRS: Final = 2  # from a single pair nothing but the pair itself can be learned
FILE_TYPES: Final = (".csv", ".tsv", ".txt", ".jsonl")
QUESTION_NAMES: Final = ("question", "frage", "prompt", "instruction", "user", "q")
ANSWER_NAMES: Final = ("answer", "antwort", "completion", "response", "output", "assistant", "a")

Row = tuple[int, str, str]  # number of the line from 1, question, answer


@dataclass(frozen=True)
class Pairs:
    """The pairs that were read.

    Args:
        examples: at least LEAST_PAIRS.
        skipped: numbers of the lines, from 1, that have no question or no answer.
    """

    examples: tuple[Example, ...]
    skipped: tuple[int, ...] = ()


def text_of_file(name: str, data: bytes) -> str:
    """The text of a file that may hold pairs.

    Raises:
        UnknownFileType, TooLarge, NotText: as their names say.
    """
    name = well_formed(PurePath(name).name)
    if PurePath(name).suffix.lower() not in FILE_TYPES:
        raise UnknownFileType(f"{name} is none of {FILE_TYPES}", name=name, known=list(FILE_TYPES))
    _check_size(len(data))
    return decode(name, data).text


def pairs_from_text(text: str) -> Pairs:
    """The pairs of a text somebody pasted: JSON lines, lines with a tab, or a table.

    Raises:
        TooLarge, EmptyInput, NoAnswer, TooFewPairs: as their names say.
    """
    text = well_formed(text).replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    _check_size(len(text.encode()))
    if not text.strip():
        raise EmptyInput("nothing but white space")
    rows = list(_from_json(text) if text.lstrip().startswith("{") else _from_table(text))
    whole = [(ask.strip(), answer.strip()) for _, ask, answer in rows]
    skipped = tuple(
        row[0] for row, pair in zip(rows, whole, strict=True) if not all(pair) and any(pair)
    )
    pairs = list(dict.fromkeys(pair for pair in whole if all(pair)))
    if not pairs:
        line = skipped[0] if skipped else 1
        raise NoAnswer("no line has a question and an answer", n=len(rows), line=line)
    if len(pairs) < LEAST_PAIRS:
        raise TooFewPairs("one pair only", n=len(pairs), needed=LEAST_PAIRS)
    examples = (
        Example(ask, answer, language_of(f"{ask} {answer}"), "own") for ask, answer in pairs
    )
    return Pairs(tuple(examples), skipped)


def _from_json(text: str) -> Iterator[Row]:
    """Objects, one to a line; a line that is none has neither question nor answer."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            found: Any = json.loads(line)
        except (ValueError, RecursionError):  # hostile nesting ends in the latter
            found = None
        if not isinstance(found, dict):
            yield number, line, ""
            continue
        by_name = {str(key).strip().lower(): value for key, value in found.items()}
        if isinstance(found.get("messages"), list):
            by_name = _from_messages(found["messages"])
        yield number, _named(by_name, QUESTION_NAMES), _named(by_name, ANSWER_NAMES)


def _from_messages(messages: list[Any]) -> dict[str, Any]:
    """The first thing the user says and the first thing that is answered."""
    said: dict[str, Any] = {}
    for one in messages:
        if isinstance(one, dict):
            said.setdefault(str(one.get("role")), one.get("content"))
    return said


def _named(found: dict[str, Any], names: Sequence[str]) -> str:
    value = next((found[name] for name in names if name in found), "")
    return well_formed(value) if isinstance(value, str) else ""


def _from_table(text: str) -> Iterator[Row]:
    """Rows of a table; with a header that names them, else the first two columns."""
    csv.field_size_limit(MAX_CELL)
    delimiter = "\t" if "\t" in text else find_delimiter(text)
    if delimiter == "\t":  # a quotation mark is a letter there
        table = csv.reader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    else:
        table = csv.reader(io.StringIO(text), delimiter=delimiter)
    ask, answer, begun = 0, 1, False
    for row in table:
        if not any(cell.strip() for cell in row):
            continue
        names = [cell.strip().lower() for cell in row]
        if not begun and set(names) & set(QUESTION_NAMES) and set(names) & set(ANSWER_NAMES):
            ask = next(i for i, name in enumerate(names) if name in QUESTION_NAMES)
            answer = next(i for i, name in enumerate(names) if name in ANSWER_NAMES)
            begun = True
            continue
        begun = True
        cells = [row[i] if i < len(row) else "" for i in (ask, answer)]
        if delimiter == NO_DELIMITER:
            cells = [row[0], ""]
        yield table.line_num, cells[0], cells[1]


def _check_size(n_bytes: int) -> None:
    if n_bytes > LIMIT_BYTES:
        size_mb, limit_mb = round(n_bytes / 2**20, 1), LIMIT_BYTES // 2**20
        raise TooLarge(f"{size_mb} MB are over {limit_mb}", size_mb=size_mb, limit_mb=limit_mb)
