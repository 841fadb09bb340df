"""The languages of this house, once: which there are, and how each writes what is no word.

What belongs to a language otherwise is beside what it is for: a grammar's rules, a page's words.
"""

from dataclasses import dataclass
from typing import Final, Literal, get_args

Lang = Literal["de", "en"]
LANGS: Final[tuple[Lang, ...]] = get_args(Lang)

THIN: Final = "\u202f"  # narrow no-break space


@dataclass(frozen=True)
class Written:
    """How a language writes numbers, dates and quotations.

    Args:
        thousands: between thousands.
        point: before decimals.
        per_cent: after the number, with the space before it.
        million: as a unit.
        apart: between the two ends of an interval, which may hold decimal points themselves.
        date: of {day}, {month} and {year}.
        opening: quotation mark.
        closing: quotation mark.
    """

    thousands: str
    point: str
    per_cent: str
    million: str
    apart: str
    date: str
    opening: str
    closing: str

    def quoted(self, text: str) -> str:
        """A text in quotation marks."""
        return f"{self.opening}{text}{self.closing}"


WRITTEN: Final[dict[Lang, Written]] = {
    "de": Written(THIN, ",", THIN + "%", "Mio.", "; ", "{day}. {month}. {year}", "„", "“"),
    "en": Written(",", ".", "%", "M", ", ", "{year}-{month:02}-{day:02}", "“", "”"),
}


def known(lang: str) -> Lang:
    """A language as one of LANGS.

    Raises:
        ValueError: there is no such one here.
    """
    for each in LANGS:
        if each == lang:
            return each
    raise ValueError(f"lang is {lang!r}, must be one of {LANGS}")
