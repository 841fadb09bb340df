"""Noise, drawn from a seed for each picture: the same whichever pictures are drawn beside it."""

from collections.abc import Sequence

import torch
from torch import Tensor


class NoiseSource:
    """The chance of every picture on its own: a seed each.

    Args:
        seeds: one a picture.
        size: side of the pictures in pixels, or of the latents in cells.
        n_colours: numbers in one pixel or cell.
    """

    def __init__(self, seeds: Sequence[int], size: int, n_colours: int = 3) -> None:
        self.shape = (n_colours, size, size)
        self._generators = [torch.Generator().manual_seed(seed) for seed in seeds]

    def next(self) -> Tensor:
        """The next noise of every picture: (B, 3, size, size), standard normal."""
        return torch.stack([torch.randn(self.shape, generator=one) for one in self._generators])


def noise_of(seeds: Sequence[int], size: int, n_colours: int = 3) -> Tensor:
    """The first noise of every seed: (B, 3, size, size)."""
    return NoiseSource(seeds, size, n_colours).next()


def between(first: Tensor, second: Tensor, share: float) -> Tensor:
    """A noise on the way from one to another, as strong as both.

    Their plain mean would be weaker than noise is, and a weaker noise gives a flat picture; so the
    way goes around the centre, along the sphere.

    Args:
        first, second: (..., 3, S, S).
        share: 0 gives the first, 1 the second.

    Source: White 2016, "Sampling Generative Networks", arXiv:1609.04468, section 2.1.
    """
    dims = (-3, -2, -1)
    lengths = [noise.square().sum(dim=dims, keepdim=True).sqrt() for noise in (first, second)]
    one, two = first / lengths[0], second / lengths[1]
    angle = (one * two).sum(dim=dims, keepdim=True).clamp(-1.0, 1.0).acos()
    plain = torch.lerp(first, second, share)
    turned = (((1.0 - share) * angle).sin() * one + (share * angle).sin() * two) / angle.sin()
    length = torch.lerp(lengths[0], lengths[1], share)
    return torch.where(angle.sin() > 1e-4, turned * length, plain)
