"""What a run does over its steps: loss, learning rate, shares.

Every curve carries its name at its newest point, so that nobody has to look up a legend; practised
and unseen text differ in dash as well as in colour. A trace's `meta` says how its newest value is
written (`end_digits`, `end_suffix`), for whoever appends points.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import plotly.graph_objects as go

from core.figures.look import LIGHT, MARKS, Look, Marks, above, figure_of, words

Role = Literal["train", "valid", "accent", "value", "house", "key"]

DASHES: Final[dict[str, str]] = {"valid": "7px,4px"}
SECOND_LANE_DASH: Final = "1px,4px"
WIDTHS: Final[dict[str, float]] = {"train": 1.8, "valid": 2.4}
CHARACTER_PX: Final = 7.4
"""width of an average character at the size of the names"""


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
    """What the axes count, units included."""

    x: str
    y: str


@dataclass(frozen=True)
class LogSteps:
    """An x axis on which equal distances are equal factors, so that the first steps are seen.

    Args:
        first, last: the ends of the axis, in steps; first > 0.
        ticks: the steps that are named; 0 stands at the left end, where nothing lies before it.
    """

    first: float
    last: float
    ticks: Sequence[float]

    def at(self, step: float) -> float:
        """Where a step is drawn: 0, which has no place on such an axis, at its left end."""
        return max(step, self.first)

    def axis(self, marks: Marks) -> dict[str, Any]:
        """As plotly wants it."""
        length = math.log10(self.last / self.first)
        room = 0.03 * length  # for the newest point's marker, and between the noughts of both axes
        return {
            "type": "log",
            "range": [math.log10(self.first) - room, math.log10(self.first) + length + room],
            "tickvals": [self.at(step) for step in self.ticks],
            "ticktext": [marks.write(step, 0) for step in self.ticks],
        }


def powers_of_ten(last: float) -> list[float]:
    """1, 10, 100, … up to `last`."""
    return [10.0**n for n in range(int(math.log10(max(1.0, last))) + 1)]


def curves(
    lines: Sequence[Curve],
    axes: Axes,
    *,
    y_range: tuple[float, float] | None = None,
    percent: bool = False,
    log_y: bool = False,
    log_x: LogSteps | None = None,
    look: Look = LIGHT,
    marks: Marks = MARKS,
) -> go.Figure:
    """Lines over steps, each named at its newest point.

    Args:
        lines: at least one; an empty one waits for points.
        axes: what the axes count.
        y_range: the ends of the y axis, in the unit of y; None lets the data decide.
        percent: y are shares of 1 and shown as percentages; points appended later are times 100.
        log_y: equal steps on the axis are equal factors; y must be positive.
        log_x: the same for x; None: equal steps are equal counts.
        look: colours and fonts.
        marks: how numbers are written.

    Returns:
        One trace a line, in the order given.
    """
    scale, suffix = (100, marks.percent) if percent else (1, "")
    y_axis: dict[str, Any] = {"ticksuffix": suffix, "type": "log" if log_y else "linear"}
    if y_range:
        ends = [scale * end for end in y_range]
        y_axis["range"] = [math.log10(end) for end in ends] if log_y else ends
    told = [_end(line, scale, suffix, marks) for line in lines]
    longest = max((len(text) for text in told), default=0)
    return figure_of(
        look,
        marks,
        [_trace(line, scale, suffix, look, log_x) for line in lines],
        xaxis={
            "title": {"text": words(axes.x)},
            "rangemode": "tozero",
            "unifiedhovertitle": {"text": f"{words(axes.x)} %{{x:,}}"},
            **(log_x.axis(marks) if log_x else {}),
        },
        yaxis=y_axis,
        hovermode="closest" if log_x and _has_start(lines) else "x unified",
        margin={"l": 50, "r": 22 + CHARACTER_PX * longest, "t": 30, "b": 42},
        annotations=[above(axes.y), *_ends(lines, told, scale, log_y, look, log_x)],
    )


def _has_start(lines: Sequence[Curve]) -> bool:
    """Whether a line begins at step 0, which a logarithmic axis draws elsewhere."""
    return any(len(line.x) and line.x[0] <= 0 for line in lines)


def _trace(
    line: Curve, scale: float, suffix: str, look: Look, log_x: LogSteps | None
) -> go.Scatter:
    starts = log_x is not None and _has_start([line])
    return go.Scatter(
        x=[log_x.at(x) if log_x else x for x in line.x],
        customdata=list(line.x) if starts else None,
        y=[scale * y for y in line.y],
        name=words(line.name),
        mode="lines+markers" if line.role == "valid" else "lines",
        marker={"size": 5, "symbol": "diamond-open" if line.lane else "circle"},
        line={
            "color": getattr(look, line.role),
            "dash": SECOND_LANE_DASH if line.lane else DASHES.get(line.role, "solid"),
            "width": WIDTHS.get(line.role, 2),
        },
        meta={"end_digits": line.end_digits, "end_suffix": suffix},
        hovertemplate=("%{customdata:,}: " if starts else "")
        + f"%{{y:,.{line.end_digits}f}}{suffix}",
    )


def _end(line: Curve, scale: float, suffix: str, marks: Marks) -> str:
    """A line's name and newest value; of an empty line the room a value will need."""
    value = marks.write(scale * line.y[-1], line.end_digits) if line.y else "0" * 4
    return f"{line.name} {value}{suffix}"


def _ends(
    lines: Sequence[Curve],
    told: Sequence[str],
    scale: float,
    log_y: bool,
    look: Look,
    log_x: LogSteps | None,
) -> list[dict[str, Any]]:
    """Names at the newest points; the lowest hangs below its point, the others stand above."""
    ranked = sorted(
        ((line, text) for line, text in zip(lines, told, strict=True) if line.y),
        key=lambda pair: pair[0].y[-1],
    )
    return [
        {
            "name": f"end:{line.name}",
            "x": math.log10(log_x.at(line.x[-1])) if log_x else line.x[-1],
            "y": math.log10(scale * line.y[-1]) if log_y else scale * line.y[-1],
            "text": words(text),
            "font": {"color": getattr(look, line.role)},
            "xanchor": "left",
            "yanchor": "top" if rank == 0 and len(ranked) > 1 else "bottom" if rank else "middle",
            "xshift": 8,
        }
        for rank, (line, text) in enumerate(ranked)
    ]
