"""How much of what: shares, counts and distributions as bars.

Bars start at zero. Names and values are written at the bars; a second meaning (dropped, copied,
the second of a pair) shows in the pattern as well as in the colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.figures.curves import Axes
from core.figures.look import LIGHT, MARKS, Look, Marks, above, figure_of, words


@dataclass(frozen=True)
class Amount:
    """One bar.

    Args:
        name: what it counts.
        value: its length.
        shown: the value as it is written at the bar.
    """

    name: str
    value: float
    shown: str


def parameter_shares(
    parts: Sequence[Amount], *, look: Look = LIGHT, marks: Marks = MARKS
) -> go.Figure:
    """Where a model keeps its parameters: one horizontal bar a part, largest on top.

    Args:
        parts: parameters of each part; those with none are left out.
        look: colours and fonts.
        marks: how numbers are written.
    """
    ranked = sorted((part for part in parts if part.value), key=lambda part: part.value)
    return _lying(ranked, look.accent, look, marks)


def token_frequency(
    tokens: Sequence[Amount], *, look: Look = LIGHT, marks: Marks = MARKS
) -> go.Figure:
    """The most frequent tokens of a text, the most frequent on top.

    Args:
        tokens: token texts with their counts.
        look: colours and fonts.
        marks: how numbers are written.
    """
    return _lying(sorted(tokens, key=lambda t: t.value), look.accent, look, marks, mono=True)


def _lying(
    amounts: Sequence[Amount],
    colour: str,
    look: Look,
    marks: Marks,
    mono: bool = False,
) -> go.Figure:
    trace = go.Bar(
        orientation="h",
        x=[amount.value for amount in amounts],
        # Positions, not names: two tokens may look the same.
        y=list(range(len(amounts))),
        text=[words(amount.shown) for amount in amounts],
        textposition="outside",
        cliponaxis=False,
        textfont={"color": look.ink, "size": 13},
        marker={"color": colour},
        hoverinfo="skip",
    )
    return figure_of(
        look,
        marks,
        [trace],
        xaxis={"visible": False, "fixedrange": True, "rangemode": "tozero"},
        yaxis={
            "tickmode": "array",
            "tickvals": list(range(len(amounts))),
            "ticktext": [words(amount.name) for amount in amounts],
            "tickfont": {
                "color": look.ink,
                "size": 13,
                "family": look.mono if mono else look.sans,
            },
            "showgrid": False,
            "fixedrange": True,
        },
        margin={"l": 20, "r": 76, "t": 6, "b": 6},
    )


def length_histogram(
    lengths: Sequence[int],
    axes: Axes,
    *,
    n_bins: int = 30,
    look: Look = LIGHT,
    marks: Marks = MARKS,
) -> go.Figure:
    """How long the documents are.

    Args:
        lengths: one a document.
        axes: what the axes count.
        n_bins: at most so many bars of one width.
        look: colours and fonts.
        marks: how numbers are written.
    """
    width = max(1, -(-(max(lengths, default=0) + 1) // n_bins))
    counts = [0] * (max(lengths, default=0) // width + 1)
    for length in lengths:
        counts[length // width] += 1
    starts = [i * width for i in range(len(counts))]
    trace = go.Bar(
        x=[start + width / 2 for start in starts],
        y=counts,
        width=[width * 0.92] * len(counts),
        marker={"color": look.accent},
        customdata=[[start, start + width - 1] for start in starts],
        hovertemplate="%{customdata[0]}–%{customdata[1]}: %{y:,d}<extra></extra>",
    )
    return figure_of(
        look,
        marks,
        [trace],
        xaxis={"title": {"text": words(axes.x)}, "rangemode": "tozero"},
        yaxis={"rangemode": "tozero"},
        annotations=[above(axes.y)],
        margin={"l": 50, "r": 24, "t": 30, "b": 42},
    )


@dataclass(frozen=True)
class FilterWords:
    """What the two rows of bars are called."""

    before: str
    after: str
    dropped: str


def filter_bars(
    tokens: Sequence[str],
    before: Sequence[float],
    after: Sequence[float],
    names: FilterWords,
    *,
    look: Look = LIGHT,
    marks: Marks = MARKS,
) -> go.Figure:
    """The next token's distribution before and after the filters, the likeliest on top.

    Args:
        tokens: texts of the candidates.
        before: their probabilities, shares of 1.
        after: the same after temperature and filters; dropped ones are exactly 0.
        names: for what is seen.
        look: colours and fonts.
        marks: how numbers are written.

    Returns:
        Two bars a candidate; a dropped candidate stays in its row and is named as dropped.

    Raises:
        ValueError: the three do not have one length.
    """
    rows = list(zip(tokens, before, after, strict=True))[::-1]
    place = list(range(len(rows)))
    shared = {
        "orientation": "h",
        "y": place,
        "hovertemplate": f"%{{x:.1f}}{marks.percent}<extra>%{{fullData.name}}</extra>",
    }
    earlier = go.Bar(
        x=[100 * row[1] for row in rows],
        name=names.before,
        marker={
            "color": look.card,
            "line": {"color": look.house, "width": 1.2},
            "pattern": {"shape": "/", "fgcolor": look.house, "size": 4, "solidity": 0.2},
        },
        **shared,
    )
    later = go.Bar(
        x=[100 * row[2] for row in rows],
        name=names.after,
        marker={"color": look.accent},
        text=["" if row[2] else names.dropped for row in rows],
        textposition="outside",
        cliponaxis=False,
        textfont={"color": look.soft},
        **shared,
    )
    return figure_of(
        look,
        marks,
        [later, earlier],
        xaxis={"ticksuffix": marks.percent, "rangemode": "tozero", "showgrid": True},
        yaxis={
            "tickmode": "array",
            "tickvals": place,
            "ticktext": [words(row[0]) for row in rows],
            "tickfont": {"family": look.mono, "color": look.ink},
            "showgrid": False,
        },
        barmode="group",
        showlegend=True,
    )
