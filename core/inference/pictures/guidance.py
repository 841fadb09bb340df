"""Guidance: what the caption changes in the model's answer, taken several times over.

The model is asked twice: with the caption, and without one (or with a caption to stay away from).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.architecture.pictures.denoiser import Words
from core.inference.pictures.model import PictureModel
from core.inference.pictures.schedules import Ends, Way, ends_of, on_way


@dataclass(frozen=True)
class Guidance:
    """How strongly the caption counts.

    Args:
        weight: 1: as learned; above: more than that, and the second question is asked; 0: the
            caption does not count at all.
        away: the captions to stay away from, as read by the model; empty ones for plain guidance.

    Source: Ho & Salimans 2022, "Classifier-Free Diffusion Guidance", arXiv:2207.12598, equation 6;
        its w is our weight - 1.
    """

    weight: float
    away: Words

    @property
    def asks_twice(self) -> bool:
        """Whether the second question makes a difference."""
        return self.weight != 1.0


@torch.no_grad()
def guess(
    model: PictureModel, noisy: Tensor, time: float, way: Way, words: Words, guidance: Guidance
) -> Ends:
    """What the model takes a noisy picture to be made of: a picture and a noise.

    Args:
        model: may have learned on another way than the pictures are on.
        noisy: (B, 3, S, S).
        time: of all of them, from 0 to 1.
        way: on which they are.
        words: of B captions.
        guidance: how strongly these count.
    """
    times = torch.full((len(noisy),), time, dtype=torch.float64)
    seen, when = on_way(noisy, times, way, model.way)
    seen, when = seen.float(), when.float()
    if not guidance.asks_twice:
        answer = model.denoiser.answer(seen, when, words)
    else:
        both = Words(*(torch.cat(pair) for pair in zip(_parts(words), _parts(guidance.away),
                                                       strict=True)))  # fmt: skip
        answers = model.denoiser.answer(seen.repeat(2, 1, 1, 1), when.repeat(2), both)
        told, untold = answers.chunk(2)
        answer = torch.lerp(untold, told, guidance.weight)
    return ends_of(model.objective, answer, seen, when)


def blended(first: Words, second: Words, share: float) -> Words:
    """A mix of captions, word by word in their order: their vectors, in these shares.

    Where one caption has ended, the other's words stand alone.

    Args:
        first, second: as read by one model, padded to one length.
        share: 0 gives the first, 1 the second.
    """
    one, two = first.visible.float() * (1.0 - share), second.visible.float() * share  # (B, L)
    total = one + two
    of_second = torch.where(total > 0, two / total.clamp(min=1e-9), 0.0)[..., None]
    return Words(torch.lerp(first.vectors, second.vectors, of_second), total > 0)


def _parts(words: Words) -> tuple[Tensor, Tensor]:
    return words.vectors, words.visible
