"""What a model that draws has learned from its examples, and what it has forgotten.

The same captions are drawn from the same noises before, on the way and after. With the word that is
taught: does what it stands for appear? Without it: does the reader still find all that is said, or
does the new thing appear where nobody asked for it?
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from core.alignment.pictures.tuning.settings import OWN, PictureTuningSettings
from core.alignment.pictures.tuning.styles import Style, style_of
from core.data.pictures.collecting.corpus import Corpus, draw_corpus
from core.data.pictures.collecting.fingerprints import fingerprints
from core.data.pictures.collecting.sampling import draw_scene
from core.data.pictures.collecting.settings import PictureSettings
from core.data.pictures.drawing.painting import Pixels, paint
from core.inference.pictures.drawing import DrawSettings
from core.inference.pictures.model import PictureModel
from core.intervals import share_interval
from core.training.pictures.judging import Drawn, Wish, drawing, wishes

EXAM_SEED: Final = 5024
N_SHOWN: Final = 8  # with the word, and as many without
N_PAGES: Final = 96  # of the book, among which one's own pictures must be told apart
N_EACH: Final = 4  # noises from which each of one's own captions is drawn
MOST_OWN: Final = 12  # own captions in an exam

Sitting = Generator[None, None, dict[str, float | int]]


class Subject(Protocol):
    """What is taught, as an exam sees it."""

    asked: list[Wish]  # captions with what is taught

    def shows(self, drawn: Drawn) -> bool:
        """Whether a picture shows what is taught and was asked for."""
        ...

    def leaks(self, drawn: Drawn) -> bool:
        """Whether a picture shows what is taught although nobody asked for it."""
        ...

    def recognised(self, drawn: Sequence[Drawn]) -> list[bool]:
        """Whether each shows its own scene, where that can be told; else nothing."""
        ...


class StyleSubject:
    """A style: the captions of the exam, with the word for it.

    Args:
        style: that is taught.
        plain: the captions without it.
        size: side of a picture in pixels.
    """

    def __init__(self, style: Style, plain: Sequence[Wish], size: int) -> None:
        self.style = style
        self.asked = [replace(w, caption=style.caption(w.caption, w.lang)) for w in plain]
        pages = [style.paint(paint(wish.scene, size)) for wish in plain]
        self._pages = np.stack(pages).astype(np.float32)  # (N, S, S, 3)
        self._place = {wish.seed: place for place, wish in enumerate(plain)}

    def shows(self, drawn: Drawn) -> bool:
        """Whether the picture is in the style."""
        return self.style.has(drawn.picture)

    leaks = shows

    def recognised(self, drawn: Sequence[Drawn]) -> list[bool]:
        """Whether of all the exam's pages, painted in the style, a picture's own is the nearest.

        The reader knows the book's own drawings only; this tells what is shown without reading.
        """
        found = []
        for one in drawn:
            apart = np.abs(self._pages - one.picture.astype(np.float32)).mean(axis=(1, 2, 3))
            found.append(int(apart.argmin()) == self._place[one.wish.seed])
        return found


class OwnSubject:
    """Somebody's own pictures: their captions, each from several noises.

    Args:
        examples: the pictures and captions.
        plain: captions of the book, whose scenes stand in for those nobody knows.
    """

    def __init__(self, examples: Corpus, plain: Sequence[Wish]) -> None:
        size = examples.settings.size
        own = min(len(examples.entries), MOST_OWN)
        self.asked = [
            Wish(plain[0].scene, entry.caption, entry.lang, EXAM_SEED + N_EACH * place + k)
            for k in range(N_EACH)
            for place, entry in enumerate(examples.entries[:own])
        ]
        self._captions = [entry.caption for entry in examples.entries]
        pages = draw_corpus(PictureSettings(n_pictures=N_PAGES, seed=EXAM_SEED, size=size)).pictures
        self._prints = fingerprints(np.concatenate((examples.pictures, pages)))

    def shows(self, drawn: Drawn) -> bool:
        """Whether of all own pictures and pages of the book, one of that caption is the nearest."""
        nearest = self._nearest(drawn.picture)
        return nearest < len(self._captions) and self._captions[nearest] == drawn.wish.caption

    def leaks(self, drawn: Drawn) -> bool:
        """Whether one's own picture is nearer than every page of the book."""
        return self._nearest(drawn.picture) < len(self._captions)

    def recognised(self, drawn: Sequence[Drawn]) -> list[bool]:
        """What one's own pictures show, nobody has told."""
        return []

    def _nearest(self, picture: Pixels) -> int:
        print_ = fingerprints(picture[None])[0]
        apart: npt.NDArray[np.float32] = np.square(self._prints - print_).mean(axis=1)
        return int(apart.argmin())


@dataclass(frozen=True)
class Shown:
    """One of the sixteen pictures that are looked at.

    Args:
        drawn: with its wish.
        with_word: whether its caption asks for what is taught.
        shows: whether it shows that.
        right: whether the reader finds all that is said; None where it cannot read.
    """

    drawn: Drawn
    with_word: bool
    shows: bool
    right: bool | None


class TuningExam:
    """The exam of one run.

    Args:
        settings: what is taught, how many captions, how pictures are drawn.
        examples: what the run learns from.
    """

    def __init__(self, settings: PictureTuningSettings, examples: Corpus) -> None:
        self.drawing = DrawSettings(n_steps=settings.n_draw_steps, guidance=settings.guidance)
        book = PictureSettings(size=examples.settings.size)
        n = max(settings.n_held_out, N_SHOWN)
        plain = wishes(draw_scene, book, n, EXAM_SEED)
        self.subject: Subject = (
            OwnSubject(examples, plain)
            if settings.subject == OWN
            else StyleSubject(style_of(settings.subject), plain, book.size)
        )
        self.plain = plain[: settings.n_held_out]
        self.asked = self.subject.asked[: settings.n_held_out]
        self._sixteen = [*self.subject.asked[:N_SHOWN], *plain[:N_SHOWN]]

    def looking(self, model: PictureModel) -> Generator[None, None, list[Shown]]:
        """Draw the sixteen: eight captions with the word, and eight without."""
        drawn = yield from drawing(model, self._sixteen, self.drawing)
        n = len(self._sixteen) - N_SHOWN
        with_word = [Shown(one, True, self.subject.shows(one), None) for one in drawn[:n]]
        return with_word + [
            Shown(one, False, self.subject.leaks(one), one.agreement.whole) for one in drawn[n:]
        ]

    def sitting(self, model: PictureModel) -> Sitting:
        """Draw and judge all pictures; yields between pieces of work.

        Returns:
            of captions with the word: n_asked, learned_share (that shows what is taught) and, of a
            style, recognised_share (that shows its own scene); of captions without it: n_plain,
            plain_share (all right by the reader) and leaked_share (that shows what is taught);
            of every share the ends of its interval, _low and _high.
        """
        asked = yield from drawing(model, self.asked, self.drawing)
        plain = yield from drawing(model, self.plain, self.drawing)
        known = self.subject.recognised(asked)
        return {
            "n_asked": len(asked),
            **shares("learned", [self.subject.shows(one) for one in asked]),
            **(shares("recognised", known) if known else {}),
            "n_plain": len(plain),
            **shares("plain", [one.agreement.whole for one in plain]),
            **shares("leaked", [self.subject.leaks(one) for one in plain]),
        }


def shares(name: str, hits: Sequence[bool]) -> dict[str, float | int]:
    """A share with the ends of its interval, under its name."""
    low, high = share_interval(sum(hits), len(hits))
    return {f"{name}_share": sum(hits) / len(hits), f"{name}_low": low, f"{name}_high": high}
