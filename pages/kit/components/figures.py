"""Figures of core.figures on a page, still or moved by a run."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import plotly.graph_objects as go

from core.figures.look import LIGHT, Marks, variables
from pages.kit import numbers
from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


def marks(t: Words) -> Marks:
    """How core.figures writes numbers in the visitor's language."""
    return Marks(",", numbers.THIN, numbers.THIN + "%") if t.lang == "de" else Marks()


@dataclass(frozen=True)
class Feed:
    """How a run's rows move a figure.

    Args:
        run: the run's id.
        kind: rows of this kind are taken: "step", "evaluation".
        to: (trace, name of x in the row, name of y in the row), any number of times.
        after: the last `seq` that the figure already holds.
        factor: y is multiplied by this, for other units.
    """

    run: str
    kind: str
    to: Sequence[tuple[int, str, str]]
    after: int = -1
    factor: float = 1.0


def figure(
    fig: go.Figure,
    t: Words,
    *,
    key: str,
    alt: str,
    height: int = 300,
    feeds: Sequence[Feed] = (),
    cursor: str | None = None,
) -> None:
    """Draw a figure of core.figures in the page's colours.

    Args:
        fig: the figure, drawn with the LIGHT look; the browser puts the page's own colours in.
        t: the catalogue.
        key: the element's key.
        alt: what the figure shows, in a sentence for those who cannot see it.
        height: in pixels.
        feeds: runs whose rows are appended as they come.
        cursor: figures of one name share their pointer along x.
    """
    fed = [
        {**asdict(feed), "to": [{"trace": i, "x": x, "y": y} for i, x, y in feed.to]}
        for feed in feeds
    ]
    data = {
        "fig": json.loads(fig.to_json() or "{}"),
        "look": variables(LIGHT),
        "height": height,
        "alt": alt,
        "feeds": fed,
        "cursor": cursor,
        "same": key,
        "lang": t.lang,
        "words": {"whole": t("components.whole_figure")},
    }
    mount("figure", key, data)


def live_figure(
    fig: go.Figure,
    t: Words,
    *,
    key: str,
    alt: str,
    feeds: Sequence[Feed],
    height: int = 300,
    cursor: str | None = "step",
) -> None:
    """A figure that a run moves: `figure` with feeds, sharing its pointer with its neighbours."""
    figure(fig, t, key=key, alt=alt, height=height, feeds=feeds, cursor=cursor)
