"""Exposure of secrets over how often they stood in the text, with intervals and levels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import plotly.graph_objects as go

from core.figures.curves import LogSteps
from core.figures.look import LIGHT, MARKS, Look, Marks, above, figure_of, words

DASHES: Final = ("solid", "7px,3px")
SYMBOLS: Final = ("circle", "diamond")
APART: Final = 1.05  # factor along x between both lines, so that no interval hides another
ROOM: Final = 1.13  # of the y axis above the highest exposure, for its name


@dataclass(frozen=True)
class Exposed:
    """One line: exposure by number of copies.

    Args:
        name: stands at one of its points.
        copies: so often in the text, rising.
        bits: the mean exposure at each of them.
        spans: its 95 % intervals; None where there is only one measurement.
        role: what its colour means.
        named_at: the place of the point that carries the name.
        below: whether the name stands below that point, to its right.
    """

    name: str
    copies: Sequence[int]
    bits: Sequence[float]
    spans: Sequence[tuple[float, float] | None]
    role: Literal["accent", "valid"] = "accent"
    named_at: int = 3
    below: bool = False


def exposure_curve(
    lines: Sequence[Exposed],
    x: str,
    y: str,
    levels: Sequence[tuple[float, str]],
    *,
    look: Look = LIGHT,
    marks: Marks = MARKS,
) -> go.Figure:
    """Exposure over copies on a logarithmic axis.

    Args:
        lines: at most two.
        x, y: what the axes count.
        levels: bits to compare with, and their names.
        look: colours and fonts.
        marks: how numbers are written.

    Returns:
        one trace a line.
    """
    copies = sorted({n for line in lines for n in line.copies})
    axis = LogSteps(copies[0], copies[-1], copies).axis(marks)
    top = max(bits for bits, _ in levels)
    return figure_of(
        look,
        marks,
        [_trace(line, place, top, look) for place, line in enumerate(lines)],
        xaxis={"title": {"text": words(x)}, **axis},
        yaxis={"range": [-0.6, ROOM * top], "tickvals": [0, 5, 10, 15, 20]},
        margin={"l": 44, "r": 22, "t": 30, "b": 46},
        shapes=[_level(bits, look) for bits, _ in levels],
        annotations=[
            above(y),
            *(_level_name(bits, name, look) for bits, name in levels),
            *(_line_name(line, place, look) for place, line in enumerate(lines)),
        ],
    )


def _shifted(n: int, place: int) -> float:
    return n * APART if place else n / APART


def _trace(line: Exposed, place: int, top: float, look: Look) -> go.Scatter:
    """One line with its intervals, which end where exposure does."""
    spans = [span or (bits, bits) for bits, span in zip(line.bits, line.spans, strict=True)]
    colour = getattr(look, line.role)
    return go.Scatter(
        x=[_shifted(n, place) for n in line.copies],
        y=list(line.bits),
        customdata=list(line.copies),
        name=words(line.name),
        mode="lines+markers",
        line={"color": colour, "width": 2, "dash": DASHES[place]},
        marker={"size": 9, "color": colour, "symbol": SYMBOLS[place]},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [
                min(high, top) - bits for bits, (_, high) in zip(line.bits, spans, strict=True)
            ],
            "arrayminus": [
                bits - max(low, 0.0) for bits, (low, _) in zip(line.bits, spans, strict=True)
            ],
            "color": colour,
            "thickness": 1.3,
            "width": 4,
        },
        hovertemplate="%{customdata}: %{y:.1f}<extra></extra>",
    )


def _level(bits: float, look: Look) -> dict[str, object]:
    line = {"color": look.soft, "dash": "dot", "width": 1.5}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": bits, "y1": bits, "line": line}


def _level_name(bits: float, name: str, look: Look) -> dict[str, object]:
    low = bits < 10
    return {
        "xref": "paper",
        "x": 1 if low else 0,
        "y": bits,
        "text": words(name),
        "xanchor": "right" if low else "left",
        "yanchor": "bottom",
        "font": {"size": 13, "color": look.soft},
    }


def _line_name(line: Exposed, place: int, look: Look) -> dict[str, object]:
    at = min(line.named_at, len(line.copies) - 1)
    return {
        "x": math.log10(_shifted(line.copies[at], place)),
        "y": line.bits[at],
        "text": words(line.name),
        "xanchor": "left" if line.below else "right",
        "yanchor": "top" if line.below else "bottom",
        "xshift": 8 if line.below else -8,
        "font": {"size": 13, "color": getattr(look, line.role)},
    }
