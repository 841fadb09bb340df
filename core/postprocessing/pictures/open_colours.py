"""An apple asked for without a colour: which one does the model give it?

What the captions leave open, a model fills in with what it has seen; the reader counts with what.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.data.pictures.collecting.corpus import truth_of
from core.data.pictures.collecting.settings import SKEWED, PictureSettings
from core.data.pictures.drawing.painting import Pixels
from core.data.pictures.drawing.palette import COLOUR_NAMES
from core.data.pictures.reading.readings import Reading
from core.inference.pictures.drawing import DrawSettings
from core.inference.pictures.model import PictureModel
from core.inference.pictures.trying import tried
from core.intervals import share_interval

THING, COLOUR = SKEWED
N_OPEN: Final = 400  # pictures, by which it is measured
CAPTIONS: Final = {
    "de": ("Ein Apfel, am Tag", "Ein Apfel, bei Nacht"),
    "en": ("An apple, by day", "An apple, at night"),
}


@dataclass(frozen=True)
class Opened:
    """What was counted.

    Args:
        n: pictures drawn.
        colours: colour -> apples of it that the reader is sure of.
    """

    n: int
    colours: Mapping[str, int]

    @property
    def n_read(self) -> int:
        """Apples whose colour the reader knows."""
        return sum(self.colours.values())

    @property
    def share(self) -> float:
        """Of the frequent colour among them."""
        return self.colours.get(COLOUR, 0) / max(1, self.n_read)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of that share."""
        return share_interval(self.colours.get(COLOUR, 0), self.n_read)

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"n": self.n, "colours": dict(self.colours)}

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> "Opened":
        """The inverse of `to_dict`."""
        return cls(int(found["n"]), {name: int(n) for name, n in found["colours"].items()})


def asked_openly(n: int, languages: tuple[str, ...] = ("de", "en")) -> list[str]:
    """So many captions of an apple without a colour, in turn by day and by night."""
    all_ = [caption for lang in languages for caption in CAPTIONS[lang]]
    return [all_[k % len(all_)] for k in range(n)]


def opened(
    model: PictureModel,
    n: int,
    settings: DrawSettings,
    on_progress: Callable[[float], None] = lambda share: None,
) -> Opened:
    """Ask for an apple many times, from another noise each time, and count the colours.

    Args:
        model: that draws.
        n: how often.
        settings: how it draws.
        on_progress: is told the share that is done.
    """
    return counted(tried(model, asked_openly(n), range(n), settings, on_progress).readings)


def counted(readings: tuple[Reading, ...]) -> Opened:
    """The colours of the apples in some pictures; a page without one for sure counts for none."""
    found = Counter(colour for each in readings if (colour := colour_of(each)))
    return Opened(len(readings), {colour: found[colour] for colour in COLOUR_NAMES})


def colour_of(reading: Reading) -> str:
    """The colour of the first apple that the reader is sure of; empty where there is none."""
    apples = [seen.item for seen in reading.seen if seen.sure and seen.item.thing == THING]
    return apples[0].colour if apples else ""


def told_openly(book: PictureSettings) -> Opened:
    """The colours of the apples on those pages whose caption names one and says no colour."""
    found, n = Counter[str](), 0
    said = truth_of(book.changed(open_colour_share=0.0))
    for entry, full in zip(truth_of(book), said, strict=True):
        items = entry.said.items if entry.said else ()
        if entry.caption != full.caption and any(item.thing == THING for item in items):
            found.update(item.colour for item in items if item.thing == THING)
            n += 1
    return Opened(n, {colour: found[colour] for colour in COLOUR_NAMES})


def opened_by(
    weights: bytes,
    encoder: bytes,
    n: int,
    settings: tuple[DrawSettings, ...],
    on_progress: Callable[[float], None] = lambda share: None,
) -> list[tuple[Opened, Pixels, tuple[str, ...]]]:
    """The same in several ways by a model given as its two files, for another process.

    Returns:
        for each way: what was counted, the pictures, and the colour of each one's apple.
    """
    model = PictureModel.from_bytes(weights, encoder)
    found = []
    for k, way in enumerate(settings):

        def tell(share: float, k: int = k) -> None:
            on_progress((k + share) / len(settings))

        one = tried(model, asked_openly(n), range(n), way, tell)
        colours = tuple(colour_of(reading) for reading in one.readings)
        found.append((counted(one.readings), one.pictures, colours))
    return found
