"""Squares whose areas are sizes, from a dot to the largest, with a zoom that stops at each."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


@dataclass(frozen=True)
class Square:
    """A model as a square.

    Args:
        key: unique among the squares.
        name: as it is written in it.
        value: its area.
        whose: "house" or "yours" for a model of ours, "" for a published one.
    """

    key: str
    name: str
    value: float
    whose: str


@dataclass(frozen=True)
class ZoomStop:
    """A size at which the zoom stops.

    Args:
        value: area of the square that then fills the view.
        name: of the models of that size.
        figures: their figures, in words.
        lines: what else is said about it.
    """

    value: float
    name: str
    figures: Sequence[str]
    lines: Sequence[str]


def scale_zoom(
    squares: Sequence[Square],
    stops: Sequence[ZoomStop],
    t: Words,
    *,
    key: str,
    id_: str,
    target: str,
    question: str,
    answer: str,
    guesses: bool,
    play: bool,
) -> None:
    """Draw the squares, all in one corner; buttons, a slider and the keyboard zoom.

    Args:
        squares: from small to large.
        stops: from small to large.
        id_: changes when the squares do.
        target: key of the square whose size is guessed.
        question: what is to be guessed.
        answer: its figure, in words.
        guesses: whether it is guessed at all: only where a square of the example model is there.
        play: zoom out by itself, once.
    """
    data = {
        "squares": [asdict(square) for square in squares],
        "stops": [asdict(stop) for stop in stops],
        "id": id_,
        "lang": t.lang,
        "target": target,
        "question": question,
        "answer": answer,
        "guesses": guesses,
        "play": play,
        "words": {
            "zoom": t("scale.zoom"),
            "smaller": t("scale.smaller"),
            "larger": t("scale.larger"),
            "stops": t("scale.stops"),
            "guess": t("scale.guess"),
            "guessed": t("scale.guessed", n="{n}"),
            "reveal": t("scale.reveal"),
            "again": t("scale.guess_again"),
            "your_guess": t("scale.your_guess"),
            "right": t("scale.guess_right", guess="{guess}", n="{n}"),
            "too_small": t("scale.guess_small", guess="{guess}", n="{n}", off="{off}"),
            "too_large": t("scale.guess_large", guess="{guess}", n="{n}", off="{off}"),
            "pixels": t("scale.pixels", n="{n}"),
            "pixel": t("scale.pixel", n="{n}"),
            "picture": t("scale.picture", name="{name}", names="{names}"),
            "million": t("scale.n_million", n="{n}"),
            "billion": t("scale.n_billion", n="{n}"),
            "trillion": t("scale.n_trillion", n="{n}"),
        },
    }
    mount("scale_zoom", key, data)
