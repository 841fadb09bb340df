"""What parts bring to a whole: bars to either side of zero, and a grid of shares."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.figures.look import LIGHT, MARKS, Look, Marks, figure_of, words

ROW_PX = 24
"""height of a bar with its gap"""


def bars(
    names: Sequence[str],
    values: Sequence[float],
    axis: str,
    *,
    look: Look = LIGHT,
    marks: Marks = MARKS,
) -> go.Figure:
    """Horizontal bars to either side of zero, the first on top.

    Args:
        names: of the bars.
        values: their lengths; below zero to the left.
        axis: what they count.
    """
    told = [("+" if value > 0 else "") + marks.write(value, 2) for value in values]
    trace = go.Bar(
        x=list(values),
        y=[words(name) for name in names],
        orientation="h",
        text=[each.replace("-", "−") for each in told],
        textposition="outside",
        cliponaxis=False,
        marker={"color": [look.accent if value >= 0 else look.valid for value in values]},
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    widest = max((abs(value) for value in values), default=1.0) or 1.0
    low = min(0.0, *values) if values else 0.0
    high = max(0.0, *values) if values else 1.0
    return figure_of(
        look,
        marks,
        [trace],
        xaxis={
            "title": {"text": words(axis)},
            "range": [low - 0.25 * widest if low < 0 else 0.0, high + 0.25 * widest],
            "zeroline": True,
            "zerolinecolor": look.soft,
        },
        yaxis={"autorange": "reversed", "showgrid": False},
    )


def heat(
    shares: Sequence[Sequence[float]],
    columns: Sequence[str],
    rows: Sequence[str],
    axis: str,
    *,
    look: Look = LIGHT,
    marks: Marks = MARKS,
) -> go.Figure:
    """A grid of shares of 1, darker the larger, the first row at the bottom.

    Args:
        shares: a row for each of `rows`.
        columns: what stands below each column; equal ones are kept apart.
        rows: what stands beside each row.
        axis: what the rows are.
    """
    n = len(columns)
    told = [[marks.write(100 * share, 0) + marks.percent for share in row] for row in shares]
    trace = go.Heatmap(
        z=[list(row) for row in shares],
        x=list(range(n)),
        y=list(range(len(rows))),
        zmin=0.0,
        zmax=1.0,
        colorscale=[[0.0, look.card], [1.0, look.accent]],
        showscale=False,
        xgap=2,
        ygap=2,
        text=told,
        texttemplate="%{text}" if n <= 14 else None,
        customdata=[[words(column) for column in columns] for _ in rows],
        hovertemplate="%{customdata}: %{text}<extra></extra>",
    )
    return figure_of(
        look,
        marks,
        [trace],
        xaxis={
            "tickvals": list(range(n)),
            "ticktext": [words(column) for column in columns],
            "showgrid": False,
        },
        yaxis={
            "tickvals": list(range(len(rows))),
            "ticktext": [words(row) for row in rows],
            "title": {"text": words(axis)},
            "showgrid": False,
        },
    )
