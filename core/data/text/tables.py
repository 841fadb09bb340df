"""Tables and JSON Lines: finds the column that contains the texts.

Cells are data: nothing in them is evaluated or followed.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any, Final

from core.data.text.documents import well_formed
from core.errors import NoTextColumn

DELIMITERS: Final = ",;\t|"
NO_DELIMITER: Final = "\x1f"  # occurs in no table, so every line is one cell
N_SAMPLE: Final = 200  # rows inspected to understand the table
SAME_WIDTH: Final = 0.8  # this share of rows must have the same number of cells
MIN_WORDS: Final = 3  # a cell with fewer words is a name or a label, not a text
MAX_COLUMNS: Final = 1_000  # columns searched for the text
MAX_CELL: Final = 64 * 2**20  # characters; a cell may be as long as a whole file
MAX_UNCLOSED: Final = 20  # unclosed quotation marks; after this many, none is trusted
MIN_FILLED: Final = 0.5  # share of rows that must have text in a column with a text name
PROSE: Final = 0.8  # if this share of commas precedes a space, they may be punctuation
# Columns with these names hold the text, if they contain any words at all.
TEXT_NAMES: Final = (
    *("text", "content", "inhalt", "body", "message", "nachricht", "comment", "kommentar"),
    *("story", "article", "artikel", "description", "beschreibung", "review", "sentence", "satz"),
)

_HINT = re.compile(r"sep=([,;\t|])[ \t]*\n", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"[\d\s.,;:+\-/%€$£()]*")


@dataclass(frozen=True, slots=True)
class Column:
    """The texts in a table's text column.

    Args:
        name: the column's name, or its number from 1 if the table has no header.
        texts: its non-empty cells.
        n_skipped: rows or lines without text, or unreadable.
        n_unclosed: unclosed quotation marks, which were read as letters.
    """

    name: str
    texts: list[str]
    n_skipped: int
    n_unclosed: int = 0


def read_csv(name: str, text: str) -> Column:
    """The text column of a table; its first rows reveal delimiter, quoting and header.

    Raises:
        NoTextColumn: no column contains texts.
    """
    csv.field_size_limit(MAX_CELL)
    hinted = _HINT.match(text)
    if hinted:  # Excel writes the delimiter into the first line
        text = text[hinted.end() :]
    cells, n_unclosed = _rows(text, hinted[1] if hinted else find_delimiter(text))
    rows = [row for row in cells if any(row)]
    sample = rows[:N_SAMPLE]
    width = min(max(map(len, sample), default=0), MAX_COLUMNS)
    names = [str(number + 1) for number in range(width)]
    if sample and _is_header(sample[0][:width]):
        header = rows.pop(0)[:width]
        sample = sample[1:]
        names[: len(header)] = header
    column = _text_column(
        name, {each: [row[i] for row in sample if i < len(row)] for i, each in enumerate(names)}
    )
    index = names.index(column)
    found = _column(column, [row[index] if index < len(row) else "" for row in rows])
    return replace(found, n_unclosed=n_unclosed)


def _rows(text: str, delimiter: str) -> tuple[list[list[str]], int]:
    """All rows, and how many quotation marks were never closed.

    Such a mark would turn everything after it into one cell: its line is read again with the mark
    as a letter, and reading continues after it.
    """
    lines = text.splitlines(keepends=True)
    rows: list[list[str]] = []
    at, n_unclosed = 0, 0
    while at < len(lines):
        reader = csv.reader(lines[at:], delimiter=delimiter, strict=True)
        begun = 0  # lines before the row being read
        try:
            for row in reader:
                rows.append(row)
                begun = reader.line_num
            break
        except csv.Error:
            literal = csv.reader(
                lines[at + begun : at + begun + 1], delimiter=delimiter, quoting=csv.QUOTE_NONE
            )
            rows += literal
            at += begun + 1
            n_unclosed += 1
        if n_unclosed >= MAX_UNCLOSED:
            rows += csv.reader(lines[at:], delimiter=delimiter, quoting=csv.QUOTE_NONE)
            break
    return rows, n_unclosed


def find_delimiter(text: str) -> str:
    """The delimiter that splits most rows into the same number of cells, more than one.

    Punctuation is not a delimiter: neither if the first line, which names the columns, has none of
    it, nor if it nearly always precedes a space and the first line names no columns.
    """
    best = (0.0, 1, NO_DELIMITER)
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(text), delimiter=delimiter)
        sample = [row for row in islice(reader, N_SAMPLE) if row]
        widths = Counter(map(len, sample))
        if not widths:
            continue
        width, n_rows = widths.most_common(1)[0]
        share = n_rows / widths.total()
        if width > 1 and share >= SAME_WIDTH and not _is_prose(sample):
            best = max(best, (share, width, delimiter))
    return best[2]


def _is_prose(sample: Sequence[Sequence[str]]) -> bool:
    """Whether rows look like sentences that were split at their punctuation."""
    if len(sample) > 1 and len(sample[0]) == 1:
        return True
    later = [cell for row in sample for cell in row[1:] if cell]
    return not _is_header(sample[0]) and _share(later, lambda cell: cell[0] == " ") >= PROSE


def _is_header(row: Sequence[str]) -> bool:
    """Column names are short, distinct, and neither numbers nor sentences."""
    return len(set(row)) == len(row) and all(
        cell.strip()
        and len(_WORD.findall(cell)) <= MIN_WORDS
        and not _NUMBER.fullmatch(cell)
        and cell.rstrip()[-1] not in ".!?…"
        for cell in row
    )


def read_json_lines(name: str, text: str) -> Column:
    """The text field of the objects, or the strings themselves, one per line.

    A line that is not JSON, or contains no text, is skipped and counted.

    Raises:
        NoTextColumn: no field contains texts.
    """
    records = (_record(line) for line in io.StringIO(text) if line.strip())
    sample = list(islice(records, N_SAMPLE))
    cells: dict[str, list[str]] = {}
    for record in sample:
        for field, value in record.items():
            cells.setdefault(field, []).append(value)
    field = _text_column(name, cells)
    return _column(field, [record.get(field, "") for record in chain(sample, records)])


def _column(name: str, cells: Sequence[str]) -> Column:
    texts = [cell for cell in cells if cell.strip()]
    return Column(name, texts, n_skipped=len(cells) - len(texts))


def _record(line: str) -> dict[str, str]:
    """The strings in one line by field; a bare string becomes the field "text"."""
    try:
        value: Any = json.loads(line)
    except (ValueError, RecursionError):  # malicious nesting raises the latter
        return {}
    if isinstance(value, str):
        value = {"text": value}
    if not isinstance(value, dict):
        return {}
    strings = ((key, each) for key, each in value.items() if isinstance(each, str))
    return {well_formed(key): well_formed(each) for key, each in strings}


def _text_column(name: str, cells: Mapping[str, Iterable[str]]) -> str:
    """The column whose cells read like text; of several, the one with the most letters."""
    filled = {column: [cell for cell in each if cell.strip()] for column, each in cells.items()}
    n_rows = max(map(len, filled.values()), default=0)
    by_name = {column.strip().lower(): column for column in reversed(filled)}
    for known in TEXT_NAMES:
        column = by_name.get(known)
        if column is None or len(filled[column]) < MIN_FILLED * n_rows:
            continue
        if _share(filled[column], lambda cell: not _NUMBER.fullmatch(cell)) > 0.5:
            return column
    texts = {
        column: sum(map(len, each))
        for column, each in filled.items()
        if _share(each, lambda cell: len(_WORD.findall(cell)) >= MIN_WORDS) >= 0.5
    }
    if not texts:
        columns = [column[:60] for column in list(filled)[:20]]
        raise NoTextColumn(f"{name} has no column of text", name=name, columns=columns)
    return max(texts, key=lambda column: texts[column])


def _share(cells: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, cells)) / len(cells) if cells else 0.0
