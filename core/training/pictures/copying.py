"""Does a model draw what it was asked for, or a page it has seen? Nearest pages by fingerprint."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.data.pictures.collecting.fingerprints import LIMIT, fingerprints
from core.data.pictures.drawing.painting import Pixels
from core.training.pictures.judging import Drawn


@dataclass(frozen=True)
class Compared:
    """A drawn picture beside the page of the corpus that it is closest to.

    Args:
        drawn: with its wish and the reader's verdict.
        nearest: index of that page.
        distance: of their fingerprints, as `fingerprints.equal_pairs` measures it.
        is_copy: it is that page, and not what was asked for.
    """

    drawn: Drawn
    nearest: int
    distance: float
    is_copy: bool


def compared_with_pages(drawn: Sequence[Drawn], pages: Pixels) -> list[Compared]:
    """Each picture beside its nearest page.

    Args:
        drawn: pictures of new captions: none of their scenes is on a page.
        pages: (N, size, size, 3) what the model has learned from.
    """
    prints = fingerprints(pages)
    found = []
    for one, own in zip(drawn, fingerprints(np.stack([d.picture for d in drawn])), strict=True):
        distances = np.sqrt(np.square(prints - own).mean(axis=1))
        nearest = int(distances.argmin())
        distance = float(distances[nearest])
        is_copy = distance <= LIMIT and not one.agreement.whole
        found.append(Compared(one, nearest, distance, is_copy))
    return found
