"""What became of a model that was moved towards preferences, and what it cost: the reader's exam.

Two kinds of captions are drawn, always the same from the same noises. Those that leave something
open tell how often the rule is kept where nobody has ever preferred anything; those that leave
nothing open tell what was forgotten.
"""

from collections.abc import Generator, Sequence
from typing import Final, cast

import torch
from torch import Tensor

from core.alignment.pictures.rules import OpenWish, open_wishes, rule_of
from core.alignment.pictures.settings import PictureDpoSettings
from core.data.pictures.collecting.corpus import draw_corpus
from core.data.pictures.collecting.files import png_of
from core.data.pictures.collecting.sampling import draw_scene
from core.data.pictures.collecting.settings import PictureSettings
from core.data.pictures.tensors import to_tensor
from core.inference.pictures.drawing import DrawSettings
from core.inference.pictures.model import PictureModel
from core.inference.pictures.schedules import Objective
from core.intervals import share_interval
from core.training.pictures.judging import Drawn, Wish, drawing, wishes
from core.training.pictures.objective import Question, draw_times

EXAM_SEED: Final = 4024
PLAIN: Final = ""  # what a caption leaves open that leaves nothing open
N_SIXTEEN: Final = 16
N_OPEN: Final = 12  # of the sixteen
N_PLAIN_PAGES: Final = 96  # painted pages on which the model is kept near its reference

Asked = OpenWish | Wish
Sitting = Generator[None, None, dict[str, float | int]]


class Exam:
    """The exam of one run.

    Args:
        settings: rule, how many captions of both kinds, how pictures are drawn.
    """

    def __init__(self, settings: PictureDpoSettings) -> None:
        self.rule = rule_of(settings.rule)
        self.drawing = DrawSettings(n_steps=settings.n_draw_steps, guidance=settings.guidance)
        n_open, n_plain = settings.n_held_out, settings.n_plain
        self.held_out = open_wishes(
            self.rule.left_open, max(n_open, N_OPEN), EXAM_SEED, held_out=True
        )
        self.plain = wishes(draw_scene, PictureSettings(), max(n_plain, N_SIXTEEN), EXAM_SEED)
        self.sixteen: list[Asked] = [
            *self.held_out[:N_OPEN],
            *self.plain[: N_SIXTEEN - N_OPEN],
        ]
        self.held_out, self.plain = self.held_out[:n_open], self.plain[:n_plain]

    def is_met(self, wish: Asked, drawn: Drawn) -> bool:
        """Whether the picture shows all that its caption says."""
        if isinstance(wish, OpenWish):
            return wish.is_met(drawn.reading)
        return drawn.agreement.whole

    def sitting(self, model: PictureModel) -> Sitting:
        """Draw and read all pictures; yields between pieces of work.

        Returns:
            of captions that leave something open: n_judged, rate (the share that keeps the rule),
            met_share (that shows all that is said); of plain captions: n_plain, plain_share (that
            shows all that is said); of every share the ends of its interval, _low and _high.
        """
        opened = yield from drawing(model, [_asked(wish) for wish in self.held_out], self.drawing)
        plain = yield from drawing(model, self.plain, self.drawing)
        kept = [self.rule.is_kept(drawn.reading) for drawn in opened]
        met = [self.is_met(wish, drawn) for wish, drawn in zip(self.held_out, opened, strict=True)]
        return {
            "n_judged": len(opened),
            **share_of("rate", kept),
            **share_of("met_share", met),
            "n_plain": len(plain),
            **share_of("plain_share", [drawn.agreement.whole for drawn in plain]),
        }


def share_of(name: str, hits: Sequence[bool]) -> dict[str, float | int]:
    """A share with the ends of its interval, under its name."""
    short = name.removesuffix("_share")
    low, high = share_interval(sum(hits), len(hits))
    return {name: sum(hits) / len(hits), f"{short}_low": low, f"{short}_high": high}


def _asked(wish: Asked) -> Wish:
    return wish if isinstance(wish, Wish) else Wish(wish.scene, wish.caption, wish.lang, wish.seed)


def drawn_pictures(
    model: PictureModel, asked: Sequence[Asked], settings: DrawSettings
) -> Generator[None, None, list[tuple[Asked, Drawn, bytes]]]:
    """Draw some wishes: each with what the reader says, and as a PNG file."""
    drawn = yield from drawing(model, [_asked(wish) for wish in asked], settings)
    return [(wish, one, png_of(one.picture)) for wish, one in zip(asked, drawn, strict=True)]


def plain_pages(model: PictureModel, seed: int) -> tuple[Tensor, Tensor]:
    """Painted pages of the book and their captions, which leave nothing open.

    Returns:
        (N, 3, S, S) from -1 to 1 and (N, L) ids.
    """
    book = PictureSettings(n_pictures=N_PLAIN_PAGES, seed=seed, size=model.size)
    corpus = draw_corpus(book)
    return to_tensor(corpus.pictures), model.rows([entry.caption for entry in corpus.entries])


def plain_question(
    pages: tuple[Tensor, Tensor], n: int, chance: torch.Generator, objective: str
) -> Question:
    """Some plain pages, mixed with noise as in training."""
    pictures, captions = pages
    rows = torch.randint(len(pictures), (n,), generator=chance)
    times = draw_times(n, cast(Objective, objective), chance)
    noise = torch.randn(n, *pictures.shape[1:], generator=chance)
    return Question(pictures[rows], noise, times, captions[rows])
