"""What all figures look like: colours with a meaning, fonts, and a complete plotly template.

Invariant: within a look every colour that means something is the same in every figure, and no
figure uses a colour from elsewhere. A page may therefore replace each by its own (`variables`).
"""

from dataclasses import dataclass, fields
from functools import lru_cache
from html import escape
from typing import Final

import plotly.graph_objects as go


@dataclass(frozen=True)
class Look:
    """One set of colours (CSS hex) and fonts.

    Args:
        card: what the figure lies on.
        ink: text that must be read.
        soft: text beside it, axes.
        line: grid lines.
        train, valid: text the model practised on, text it never saw.
        query, key, value: the three roles of attention.
        house, yours: the shipped chain, the visitor's own.
        warn: something is wrong.
        accent: the one strong colour where nothing else is meant.
        sans, mono: font families.
    """

    card: str
    ink: str
    soft: str
    line: str
    accent: str
    train: str
    valid: str
    query: str
    key: str
    value: str
    house: str
    yours: str
    warn: str
    sans: str = '"Glassbox Sans", "Segoe UI", sans-serif'
    mono: str = '"Glassbox Mono", ui-monospace, monospace'


LIGHT: Final = Look(
    card="#ffffff",
    ink="#17191c",
    soft="#585e66",
    line="#e3e0d8",
    accent="#0b4f8a",
    train="#0b4f8a",
    valid="#b3561f",
    query="#2f6fb5",
    key="#b4532a",
    value="#3d7f52",
    house="#6b6f76",
    yours="#0b4f8a",
    warn="#a8321f",
)
DARK: Final = Look(
    card="#1a1d21",
    ink="#eceae4",
    soft="#a4abb3",
    line="#2c3137",
    accent="#6fb1ea",
    train="#6fb1ea",
    valid="#eb9d6b",
    query="#7db2ec",
    key="#e59a72",
    value="#84c79a",
    house="#9aa0a7",
    yours="#6fb1ea",
    warn="#ef8a76",
)


@dataclass(frozen=True)
class Marks:
    """How numbers are written.

    Args:
        decimal: before the decimals.
        thousands: between thousands.
        percent: the sign with what parts it from the number.
    """

    decimal: str = "."
    thousands: str = ","
    percent: str = "%"

    def write(self, value: float, digits: int) -> str:
        """`value` with so many decimals."""
        marks = str.maketrans(".,", self.decimal + self.thousands)
        return f"{value:,.{digits}f}".translate(marks)


MARKS: Final = Marks()
"""The English way, for who says nothing."""


def variables(look: Look) -> dict[str, str]:
    """Each colour and font of a look to its name; roles that share a colour give the first."""
    names: dict[str, str] = {}
    for field in fields(look):
        names.setdefault(getattr(look, field.name), field.name)
    return names


@lru_cache(maxsize=8)
def template(look: Look, marks: Marks) -> go.layout.Template:
    """A complete template: nothing is left to plotly's or anybody else's defaults.

    Made once for each look, since that takes plotly a third of the time of a whole figure; figures
    copy it.

    Args:
        look: colours and fonts.
        marks: how numbers are written.
    """
    axis = {
        "gridcolor": look.line,
        "linecolor": look.line,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"size": 13, "color": look.soft},
        "title": {"font": {"size": 13, "color": look.soft}, "standoff": 10},
        "automargin": True,
    }
    return go.layout.Template(
        layout={
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": look.sans, "size": 14, "color": look.ink},
            "colorway": [look.accent, look.valid, look.value, look.house, look.key, look.query],
            "colorscale": {"sequential": [[0.0, look.card], [1.0, look.accent]]},
            "separators": marks.decimal + marks.thousands,
            "margin": {"l": 54, "r": 24, "t": 14, "b": 42},
            "showlegend": False,
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": look.card,
                "bordercolor": look.line,
                "font": {"family": look.sans, "size": 13, "color": look.ink},
            },
            "xaxis": {**axis, "showgrid": False},
            "yaxis": axis,
            "annotationdefaults": {"font": {"size": 13, "color": look.soft}, "showarrow": False},
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
            "bargap": 0.28,
        }
    )


def words(text: str) -> str:
    """A text as plotly shows it literally: plotly reads some tags."""
    return escape(text, quote=False)


def above(text: str) -> dict[str, object]:
    """What the y axis counts, upright above it instead of lying beside it."""
    place = {"x": 0, "y": 1, "xref": "paper", "yref": "paper"}
    return {"text": words(text), "xanchor": "left", "yanchor": "bottom", "yshift": 8, **place}


def figure_of(
    look: Look, marks: Marks, traces: list[go.Scatter] | list[go.Bar], **layout: object
) -> go.Figure:
    """A figure of these traces in this look."""
    return go.Figure(data=traces, layout={"template": template(look, marks), **layout})
