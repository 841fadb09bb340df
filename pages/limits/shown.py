"""What the pages about limits open with: the shipped measurements, and how shares are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from core.house.limits import record
from core.house.limits.knowing import WARM, Knowing, knowing
from core.intervals import share_interval
from core.limits.confident.knowing import Case
from pages.home.shipped import day
from pages.kit.catalogue import Words
from pages.kit.frame import Badge, precomputed
from pages.kit.numbers import NO_FIGURE, share, share_span


def measured_then(t: Words, part: str) -> Badge | None:
    """The badge of a shipped measurement; None if it is not there.

    Args:
        part: its name, as the command takes it.
    """
    made = record.read(part).get("made")
    return precomputed(t, made["command"], day(made["date"], t.lang)) if made else None


@dataclass(frozen=True)
class Treated:
    """A row in the picture of all limits: what a treatment does, and what it costs.

    Args:
        limit: what goes wrong, in words.
        treatment: what is done about it.
        before, after: the measurement without and with it.
        price: what it costs elsewhere, measured.
    """

    limit: str
    treatment: str
    before: str
    after: str
    price: str


def asked_at(kind: str, temperature: float = WARM) -> Knowing | None:
    """What a shipped model answered at a temperature; None if it was not asked."""
    return next(
        (one for one in knowing() if (one.kind, one.temperature) == (kind, temperature)), None
    )


def cases_of(kind: str, lang: str, temperature: float = WARM) -> list[Case]:
    """Its cases in one language."""
    found = asked_at(kind, temperature)
    return [case for case in found.cases if case.lang == lang] if found else []


def told(cases: Sequence[Case]) -> list[Case]:
    """Those that ask for what the texts tell."""
    return [case for case in cases if case.group != "never"]


def untold(cases: Sequence[Case]) -> list[Case]:
    """Those that ask for what no text tells."""
    return [case for case in cases if case.group == "never"]


def with_span(n_hits: int, n: int, t: Words) -> str:
    """A share with its 95 % interval."""
    if not n:
        return NO_FIGURE
    return f"{share(n_hits / n, t.lang)} ({share_span(*share_interval(n_hits, n), t.lang)})"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], label: str) -> str:
    """A table that scrolls on a phone; the first cell of a row is its head.

    Args:
        heads: over the columns.
        rows: plain texts; they are escaped.
        label: what it shows, for whoever cannot see it.
    """
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(each)}</td>" for each in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return (
        f'<div class="gb-lanes" role="region" tabindex="0" aria-label="{escape(label)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
