"""A picture on its way through the stages of step 6: stations in a row, the chosen one large."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st
from PIL import Image

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


def as_source(picture: npt.NDArray[np.uint8]) -> str:
    """A picture, (H, W, 3) or grey (H, W), as an address that holds all of it, pixel for pixel."""
    return _encoded(picture.shape, picture.tobytes())


@st.cache_data(max_entries=512, show_spinner=False)  # one of 256 px takes some 20 ms to encode
def _encoded(shape: tuple[int, ...], levels: bytes) -> str:
    picture = np.frombuffer(levels, np.uint8).reshape(shape)
    file = BytesIO()
    if max(shape) <= 64:
        Image.fromarray(picture).save(file, "PNG")
        return "data:image/png;base64," + b64encode(file.getvalue()).decode()
    Image.fromarray(picture).save(file, "WEBP", lossless=True, quality=40, method=2)
    return "data:image/webp;base64," + b64encode(file.getvalue()).decode()


@dataclass(frozen=True)
class Shot:
    """One picture of a station.

    Args:
        src: as `as_source` gives it.
        name: what it is, in a word or two.
        about: more, after the name.
        alt: what is in it, for those who do not see it.
        sharp: whether its pixels are shown as squares.
        heat: a number for each patch, laid over it.
    """

    src: str
    name: str
    about: str = ""
    alt: str = ""
    sharp: bool = False
    heat: Sequence[Sequence[float]] | None = None


@dataclass(frozen=True)
class Piece:
    """A piece of a caption: `kind` says what became of it, `said` the same in words."""

    text: str
    kind: str = ""
    said: str = ""


@dataclass(frozen=True)
class Gauge:
    """The filter's score, and what each threshold would cost: (threshold, missed, alarms)."""

    score: float
    shown: str
    curve: Sequence[tuple[float, float, float]]


@dataclass(frozen=True)
class Station:
    """One stage and what it did.

    Args:
        key: the stage's name.
        name, title: short and in full.
        short: the outcome in two or three words.
        outcome: as the trail has it.
        lines: sentences.
        rows: what was measured: name and value.
        why: a remark, last.
        shots: pictures, the most important first.
        thumb, said, kind: what the station shows: a picture, else the caption, else a word.
        pieces, key_of: the caption in pieces; kind, name and number of each kind.
        gauge: of the filter.
        empty: there was nothing for it to do.
    """

    key: str
    name: str
    title: str
    short: str
    outcome: str
    lines: Sequence[str] = ()
    rows: Sequence[tuple[str, str]] = ()
    why: str = ""
    shots: Sequence[Shot] = ()
    thumb: str = ""
    sharp: bool = False
    said: str = ""
    kind: str = ""
    pieces: Sequence[Piece] | None = None
    key_of: Sequence[tuple[str, str, int]] | None = None
    gauge: Gauge | None = None
    empty: bool = False


@dataclass(frozen=True)
class Way:
    """All stations, and how they are shown.

    Args:
        stations: in their order.
        threshold: of the filter, where the visitor left it.
        chosen: the station that is open at first.
        plays: whether they are opened one after the other by themselves.
        words: what the browser says by itself.
    """

    stations: Sequence[Station]
    threshold: float
    chosen: str
    plays: bool
    words: Mapping[str, str] = field(default_factory=dict)


def picture_line(way: Way, t: Words, *, key: str) -> float | None:
    """Show the line.

    Returns:
        where the visitor left the filter's threshold; None before.
    """
    data: dict[str, Any] = {
        "stages": [asdict(station) for station in way.stations],
        "threshold": way.threshold,
        "chosen": way.chosen,
        "plays": way.plays,
        "words": dict(way.words),
        "lang": t.lang,
    }
    result = mount("picture_line", key, data, "threshold")
    return None if result.threshold is None else float(result.threshold)
