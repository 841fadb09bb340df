"""The skew of texts against the skew of the answers that models give after reading them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import plotly.graph_objects as go

from core.figures.look import LIGHT, MARKS, Look, Marks, above, figure_of, words
from core.figures.spans import Point

DASHES: Final = ("solid", "7px,3px", "2px,3px")
SYMBOLS: Final = ("circle", "diamond", "square")
APART: Final = 0.4  # percentage points between lines along x, so that intervals do not hide others
NAMED_AT: Final = 0.86  # along x, where the diagonal is named


@dataclass(frozen=True)
class Answers:
    """One line: how skewed the answers are, for every skew of the texts.

    Args:
        name: of the way in which answers are drawn; stands at the line's end.
        points: shares of 1 along both axes, with the intervals of y.
        yours: a point of the visitor's own models; None: they have none.
        role: what its colour means.
    """

    name: str
    points: Sequence[Point]
    yours: Point | None = None
    role: Literal["accent", "value", "valid"] = "accent"


def amplification_curve(
    lines: Sequence[Answers],
    x: str,
    y: str,
    as_told: str,
    *,
    look: Look = LIGHT,
    marks: Marks = MARKS,
) -> go.Figure:
    """Lines above the diagonal amplify, lines below it even out.

    Args:
        lines: at most three, the one furthest from the diagonal last.
        x, y: what the axes count.
        as_told: the name of the diagonal.
        look: colours and fonts.
        marks: how numbers are written.

    Returns:
        the diagonal, then one trace a line, then the visitor's own points.
    """
    low = min(point.x for line in lines for point in line.points)
    traces = [
        go.Scatter(
            x=[100 * low, 100],
            y=[100 * low, 100],
            mode="lines",
            line={"color": look.soft, "dash": "dot", "width": 1.5},
            hoverinfo="skip",
        )
    ]
    end = NAMED_AT
    notes = [above(y), _beside(100 * end, as_told, look.soft, "top", end)]
    for place, line in enumerate(lines):
        colour = getattr(look, line.role)
        shift = APART * (place - (len(lines) - 1) / 2)
        traces.append(_trace(line, colour, place, shift, marks))
        notes.append(_named(line, colour, place, len(lines)))
    traces += [
        go.Scatter(
            x=[100 * line.yours.x],
            y=[100 * line.yours.y],
            mode="markers",
            marker={
                "size": 15,
                "symbol": f"{SYMBOLS[place]}-open",
                "color": getattr(look, line.role),
                "line": {"width": 2.5},
            },
            hovertemplate=f"%{{x:.0f}}{marks.percent} → %{{y:.0f}}{marks.percent}<extra></extra>",
        )
        for place, line in enumerate(lines)
        if line.yours is not None
    ]
    return figure_of(
        look,
        marks,
        traces,
        xaxis={
            "title": {"text": words(x)},
            "range": [100 * low - 2, 102],
            **_ticks((50, 60, 70, 80, 90, 100), marks),
        },
        yaxis={"range": [0, 108], **_ticks((0, 25, 50, 75, 100), marks)},
        margin={"l": 54, "r": 20, "t": 34, "b": 46},
        annotations=notes,
    )


def _ticks(values: Sequence[int], marks: Marks) -> dict[str, object]:
    """Per cent, each with its sign: plotly adds a suffix to ticks of its own alone."""
    return {"tickvals": list(values), "ticktext": [f"{value}{marks.percent}" for value in values]}


def _trace(line: Answers, colour: str, place: int, shift: float, marks: Marks) -> go.Scatter:
    """One line with its intervals."""
    return go.Scatter(
        x=[100 * point.x + shift for point in line.points],
        y=[100 * point.y for point in line.points],
        mode="lines+markers",
        line={"color": colour, "width": 2, "dash": DASHES[place]},
        marker={"size": 8, "color": colour, "symbol": SYMBOLS[place]},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [100 * (point.high - point.y) for point in line.points],
            "arrayminus": [100 * (point.y - point.low) for point in line.points],
            "color": colour,
            "thickness": 1.2,
            "width": 4,
        },
        hovertemplate=f"%{{x:.0f}}{marks.percent} → %{{y:.0f}}{marks.percent}<extra></extra>",
    )


def _named(line: Answers, colour: str, place: int, n_lines: int) -> dict[str, object]:
    """The line's name, each line's at another point: those above the diagonal to the left."""
    last = len(line.points) - 1
    point = line.points[min(n_lines - place, last)]
    above_it = place > 0
    return _beside(100 * point.x, line.name, colour, "bottom" if above_it else "top", point.y)


def _beside(x: float, text: str, colour: str, anchor: str, y: float) -> dict[str, object]:
    """A name beside a point: above it to the left, or below it to the right."""
    above_it = anchor == "bottom"
    return {
        "x": x,
        "y": 100 * y,
        "text": words(text),
        "xanchor": "right" if above_it else "left",
        "yanchor": anchor,
        "xshift": -8 if above_it else 10,
        "yshift": 4 if above_it else -4,
        "font": {"size": 13, "color": colour},
        "showarrow": False,
    }
