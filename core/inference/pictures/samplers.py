"""Samplers: how a picture takes one step from noise towards what the model guesses.

All of them ask the model the same: which picture, and which noise is in it? They differ in how
they mix the two again for the next, less noisy moment.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from core.errors import SettingError
from core.inference.pictures.schedules import N_TABLE, Ends, Way, shares


@dataclass(frozen=True)
class Moment:
    """One step of a sampler.

    Args:
        time: at which the picture is, from 0 to 1.
        next_time: to which it goes.
        chance: draws fresh noise, (B, 3, S, S); only DDPM asks for it.
    """

    time: float
    next_time: float
    chance: Callable[[], Tensor]


Step = Callable[[Tensor, Ends, Moment], Tensor]


@dataclass(frozen=True)
class Sampler:
    """One way of drawing.

    Args:
        way: from picture to noise on which it goes.
        step: from a noisy picture and the guess of its ends to the less noisy one.
        draws_chance: whether it draws fresh noise on its way.
    """

    way: Way
    step: Step
    draws_chance: bool = False

    def times(self, n_steps: int, first: float = 1.0) -> list[float]:
        """The n_steps + 1 times of a drawing, from `first` down to 0, evenly.

        On the curved way they are times of DDPM's table.
        """
        even = [first * (1.0 - step / n_steps) for step in range(n_steps + 1)]
        if self.way == "straight":
            return even
        return [round(time * N_TABLE) / N_TABLE for time in even]


def euler(noisy: Tensor, ends: Ends, moment: Moment) -> Tensor:
    """Along the velocity, as far as the clock goes.

    Source: Liu et al. 2022, "Flow Straight and Fast", arXiv:2209.03003, section 2.
    """
    return noisy + (moment.next_time - moment.time) * ends.velocity


def ddim(noisy: Tensor, ends: Ends, moment: Moment) -> Tensor:
    """Picture and noise as guessed, mixed again as the next moment has them.

    Source: Song et al. 2020, "Denoising Diffusion Implicit Models", arXiv:2010.02502, equation 12
        with σ = 0.
    """
    of_picture, of_noise = _curved(moment.next_time)
    return of_picture * ends.picture + of_noise * ends.noise


def ddpm(noisy: Tensor, ends: Ends, moment: Moment) -> Tensor:
    """A draw from all less noisy pictures that could have become this one.

    Source: Ho et al. 2020, "Denoising Diffusion Probabilistic Models", arXiv:2006.11239,
        equations 6 and 7, with the smaller of its two variances.
    """
    kept, kept_next = _curved(moment.time)[0] ** 2, _curved(moment.next_time)[0] ** 2
    kept_in_step = kept / kept_next
    of_picture = math.sqrt(kept_next) * (1.0 - kept_in_step) / (1.0 - kept)
    of_noisy = math.sqrt(kept_in_step) * (1.0 - kept_next) / (1.0 - kept)
    mean = of_picture * ends.picture + of_noisy * noisy
    if moment.next_time <= 0.0:
        return mean
    variance = (1.0 - kept_next) / (1.0 - kept) * (1.0 - kept_in_step)
    return mean + math.sqrt(variance) * moment.chance()


SAMPLERS: Final[dict[str, Sampler]] = {
    "euler": Sampler("straight", euler),
    "ddim": Sampler("curved", ddim),
    "ddpm": Sampler("curved", ddpm, draws_chance=True),
}


def sampler_of(name: str) -> Sampler:
    """One of SAMPLERS.

    Raises:
        SettingError: there is none of that name.
    """
    if name not in SAMPLERS:
        raise SettingError("sampler", name, f"must be one of {tuple(SAMPLERS)}")
    return SAMPLERS[name]


def _curved(time: float) -> tuple[float, float]:
    """The shares of picture and noise on the curved way."""
    of_picture, of_noise = shares("curved", torch.tensor([time], dtype=torch.float64))
    return float(of_picture), float(of_noise)
