"""How often a model's pictures carry what was asked for: many captions, each checked.

What is asked is always fair: every caption true and whole, every colour as likely as any other, so
that models of books with faults can be compared with models of books without.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final, Literal, get_args

from core.data.pictures import Item, PictureSettings, Scene, draw_scene, town_holdings
from core.data.pictures.collecting.sampling import one_of
from core.data.pictures.collecting.settings import SKEWED
from core.data.pictures.drawing.things import PLAIN_THINGS
from core.inference.pictures import DrawSettings, PictureModel, draw
from core.intervals import share_interval
from core.postprocessing.pictures.caption_check import CaptionCheck, check_caption
from core.training.pictures.judging import Wish, wishes

Ask = Literal["book", "rare"]
ASKS: Final[tuple[Ask, ...]] = get_args(Ask)
"""Scenes as in the book, or apples of any colour but the one that a skew makes frequent."""

N_AT_ONCE: Final = 8  # pictures drawn together; progress is told after each such piece
EXAM_SEED: Final = 4024

OnProgress = Callable[[float], None]
Files = tuple[bytes, bytes]  # a model: its weights and its encoder


@dataclass(frozen=True)
class Carried:
    """What was counted.

    Args:
        n, n_whole: pictures drawn, and those in which every word of the caption was kept.
        words: aspect -> words kept, and words that are about it.
    """

    n: int
    n_whole: int
    words: dict[str, tuple[int, int]]

    @property
    def share(self) -> float:
        """Of pictures that carry all that was asked for."""
        return self.n_whole / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of that share."""
        return share_interval(self.n_whole, self.n)

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"n": self.n, "n_whole": self.n_whole,
                "words": {aspect: list(found) for aspect, found in self.words.items()}}  # fmt: skip

    @classmethod
    def from_dict(cls, found: dict[str, Any]) -> "Carried":
        """The inverse of `to_dict`."""
        words = {aspect: (int(kept), int(n)) for aspect, (kept, n) in found["words"].items()}
        return cls(int(found["n"]), int(found["n_whole"]), words)


def asked_for(
    ask: Ask, book: PictureSettings, n: int, languages: Sequence[str], seed: int = EXAM_SEED
) -> list[Wish]:
    """The captions to be drawn; the same for the same book, whatever its faults are."""
    draw_one = draw_scene if ask == "book" else draw_rare_scene
    return wishes(draw_one, book.fair, n, seed, languages)


def draw_rare_scene(settings: PictureSettings, random: Random) -> Scene:
    """An apple in one of the colours that a skew makes rare, beside another plain thing."""
    thing, frequent = SKEWED
    colours = [colour for colour in settings.colours_of(thing) if colour != frequent]
    apple = Item(thing, one_of(colours, random))
    others = [each for each in PLAIN_THINGS if each != thing]
    other = one_of(others, random)
    beside = Item(other, one_of(settings.colours_of(other), random))
    pair = (apple, beside) if random.random() < 0.5 else (beside, apple)
    return Scene(pair, "beside", 1, random.random() < settings.night_share)


def checked(
    model: PictureModel,
    asked: Sequence[Wish],
    settings: DrawSettings,
    on_progress: OnProgress = lambda share: None,
) -> list[CaptionCheck]:
    """Draw every caption and hold the picture against it.

    Args:
        model: that draws.
        asked: captions with the seeds of their noises.
        settings: how they are drawn.
        on_progress: is told the share that is done.
    """
    found: list[CaptionCheck] = []
    for first in range(0, len(asked), N_AT_ONCE):
        some = asked[first : first + N_AT_ONCE]
        film = draw(
            model,
            [wish.caption for wish in some],
            seed=[wish.seed for wish in some],
            n_steps=settings.n_steps,
            sampler=settings.sampler,
            guidance=settings.guidance,
            keep=False,
        )
        found += [
            check_caption(picture, wish.caption, town_holdings(1), wish.lang)
            for picture, wish in zip(film.pictures, some, strict=True)
        ]
        on_progress(len(found) / len(asked))
    return found


def carried(checks: Sequence[CaptionCheck]) -> Carried:
    """Count pictures and words; words that no picture can show count for nothing."""
    kept, told = Counter[str](), Counter[str]()
    for word in (word for check in checks for word in check.words):
        if word.outcome != "not_shown":
            told[word.aspect] += 1
            kept[word.aspect] += word.outcome == "kept"
    n_whole = sum(check.whole for check in checks)
    return Carried(len(checks), n_whole, {aspect: (kept[aspect], n) for aspect, n in told.items()})


def carried_by(
    models: Sequence[Files],
    asks: Sequence[Ask],
    book: PictureSettings,
    n: int,
    languages: Sequence[str],
    settings: Sequence[DrawSettings],
    on_progress: OnProgress = lambda share: None,
) -> list[dict[Ask, list[Carried]]]:
    """The same captions from the same noises by several models, for another process.

    Args:
        models: each as its two files.
        asks: what is asked for.
        book: which the captions are like.
        n: pictures of each kind by each model in each way.
        languages: of the captions, in turn.
        settings: the ways of drawing.
        on_progress: is told the share of everything that is done.

    Returns:
        for each model: ask -> one count a way of drawing.
    """
    total, done = len(models) * len(asks) * len(settings), 0
    found: list[dict[Ask, list[Carried]]] = []
    for weights, encoder in models:
        model, counted = PictureModel.from_bytes(weights, encoder), dict[Ask, list[Carried]]()
        for ask in asks:
            counted[ask] = []
            asked = asked_for(ask, book, n, languages)
            for way in settings:
                before = done

                def tell(share: float, before: int = before) -> None:
                    on_progress((before + share) / total)

                counted[ask].append(carried(checked(model, asked, way, tell)))
                done += 1
        found.append(counted)
    return found
