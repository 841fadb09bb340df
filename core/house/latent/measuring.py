"""What the autoencoder loses: pages it has never seen, before and after the narrow place.

Every share comes with how many pages it was counted on and an interval that holds it in 95 of 100
such countings; the error with its spread over the pages.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from core.architecture.pictures.autoencoder import Autoencoder
from core.data.pictures.collecting.sampling import draw_held_out_scene, draw_scene
from core.data.pictures.collecting.settings import PictureSettings
from core.data.pictures.drawing.painting import Pixels, draw_shifts, paint
from core.data.pictures.reading.reader import read
from core.data.pictures.reading.readings import Agreement, compare
from core.data.pictures.scenes import Scene
from core.data.pictures.tensors import to_levels, to_tensor
from core.intervals import Z_95, share_interval

MEASURED_SEED: Final = 4077
N_AT_ONCE: Final = 32
LARGEST: Final = 255.0  # grey levels
SHARP: Final = 24.0  # grey levels between neighbouring pixels from which on it is an edge
PARTS: Final = ("sky", "number", "things", "colours", "place", "whole")

Measures = dict[str, Any]
Levels = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Pressed:
    """A page before and after the narrow place.

    Args:
        scene: what it shows.
        page: (S, S, 3) as it was drawn.
        again: (S, S, 3) grey levels after encoding and decoding.
    """

    scene: Scene
    page: Pixels
    again: Levels


def unseen_pages(
    book: PictureSettings, n: int, seed: int = MEASURED_SEED
) -> list[tuple[Scene, Pixels]]:
    """Pages of another seed than any it learned from: half as in the book, half with a pair of
    thing and colour that the book never shows.
    """
    random = Random(seed)
    found = []
    for k in range(n):
        draw = draw_held_out_scene if book.held_out and k % 2 else draw_scene
        scene = draw(book, random)
        found.append((scene, paint(scene, book.size, draw_shifts(scene, random))))
    return found


@torch.no_grad()
def pressed(model: Autoencoder, pages: Sequence[tuple[Scene, Pixels]]) -> list[Pressed]:
    """All pages encoded and decoded, the latents at their means."""
    found = []
    for first in range(0, len(pages), N_AT_ONCE):
        some = pages[first : first + N_AT_ONCE]
        latents = model.encode(to_tensor(np.stack([page for _, page in some])))
        again = to_levels(model.decode(latents))
        found += [Pressed(scene, page, one) for (scene, page), one in zip(some, again, strict=True)]
    return found


def error_of(one: Pressed) -> float:
    """Mean absolute error of a page, in grey levels."""
    return float(np.abs(one.page - one.again).mean())


def noise_ratio(one: Pressed) -> float:
    """Peak signal-to-noise ratio of a page, in decibels: 20 is a tenth of the range, 40 a
    hundredth.
    """
    squared = float(np.square(one.page - one.again).mean())
    return 20.0 * math.log10(LARGEST) - 10.0 * math.log10(max(squared, 1e-9))


def edge_errors(one: Pressed) -> tuple[float, float]:
    """Mean absolute error in grey levels on the pixels beside an edge, and on all others."""
    steps = np.abs(np.diff(one.page.astype(np.float32), axis=1, append=one.page[:, -1:])).max(-1)
    down = np.abs(np.diff(one.page.astype(np.float32), axis=0, append=one.page[-1:])).max(-1)
    is_edge = np.maximum(steps, down) >= SHARP  # (S, S)
    off = np.abs(one.page - one.again).mean(-1)
    calm = ~is_edge
    return (
        float(off[is_edge].mean()) if is_edge.any() else 0.0,
        float(off[calm].mean()) if calm.any() else 0.0,
    )


def reconstruction(
    model: Autoencoder,
    book: PictureSettings,
    n: int,
    say: Callable[[str], None] = lambda line: None,
) -> Measures:
    """What is lost of n unseen pages.

    Returns:
        "n"; "error", "edges", "calm" (grey levels) and "psnr" (decibels), each with mean and the
        interval of that mean; "worst": the largest error of a page; "read": PARTS -> share of
        pages of which the reader reads that part as it should; "before": the share read whole
        before the narrow place.
    """
    found = pressed(model, unseen_pages(book, n))
    edges, calm = zip(*(edge_errors(one) for one in found), strict=True)
    errors = [error_of(one) for one in found]
    say(f"autoencoder: {np.mean(errors):.2f} grey levels off on {n} unseen pages")
    after = [compare(read(one.again), one.scene) for one in found]
    before = [compare(read(one.page.astype(np.float32)), one.scene) for one in found]
    measures = {
        "n": n,
        "error": mean_of(errors),
        "worst": round(max(errors), 3),
        "edges": mean_of(edges),
        "calm": mean_of(calm),
        "psnr": mean_of([noise_ratio(one) for one in found]),
        "read": {part: share_of(after, part) for part in PARTS},
        "before": share_of(before, "whole"),
    }
    whole = share_of(after, "whole")
    say(f"autoencoder: {whole['share']:.1%} of {n} still read whole")
    return measures


def mean_of(values: Sequence[float]) -> dict[str, float]:
    """A mean and the interval that holds it in 95 of 100 such samples."""
    mean = float(np.mean(values))
    half = Z_95 * float(np.std(values)) / math.sqrt(len(values))
    return {"mean": round(mean, 3), "low": round(mean - half, 3), "high": round(mean + half, 3)}


def share_of(agreed: Sequence[Agreement], part: str) -> dict[str, float | int]:
    """How many pages have a part wholly as it should be."""
    n, n_right = len(agreed), sum(float(getattr(one, part)) == 1.0 for one in agreed)
    low, high = share_interval(n_right, n)
    return {
        "n": n,
        "n_right": n_right,
        "share": round(n_right / n, 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }
