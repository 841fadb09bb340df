"""How well a model draws what is asked for: scenes it is asked for, and the reader's verdict.

The reader knows our drawings and no caption; what it cannot read does not count as right.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from core.data.pictures.collecting.sampling import draw_held_out_scene, draw_scene
from core.data.pictures.collecting.settings import PictureSettings
from core.data.pictures.drawing.painting import Pixels
from core.data.pictures.reading.reader import read
from core.data.pictures.reading.readings import Agreement, Reading, compare
from core.data.pictures.scenes import Scene
from core.data.pictures.tensors import to_levels
from core.data.pictures.wording.captions import captions
from core.inference.pictures.drawing import DrawSettings, frames
from core.inference.pictures.model import PictureModel
from core.languages import LANGS
from core.pieces import outcome_of

N_AT_ONCE: Final = 16  # pictures drawn together: a question to the model is a piece of work
N_READ_AT_ONCE: Final = 8
PARTS: Final = ("things", "colours", "sides", "numbers", "sky", "whole")  # of a scene, in shares


@dataclass(frozen=True)
class Wish:
    """A picture that is asked for.

    Args:
        scene: what it should show.
        caption: in words.
        lang: of the caption.
        seed: of its noise.
    """

    scene: Scene
    caption: str
    lang: str
    seed: int


@dataclass(frozen=True)
class Drawn:
    """A wish, its picture and what the reader says of it."""

    wish: Wish
    picture: Pixels  # (S, S, 3)
    reading: Reading
    agreement: Agreement

    def as_row(self) -> dict[str, Any]:
        """The verdict in the form stored in a run's row."""
        seen, agreed = self.reading.scene, self.agreement
        return {
            "caption": self.wish.caption,
            "lang": self.wish.lang,
            "seed": self.wish.seed,
            "scene": self.wish.scene.to_dict(),
            "read": None if seen is None else seen.to_dict(),
            "reason": self.reading.reason,
            "whole": agreed.whole,
            "things": agreed.things,
            "colours": agreed.colours,
            "sides": agreed.place,
            "number": agreed.number,
            "sky": agreed.sky,
        }


def wishes(
    draw: Callable[[PictureSettings, Random], Scene],
    settings: PictureSettings,
    n: int,
    seed: int,
    languages: Sequence[str] = LANGS,
) -> list[Wish]:
    """Scenes to be asked for, in turn in each of the languages; the same from the same seed.

    Args:
        draw: a scene from settings and chance, such as `draw_scene` or `draw_held_out_scene`.
        settings: of the picture book.
        n: how many.
        seed: of scenes, wordings and noises.
        languages: of the captions.
    """
    random = Random(seed)
    found = []
    for k in range(n):
        scene, lang = draw(settings, random), languages[k % len(languages)]
        caption = captions(lang, settings.town_seed).caption(scene, random)
        found.append(Wish(scene, caption, lang, seed * 1_000_003 + k))
    return found


def seen_and_unseen(
    settings: PictureSettings, n: int, seed: int, languages: Sequence[str] = LANGS
) -> list[Wish]:
    """Half scenes as in the book, half with pairs of thing and colour that it never shows.

    Where nothing is held out all are as in the book.
    """
    n_unseen = n // 2 if settings.held_out else 0
    seen = wishes(draw_scene, settings, n - n_unseen, seed, languages)
    return seen + wishes(draw_held_out_scene, settings, n_unseen, seed + 1, languages)


def is_unseen(wish: Wish, settings: PictureSettings) -> bool:
    """Whether the scene has a pair of thing and colour that the book never shows."""
    return any((item.thing, item.colour) in settings.held_out for item in wish.scene.items)


def drawing(
    model: PictureModel, asked: Sequence[Wish], settings: DrawSettings
) -> Generator[None, None, list[Drawn]]:
    """Draw all wishes and read the pictures; yields between pieces of work."""
    found: list[Drawn] = []
    waiting = iter(asked)
    while some := list(islice(waiting, N_AT_ONCE)):
        finished = torch.empty(0)
        for frame in frames(model, [w.caption for w in some], [w.seed for w in some], settings):
            finished = frame.noisy
            yield
        for place, (wish, levels) in enumerate(
            zip(some, to_levels(model.shown(finished)), strict=True)
        ):
            found.append(judged(wish, levels))
            if place % N_READ_AT_ONCE == N_READ_AT_ONCE - 1:
                yield
    return found


def judged(wish: Wish, levels: npt.NDArray[np.float32]) -> Drawn:
    """What the reader says of one picture, (S, S, 3) grey levels."""
    reading = read(levels)
    picture = np.rint(levels).astype(np.uint8)
    return Drawn(wish, picture, reading, compare(reading, wish.scene))


def draw_all(model: PictureModel, asked: Sequence[Wish], settings: DrawSettings) -> list[Drawn]:
    """The same in one go."""
    return outcome_of(drawing(model, asked, settings))


def shares_right(drawn: Sequence[Drawn]) -> dict[str, float]:
    """The share right of each of PARTS, those left out of which there was nothing.

    things, colours: of the things asked for; sides: of pages with two things; numbers: of rows;
    sky, whole: of all pages.
    """
    agreed = [(one.wish.scene.relation, one.agreement) for one in drawn]
    values: dict[str, list[float]] = {
        "things": [one.things for _, one in agreed],
        "colours": [one.colours for _, one in agreed],
        "sides": [one.place for relation, one in agreed if relation in ("beside", "above")],
        "numbers": [one.number for relation, one in agreed if relation == "row"],
        "sky": [one.sky for _, one in agreed],
        "whole": [one.whole for _, one in agreed],
    }
    return {part: sum(found) / len(found) for part, found in values.items() if found}
