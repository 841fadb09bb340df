"""Where pictures are drawn: one request at a time, in a thread beside the event loop.

What it holds up: torch computes with one thread and lets go of Python's lock while it does, so
pages and streams go on; a second request for pictures waits for the first. A drawing cannot be
broken off: if its client leaves, it is finished for nobody and keeps its places until then.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from secrets import token_urlsafe
from time import monotonic
from typing import Final

import torch

from core.data.pictures import Holding, Pixels
from core.house.pictures.filtering import house_filter
from core.inference.pictures import DrawSettings
from core.postprocessing.pictures.line import Finished, LineSettings, finish, is_held
from core.postprocessing.pictures.origin import PictureOrigin
from core.postprocessing.pictures.painters import Mask, Painter
from core.postprocessing.pictures.prompt_filter import Wish, judged

MOST_FILES: Final = 200  # on the shelf
KEPT_S: Final = 3600.0


@dataclass(frozen=True)
class Order:
    """Everything that is asked for at once.

    Args:
        text: what the pictures should show.
        seeds: one a picture.
        drawing: how.
        line: what the stages do.
        written_at: UTC, ISO 8601.
        lang: of the text; empty: whichever fits.
        start, redraw: a picture to begin from, and where it is drawn anew.
    """

    text: str
    seeds: Sequence[int]
    drawing: DrawSettings
    line: LineSettings
    written_at: str
    lang: str = ""
    start: Pixels | None = None
    redraw: Mask | None = None


class Studio:
    """Draws and finishes pictures, one order after the other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def wish(self, order: Order, holdings: Sequence[Holding], painter: Painter) -> Wish:
        """Judge what is asked of a painter."""
        learned = painter.words_learned
        return judged(order.text, holdings, order.lang, order.line.house_rule, learned)

    def fill(self, order: Order, wish: Wish, painter: Painter) -> list[Finished]:
        """Draw and finish every picture of an order; blocks until it is this order's turn.

        Raises:
            InputError: the painter cannot draw it.
        """
        origin = self._origin(order, painter)
        if is_held(wish, order.line):
            return [finish(wish, None, origin, order.line) for _ in order.seeds]
        with self._lock:
            n_threads = torch.get_num_threads()
            torch.set_num_threads(1)
            try:
                pictures = painter.paint(
                    [order.text] * len(order.seeds), order.seeds, order.drawing,
                    order.start, order.redraw,
                )  # fmt: skip
                return [
                    finish(wish, picture, replace(origin, seed=seed), order.line, house_filter())
                    for picture, seed in zip(pictures, order.seeds, strict=True)
                ]
            finally:
                torch.set_num_threads(n_threads)

    def _origin(self, order: Order, painter: Painter) -> PictureOrigin:
        drawing = order.drawing
        settings = {
            **{"n_steps": drawing.n_steps, "sampler": drawing.sampler},
            **{"guidance": drawing.guidance, "negative": drawing.negative},
            **({"strength": drawing.strength} if order.start is not None else {}),
        }
        return PictureOrigin(
            model=painter.model_id,
            caption=order.text,
            settings=settings,
            written_at=order.written_at,
        )


@dataclass
class Shelf:
    """Finished files for `response_format: url`, for an hour at most, in memory alone.

    A file's name is its secret: who knows it may fetch it.
    """

    clock: Callable[[], float] = monotonic
    _files: "OrderedDict[str, tuple[float, bytes, str]]" = field(default_factory=OrderedDict)

    def put(self, data: bytes, media_type: str, ending: str) -> str:
        """Keep a file; returns its name."""
        name = f"{token_urlsafe(24)}.{ending}"
        self._files[name] = (self.clock(), data, media_type)
        while len(self._files) > MOST_FILES:
            self._files.popitem(last=False)
        return name

    def get(self, name: str) -> tuple[bytes, str] | None:
        """A file and its media type; None if it is not there, or no longer."""
        kept_at, data, media_type = self._files.get(name, (0.0, b"", ""))
        if not data or self.clock() - kept_at > KEPT_S:
            self._files.pop(name, None)
            return None
        return data, media_type
