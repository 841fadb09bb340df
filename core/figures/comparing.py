"""Several models side by side: a line for each, told apart by dash as well as by colour."""

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from core.figures.curves import Axes, Curve, curves
from core.figures.look import LIGHT, MARKS, Look, Marks, words

ORDER: Final = ("accent", "valid", "value", "house", "warn", "query")
"""Colours in the order of the lines; what they mean stands at the end of each line."""
DASHES: Final = ("solid", "8px,3px", "2px,3px", "10px,3px,2px,3px", "5px,5px", "1px,5px")


def side_by_side(
    lines: Sequence[Curve],
    axes: Axes,
    *,
    limit: tuple[float, str] | None = None,
    halves: Sequence[Sequence[float]] = (),
    x_range: tuple[float, float] | None = None,
    look: Look = LIGHT,
    marks: Marks = MARKS,
) -> go.Figure:
    """Up to six lines over the same axis.

    Args:
        lines: one for each model; an empty one waits for points.
        axes: what the axes count.
        limit: where a vertical line stands, and what it means; None: none.
        halves: for every line, half the width of the interval around each of its points.
        x_range: the ends of the x axis; None lets the data decide.

    Returns:
        One trace a line, in the order given.
    """
    fig = curves(lines, axes, look=look, marks=marks)
    for n, trace in enumerate(fig.data):
        colour = getattr(look, ORDER[n % len(ORDER)])
        trace.update(
            mode="lines+markers" if len(lines[n].x) < 2 else "lines",
            line={"color": colour, "dash": DASHES[n % len(DASHES)], "width": 2.4 if n == 0 else 2},
        )
        if n < len(halves) and len(halves[n]):
            trace.update(
                customdata=list(halves[n]),
                hovertemplate="%{y:,.2f} ± %{customdata:,.2f}",
            )
    if x_range:
        fig.update_xaxes(range=list(x_range))
    if limit is not None:
        place, name = limit
        fig.add_shape(
            type="line",
            x0=place,
            x1=place,
            y0=0,
            y1=1,
            yref="paper",
            line={"color": look.soft, "width": 1.5, "dash": "4px,3px"},
        )
        fig.add_annotation(
            x=place,
            y=1,
            yref="paper",
            text=words(name),
            showarrow=False,
            xanchor="left",
            yanchor="top",
            xshift=6,
            font={"color": look.soft, "size": 13},
        )
    return fig
