"""A table as CSV that any spreadsheet opens: RFC 4180, commas, numbers with a point.

Invariant: the form is the same in every language, and no text is taken for a formula.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run such a cell

BOM: Final = "\ufeff"
"""Put before a file by which Excel knows that it is UTF-8, and shows ä as ä."""


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table with its head.

    Args:
        columns: their names.
        rows: cells of each row; a text that begins like a formula gets an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
        return "'" + value
    return value
