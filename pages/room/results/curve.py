"""Curves as one SVG picture within the page: drawn on the server, no script, sharp on paper.

Invariant: axes begin at zero and are common to all lines; what leaves the picture is cut, and the
picture says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import Final

from core.figures.look import LIGHT
from pages.kit.catalogue import Words
from pages.kit.numbers import decimal, whole

WIDTH: Final = 640
HEIGHT: Final = 230
LEFT, RIGHT, TOP, BOTTOM = 44, 130, 18, 34
LINE_PX: Final = 14  # between two names
ROOM_ABOVE: Final = 1.1  # times the highest first value
MOST_NAMED: Final = 6
"""Of more lines than this the names would cover each other: the table below has them."""

COLOURS: Final = (LIGHT.train, LIGHT.valid, LIGHT.value, LIGHT.house)
DASHES: Final = ("none", "9 4", "3 3", "12 3 3 3", "6 6")
"""One after the other, so that lines differ on a black-and-white print, too."""


@dataclass(frozen=True)
class Line:
    """One line: its name, and [[step, value], …], at least two of them."""

    name: str
    points: Sequence[Sequence[float]]


@dataclass(frozen=True)
class _Scale:
    """From steps and values to places in the picture."""

    last: float
    top: float

    def x(self, step: float) -> float:
        """Where a step lies."""
        return (WIDTH - LEFT - RIGHT) * step / max(1.0, self.last)

    def y(self, value: float) -> float:
        """Where a value lies."""
        return (HEIGHT - TOP - BOTTOM) * (1.0 - value / self.top)


def curves(lines: Sequence[Line], value_name: str, t: Words) -> str:
    """The picture as markup.

    Args:
        lines: at least one.
        value_name: what the vertical axis counts.
        t: the words of the reader.
    """
    scale = _scale(lines)
    ends = "; ".join(
        t(
            "workshop.curve_from_to",
            name=line.name,
            first=decimal(line.points[0][1], t.lang),
            last=decimal(line.points[-1][1], t.lang),
        )
        for line in lines
    )
    drawn = "".join(_drawn(n, line, scale) for n, line in enumerate(lines))
    inner = f"{WIDTH - LEFT - RIGHT:d}", f"{HEIGHT - TOP - BOTTOM:d}"
    names = _names(lines, scale) if len(lines) <= MOST_NAMED else ""
    is_cut = any(value > scale.top for line in lines for _, value in line.points)
    cut = f'<p class="soft">{escape(t("workshop.curve_cut"))}</p>' if is_cut else ""
    return (
        f'<svg role="img" aria-label="{escape(ends)}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"{_axes(scale, value_name, t)}"
        f'<svg x="{LEFT}" y="{TOP}" width="{inner[0]}" height="{inner[1]}" overflow="hidden">'
        f"{drawn}</svg>{names}</svg>{cut}"
    )


def _scale(lines: Sequence[Line]) -> _Scale:
    """A scale on which every line begins within the picture; one that diverges leaves it."""
    highest = ROOM_ABOVE * max(line.points[0][1] for line in lines)
    top = min(highest, ROOM_ABOVE * max(value for line in lines for _, value in line.points))
    return _Scale(max(line.points[-1][0] for line in lines), top if top > 0 else 1.0)


def _drawn(n: int, line: Line, scale: _Scale) -> str:
    places = " ".join(f"{scale.x(x):.1f},{scale.y(y):.1f}" for x, y in line.points)
    colour, dash = COLOURS[n % len(COLOURS)], DASHES[n % len(DASHES)]
    return (
        f'<polyline fill="none" stroke="{colour}" stroke-width="1.8" stroke-dasharray="{dash}" '
        f'points="{places}"/>'
    )


def _names(lines: Sequence[Line], scale: _Scale) -> str:
    """Every name at the end of its line, moved down where two would meet."""
    ranked = sorted(enumerate(lines), key=lambda each: -each[1].points[-1][1])
    low = HEIGHT - BOTTOM - LINE_PX * len(lines)
    told, free = "", float(TOP)
    for n, line in ranked:
        wanted = TOP + scale.y(min(line.points[-1][1], scale.top)) + 4
        free = max(free, min(wanted, low + LINE_PX))
        told += (
            f'<text x="{WIDTH - RIGHT + 6}" y="{free:.1f}" fill="{COLOURS[n % len(COLOURS)]}">'
            f"{escape(line.name)}</text>"
        )
        free, low = free + LINE_PX, low + LINE_PX
    return told


def _axes(scale: _Scale, value_name: str, t: Words) -> str:
    """Two axes with round figures, and what they count."""
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    found = f'<text class="axis" x="0" y="11">{escape(value_name)}</text>'
    found += (
        f'<text class="axis end" x="{right}" y="{HEIGHT - 3}">'
        f"{escape(t('workshop.curve_steps'))}</text>"
    )
    apart = _round_step(scale.top / 5)
    digits = max(0, -floor(log10(apart)))
    for k in range(ceil(scale.top / apart)):
        y = TOP + scale.y(k * apart)
        found += (
            f'<line x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="axis end" x="{LEFT - 5}" y="{y + 4:.1f}">'
            f"{decimal(k * apart, t.lang, digits)}</text>"
        )
    every = max(1, round(_round_step(scale.last / 4)))
    for step in range(0, round(scale.last) + 1, every):
        found += (
            f'<text class="axis middle" x="{LEFT + scale.x(step):.1f}" y="{bottom + 15}">'
            f"{whole(step, t.lang)}</text>"
        )
    return found


def _round_step(rough: float) -> float:
    """The next of 1, 2, 5, 10, … times a power of ten that is at least `rough`."""
    power = 10.0 ** floor(log10(rough)) if rough > 0 else 1.0
    return next(power * k for k in (1, 2, 5, 10) if power * k >= rough * (1 - 1e-9))
