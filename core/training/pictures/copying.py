"""Does a model know a page by heart? What a caption leaves open gives it away.

A caption says what stands on a page, not on which pixels. The book could draw thousands of pages to
the same caption, and who only understands it hits this very one no oftener than any other.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

import numpy as np
import numpy.typing as npt

from core.data.pictures.collecting.corpus import Corpus
from core.data.pictures.drawing.painting import Pixels, draw_shifts, paint
from core.data.pictures.scenes import Scene
from core.training.pictures.judging import Drawn, Wish

N_OTHERS: Final = 99
"""other pages of a scene that a drawing is compared with: chance makes it a copy once in 100"""
MOST_DRAWS: Final = 50  # times as many as are wanted, before there are no more to be found


@dataclass(frozen=True)
class Compared:
    """A drawing to a page's caption, beside that page.

    Args:
        drawn: with its wish and the reader's verdict.
        page: index of the page in the corpus.
        n_closer: how many other pages of the same scene it is closer to.
        n_others: how many it was compared with.
    """

    drawn: Drawn
    page: int
    n_closer: int
    n_others: int

    @property
    def is_copy(self) -> bool:
        """It is closer to the page it has read than to any other that would do as well."""
        return self.n_closer == 0

    @property
    def chance(self) -> float:
        """How often this would happen to somebody who has never seen the page."""
        return 1 / (self.n_others + 1)


def captions_of(pages: Corpus, n: int, seed: int) -> list[Wish]:
    """The captions of the first n pages as wishes; only of those whose caption no other page has.

    Args:
        seed: of the noise that the drawings begin with.
    """
    times = Counter(entry.caption for entry in pages.entries)
    return [
        Wish(entry.scene, entry.caption, entry.lang, seed * 1_000_003 + k)
        for k, entry in enumerate(pages.entries)
        if entry.scene is not None and entry.caption_fits and times[entry.caption] == 1
    ][:n]


def compared_with_pages(drawn: Sequence[Drawn], pages: Corpus) -> list[Compared]:
    """Each drawing beside the page whose caption it was asked with.

    Args:
        drawn: to wishes of `captions_of`.
        pages: what the model has learned from.

    Returns:
        one a drawing. `n_closer` of a model that has not seen the pages is any number from 0 to
        `n_others`, each as likely as the other.

    Source: for asking with the captions of training, Carlini et al. 2023, "Extracting Training
        Data from Diffusion Models", arXiv:2301.13188, section 4. They compare with the training
        data alone; our book can draw what else the caption allows, so chance is known.
    """
    index = {entry.caption: k for k, entry in enumerate(pages.entries)}
    found = []
    for one in drawn:
        page = index[one.wish.caption]
        others = other_pages(one.wish.scene, pages.pictures[page], N_OTHERS, seed=page)
        away = _difference(one.picture, others)
        own = _difference(one.picture, pages.pictures[page][None])[0]
        found.append(Compared(one, page, int((away < own).sum()), len(others)))
    return found


def other_pages(scene: Scene, page: Pixels, n: int, seed: int) -> Pixels:
    """(up to n, size, size, 3) the same scene as the book might have drawn it, without the page.

    Fewer only where the scene has no more places for its things.
    """
    random, known = Random(seed), {page.tobytes()}
    found: list[Pixels] = []
    for _ in range(n * MOST_DRAWS):
        if len(found) == n:
            break
        other = paint(scene, page.shape[0], draw_shifts(scene, random))
        if other.tobytes() not in known:
            known.add(other.tobytes())
            found.append(other)
    return np.stack(found)


def _difference(picture: Pixels, pages: Pixels) -> npt.NDArray[np.float64]:
    """(N,) mean square differences in grey levels."""
    away = pages.astype(np.float64) - picture.astype(np.float64)
    squares: npt.NDArray[np.float64] = np.square(away).mean(axis=(1, 2, 3))
    return squares
