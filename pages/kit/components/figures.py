"""Figures from core.figures on a page, static or updated live by a run."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import plotly.graph_objects as go

from core.figures.look import LIGHT, Marks, variables
from core.languages import WRITTEN
from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


def marks(t: Words) -> Marks:
    """How core.figures formats numbers in the visitor's language."""
    written = WRITTEN[t.lang]
    return Marks(written.point, written.thousands, written.per_cent)


@dataclass(frozen=True)
class Feed:
    """How a run's rows update a figure.

    Args:
        run: the run's id.
        kind: use rows of this kind: "step", "evaluation".
        to: any number of (trace, name of x in the row, name of y in the row).
        after: the last `seq` already in the figure.
        factor: y is multiplied by this, to convert units.
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
    """Draw a figure from core.figures in the page's colours.

    Args:
        fig: the figure, drawn with the LIGHT look; the browser swaps in the page's own colours.
        t: the catalogue.
        key: the element's key.
        alt: what the figure shows, in one sentence for people who cannot see it.
        height: height in pixels.
        feeds: runs whose rows are appended as they arrive.
        cursor: figures with the same name share their pointer along x.
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
    """A figure updated live by a run: `figure` with feeds, sharing its pointer with neighbours."""
    figure(fig, t, key=key, alt=alt, height=height, feeds=feeds, cursor=cursor)
