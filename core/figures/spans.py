"""Measured shares over one setting, each with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.figures.look import LIGHT, MARKS, Look, Marks, above, figure_of, words


@dataclass(frozen=True)
class Point:
    """One measured share.

    Args:
        x: the setting it was measured at.
        y: the share, of 1.
        low, high: the ends of its interval.
    """

    x: float
    y: float
    low: float
    high: float


def spans(
    points: Sequence[Point],
    x: str,
    y: str,
    *,
    level: tuple[float, str] | None = None,
    border: tuple[float, str] | None = None,
    look: Look = LIGHT,
    marks: Marks = MARKS,
) -> go.Figure:
    """Points with their intervals, joined by a line.

    Args:
        points: in the order of x.
        x, y: what the axes count.
        level: a share to compare with, and its name.
        border: a place on x where something changes, and its name.
        look: colours and fonts.
        marks: how numbers are written.
    """
    trace = go.Scatter(
        x=[point.x for point in points],
        y=[100 * point.y for point in points],
        mode="lines+markers",
        line={"color": look.accent, "width": 1.8},
        marker={"size": 8, "color": look.accent},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [100 * (point.high - point.y) for point in points],
            "arrayminus": [100 * (point.y - point.low) for point in points],
            "color": look.accent,
            "thickness": 1.5,
            "width": 5,
        },
        hovertemplate=f"%{{x:.0f}}: %{{y:.0f}}{marks.percent}<extra></extra>",
    )
    shapes, notes = [], [above(y)]
    if level:
        shapes.append(
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": 100 * level[0],
                "y1": 100 * level[0],
                "line": {"color": look.soft, "dash": "dot", "width": 1.5},
            }
        )
        notes.append(
            {
                "xref": "paper",
                "x": 0,
                "y": 100 * level[0],
                "xanchor": "left",
                "yanchor": "bottom",
                "showarrow": False,
                "text": words(level[1]),
            }
        )
    if border:
        shapes.append(
            {
                "type": "line",
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "x0": border[0],
                "x1": border[0],
                "line": {"color": look.valid, "dash": "dash", "width": 1.8},
            }
        )
        notes.append(
            {
                "yref": "paper",
                "x": border[0],
                "y": 1,
                "xanchor": "left",
                "yanchor": "top",
                "xshift": 5,
                "showarrow": False,
                "text": words(border[1]),
            }
        )
    return figure_of(
        look,
        marks,
        [trace],
        xaxis={"title": {"text": words(x)}, "rangemode": "tozero"},
        yaxis={"range": [0, 104], "ticksuffix": marks.percent},
        shapes=shapes,
        annotations=notes,
        margin={"l": 50, "r": 22, "t": 30, "b": 42},
    )
