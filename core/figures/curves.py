"""What a run does over its steps: loss, learning rate, shares.

Every curve carries its name at its newest point (`end_digits` in a trace's `meta` says to how many
decimals), so that nobody has to look up a legend; practised and unseen text differ in dash as well
as in colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final, Literal

import plotly.graph_objects as go

from core.figures.look import LIGHT, Look, figure_of

Role = Literal["train", "valid", "accent", "value", "house", "key"]

DASHES: Final[dict[tuple[Role, int], str]] = {("train", 0): "solid", ("valid", 0): "7px,4px"}
LANE_DASHES: Final = ("solid", "1px,4px")
WIDTHS: Final = {"train": 1.8, "valid": 2.4}


@dataclass(frozen=True)
class Curve:
    """One line of a figure.

    Args:
        name: stands at its end.
        x, y: its points, of one length; x rises.
        role: what its colour means.
        lane: 0, or 1 for the second of a pair, which is dotted.
        end_digits: decimals of the value beside the name.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    role: Role = "accent"
    lane: int = 0
    end_digits: int = 2


@dataclass(frozen=True)
class Axes:
    """What stands at the axes."""

    x: str
    y: str


def curves(
    lines: Sequence[Curve],
    axes: Axes,
    *,
    y_range: tuple[float, float] | None = None,
    y_format: str = "",
    log_y: bool = False,
    look: Look = LIGHT,
    separators: str = ".,",
) -> go.Figure:
    """Lines over steps, each named at its newest point.

    Args:
        lines: at least one; an empty one waits for live points.
        axes: what the axes count, with units.
        y_range: the ends of the y axis; None lets the data decide.
        y_format: a d3 format for ticks and hovering, such as ".0%".
        log_y: equal steps on the axis are equal factors.
        look: colours and fonts.
        separators: the decimal mark and the mark between thousands.

    Returns:
        One trace a line, in the order given.
    """
    y_axis: dict[str, Any] = {"title": {"text": axes.y}, "tickformat": y_format}
    if y_range:
        y_axis["range"] = list(y_range)
    if log_y:
        y_axis["type"] = "log"
    longest = max((len(line.name) for line in lines), default=0)
    return figure_of(
        look,
        separators,
        [_trace(line, look, y_format) for line in lines],
        xaxis={"title": {"text": axes.x}, "rangemode": "tozero"},
        yaxis=y_axis,
        hovermode="x unified",
        margin={"l": 54, "r": 52 + 7 * longest, "t": 14, "b": 42},
        annotations=_ends(lines, look, separators, log_y),
    )


def _trace(line: Curve, look: Look, y_format: str) -> go.Scatter:
    dash = DASHES.get((line.role, line.lane)) or LANE_DASHES[line.lane]
    return go.Scatter(
        x=list(line.x),
        y=list(line.y),
        name=escape(line.name),
        mode="lines+markers" if line.role == "valid" else "lines",
        marker={"size": 5, "symbol": "diamond-open" if line.lane else "circle"},
        line={
            "color": getattr(look, line.role),
            "dash": dash,
            "width": WIDTHS.get(line.role, 2),
        },
        meta={"end_digits": line.end_digits},
        hovertemplate=f"%{{y:{y_format or f'.{line.end_digits}f'}}}",
    )


def _ends(lines: Sequence[Curve], look: Look, separators: str, log_y: bool) -> list[dict[str, Any]]:
    """Names at the newest points; neighbours in height lean away from each other."""
    import math

    told = sorted((line for line in lines if line.y), key=lambda line: line.y[-1])
    return [
        {
            "name": f"end:{line.name}",
            "x": line.x[-1],
            "y": math.log10(line.y[-1]) if log_y and line.y[-1] > 0 else line.y[-1],
            "text": f"{escape(line.name)} {_written(line, separators)}",
            "font": {"color": getattr(look, line.role), "size": 13},
            "xanchor": "left",
            "yanchor": "top" if rank == 0 and len(told) > 1 else "bottom" if rank else "middle",
            "xshift": 8,
        }
        for rank, line in enumerate(told)
    ]


def _written(line: Curve, separators: str) -> str:
    marks = str.maketrans({".": separators[0], ",": separators[1]})
    return f"{line.y[-1]:,.{line.end_digits}f}".translate(marks)


def loss_curve(
    lines: Sequence[Curve], axes: Axes, *, look: Look = LIGHT, separators: str = ".,"
) -> go.Figure:
    """Loss over steps: text practised on against text never seen, one or two lanes.

    Args:
        lines: roles "train" and "valid"; y in the unit that `axes` names.
        axes: what the axes count, such as "steps" and "bits per byte".
        look: colours and fonts.
        separators: the decimal mark and the mark between thousands.
    """
    return curves(lines, axes, look=look, separators=separators)


def learning_rate_curve(
    steps: Sequence[float],
    rates: Sequence[float],
    name: str,
    axes: Axes,
    *,
    now: float | None = None,
    look: Look = LIGHT,
    separators: str = ".,",
) -> go.Figure:
    """The learning rate over the steps of a run.

    Args:
        steps, rates: the plan, or what was used so far.
        name: stands at the line's end.
        axes: what the axes count.
        now: the step a run has reached, marked by a line; None: not running.
        look: colours and fonts.
        separators: the decimal mark and the mark between thousands.
    """
    line = Curve(name, steps, rates, role="accent", end_digits=4)
    fig = curves([line], axes, y_format="~g", look=look, separators=separators)
    if now is not None:
        fig.add_shape(
            type="line", x0=now, x1=now, y0=0, y1=1, yref="paper", line={"color": look.soft}
        )
    return fig
