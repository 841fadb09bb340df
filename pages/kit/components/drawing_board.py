"""A board of few pixels to draw on; what is drawn comes back once, when the visitor hands it in."""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Paint:
    """A colour to draw with."""

    name: str
    rgb: tuple[int, int, int]


@dataclass(frozen=True)
class Ground:
    """What a drawing begins on: its name and its (S, S, 3) pixels."""

    name: str
    pixels: Pixels


def drawing_board(
    t: Words,
    *,
    key: str,
    paints: Sequence[Paint],
    grounds: Sequence[Ground],
    take: str = "",
) -> Pixels | None:
    """A board as large as its grounds.

    Args:
        paints: the colours, at most nine of them on the number keys.
        grounds: what can be begun on; the first one is there at first.
        take: the words on the button that hands it in; empty: those for the corpus.

    Returns:
        The (S, S, 3) pixels handed in in this rerun, or None.
    """
    size = int(grounds[0].pixels.shape[0])
    data = {
        "size": size,
        "paints": [{"name": each.name, "rgb": list(each.rgb)} for each in paints],
        "grounds": [
            {"name": each.name, "pixels": b64encode(each.pixels.tobytes()).decode("ascii")}
            for each in grounds
        ],
        "words": {
            "board": t("components.board"),
            "paints": t("components.board_paints"),
            "ground": t("components.board_ground"),
            "thick": t("components.board_thick", n="{n}"),
            "undo": t("components.board_undo"),
            "take": take or t("components.board_take"),
            "place": t("components.board_place", row="{row}", column="{column}"),
        },
    }
    return pixels_of(mount("drawing_board", key, data, "drawn").drawn, size)


def pixels_of(drawn: Any, size: int) -> Pixels | None:
    """What the browser sent as pixels; None unless it is exactly a drawing of that size."""
    try:
        found = np.frombuffer(b64decode(drawn["pixels"], validate=True), np.uint8)
        return found.reshape(size, size, 3)
    except (TypeError, KeyError, ValueError, Error):
        return None
