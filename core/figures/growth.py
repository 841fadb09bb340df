"""Measurements over an axis of equal factors, with their intervals, and a law with its band."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import plotly.graph_objects as go

from core.figures.curves import Axes, LogSteps
from core.figures.look import LIGHT, MARKS, Look, Marks, above, figure_of, words

Role = Literal["accent", "valid", "value", "house", "warn"]
SYMBOLS: Final = ("circle", "diamond-open", "square-open", "cross", "x")


@dataclass(frozen=True)
class Series:
    """Measurements of one kind.

    Args:
        name: in the legend.
        x, y: the points.
        low, high: ends of the interval of each; empty: none is drawn.
        role: what the colour means.
        joined: "solid" or "dot" for a line through the points, "" for none.
        marked: whether the points themselves are drawn.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    role: Role = "accent"
    joined: Literal["solid", "dot", ""] = "solid"
    marked: bool = True


@dataclass(frozen=True)
class Ribbon:
    """A band around a law.

    Args:
        name: in the legend.
        x, low, high: its ends at each x.
    """

    name: str
    x: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


def growth(
    series: Sequence[Series],
    axes: Axes,
    *,
    x_axis: LogSteps,
    y_range: tuple[float, float] | None = None,
    ribbon: Ribbon | None = None,
    percent: bool = False,
    look: Look = LIGHT,
    marks: Marks = MARKS,
) -> go.Figure:
    """Several kinds of measurements over sizes, amounts or computing.

    Args:
        series: drawn in this order, each over those before it.
        axes: what the axes count.
        x_axis: its ends and the places that are named.
        y_range: ends of the y axis, in the unit of y; None lets the data decide.
        ribbon: below everything.
        percent: y are shares of 1 and shown as percentages.

    Returns:
        One trace a series, after two for the ribbon, if there is one.
    """
    scale, suffix, digits = (100, marks.percent, 0) if percent else (1, "", 2)
    traces = _ribbon(ribbon, look) if ribbon else []
    for place, each in enumerate(series):
        colour = getattr(look, each.role)
        mode = "+".join(["lines"] * bool(each.joined) + ["markers"] * each.marked)
        trace = go.Scatter(
            x=list(each.x),
            y=[scale * y for y in each.y],
            name=words(each.name),
            mode=mode,
            line={"color": colour, "width": 2, "dash": each.joined or "solid"},
            marker={"size": 8, "color": colour, "symbol": SYMBOLS[place % len(SYMBOLS)]},
            hovertemplate=f"%{{x:,.0f}}: %{{y:,.{digits}f}}{suffix}",
        )
        if each.low:
            trace.error_y = {
                "type": "data",
                "symmetric": False,
                "array": [scale * (h - y) for h, y in zip(each.high, each.y, strict=True)],
                "arrayminus": [scale * (y - low) for low, y in zip(each.low, each.y, strict=True)],
                "color": colour,
                "thickness": 1.5,
                "width": 4,
            }
        traces.append(trace)
    y_axis: dict[str, object] = {"ticksuffix": suffix, "rangemode": "tozero"}
    if y_range:
        y_axis["range"] = [scale * end for end in y_range]
    return figure_of(
        look,
        marks,
        traces,
        xaxis={"title": {"text": words(axes.x)}, **x_axis.axis(marks)},
        yaxis=y_axis,
        annotations=[above(axes.y)],
        showlegend=len(series) > 1,
        legend={"orientation": "h", "x": 0, "y": -0.28, "yanchor": "top"},
        margin={"l": 50, "r": 22, "t": 30, "b": 42},
    )


def _ribbon(ribbon: Ribbon, look: Look) -> list[go.Scatter]:
    edge = {"color": look.line, "width": 0.5}
    both = {"x": list(ribbon.x), "mode": "lines", "line": edge, "hoverinfo": "skip"}
    return [
        go.Scatter(y=list(ribbon.low), showlegend=False, **both),
        go.Scatter(
            y=list(ribbon.high),
            name=words(ribbon.name),
            fill="tonexty",
            fillcolor=look.line,
            **both,
        ),
    ]
