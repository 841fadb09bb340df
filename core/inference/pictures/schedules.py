"""Two ways from a picture to noise, and how they are one way in different variables.

A noisy picture is always `picture_share * picture + noise_share * noise`. Time runs from 0, the
picture, to 1, the noise.

straight   flow matching: the shares are 1 - t and t; they add up to 1.
curved     DDPM: the squares of the shares add up to 1, and the shares follow a table of a thousand
           small steps.

Only the ratio of the shares matters: dividing a noisy picture of either way by the sum of its
shares gives the point of the straight way at which the ratio is the same. So a model that learned
on one way can be asked on the other, and `on_way` is the whole translation.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, get_args

import torch
from torch import Tensor

Objective = Literal["velocity", "noise"]
OBJECTIVES: Final[tuple[str, ...]] = get_args(Objective)
Way = Literal["straight", "curved"]
WAY_OF: Final[dict[str, Way]] = {"velocity": "straight", "noise": "curved"}

N_TABLE: Final = 1000  # steps of DDPM's table
FIRST_VARIANCE, LAST_VARIANCE = 1e-4, 0.02  # of the noise added in a step of the table


@dataclass(frozen=True)
class Ends:
    """What a noisy picture is made of, or a model's guess of it: each (B, 3, S, S)."""

    picture: Tensor
    noise: Tensor

    @property
    def velocity(self) -> Tensor:
        """The direction from picture to noise on the straight way."""
        return self.noise - self.picture


@cache
def kept_variances() -> Tensor:
    """(N_TABLE + 1,) share of the picture's variance that is left after so many steps.

    Float64; entry 0 is 1, and the logarithm of the share falls ever faster.

    Source: Ho et al. 2020, "Denoising Diffusion Probabilistic Models", arXiv:2006.11239,
        section 4: variances rising evenly from 0.0001 to 0.02 in a thousand steps.
    """
    added = torch.linspace(FIRST_VARIANCE, LAST_VARIANCE, N_TABLE, dtype=torch.float64)
    return torch.cat((torch.ones(1, dtype=torch.float64), (1.0 - added).cumprod(dim=0)))


def shares(way: Way, time: Tensor) -> tuple[Tensor, Tensor]:
    """The shares of picture and noise at some times.

    Args:
        way: "straight" or "curved".
        time: (B,) from 0 to 1.

    Returns:
        (B,) and (B,), in the precision of `time`.
    """
    if way == "straight":
        return 1.0 - time, time
    kept = _interpolated(kept_variances().log(), time.double() * N_TABLE).exp()
    return kept.sqrt().to(time.dtype), (1.0 - kept).clamp(min=0.0).sqrt().to(time.dtype)


def mixed(way: Way, ends: Ends, time: Tensor) -> Tensor:
    """The noisy picture at some times: (B, 3, S, S)."""
    of_picture, of_noise = shares(way, time)
    return _each(of_picture) * ends.picture + _each(of_noise) * ends.noise


def same_ratio(time: Tensor, way: Way, other: Way) -> Tensor:
    """The time on the other way at which picture and noise are mixed in the same ratio: (B,).

    The curved way keeps a last trace of the picture: a ratio beyond its end counts as its end.
    """
    if way == other:
        return time
    if other == "straight":
        of_picture, of_noise = shares(way, time)
        return of_noise / (of_noise + of_picture)
    # On the straight way noise : picture is t : (1 - t); the table is searched for that ratio.
    t = time.double()
    kept = (1.0 - t) ** 2 / ((1.0 - t) ** 2 + t**2)
    table = kept_variances().log().flip(0)  # rising
    wanted = kept.clamp(min=1e-12).log().clamp(table[0], table[-1])
    right = torch.searchsorted(table, wanted.contiguous()).clamp(1, N_TABLE)
    low, high = table[right - 1], table[right]
    place = (right - 1) + (wanted - low) / (high - low)
    return ((N_TABLE - place) / N_TABLE).to(time.dtype)


def on_way(noisy: Tensor, time: Tensor, way: Way, other: Way) -> tuple[Tensor, Tensor]:
    """A noisy picture of one way as it stands on the other, and the time there.

    Args:
        noisy: (B, 3, S, S).
        time: (B,).
        way: on which it is.
        other: on which it is asked for.

    Returns:
        (B, 3, S, S) and (B,); the same ends, mixed in the same ratio.
    """
    if way == other:
        return noisy, time
    there = same_ratio(time, way, other)
    here_sum, there_sum = _sum(shares(way, time)), _sum(shares(other, there))
    return noisy * _each(there_sum / here_sum), there


def target(objective: Objective, ends: Ends) -> Tensor:
    """What a model with this objective learns to answer: (B, 3, S, S).

    velocity: noise - picture, the direction of the straight way.
        Source: Lipman et al. 2022, "Flow Matching for Generative Modeling", arXiv:2210.02747;
        Liu et al. 2022, "Flow Straight and Fast", arXiv:2209.03003.
    noise: the noise alone, on the curved way.
        Source: Ho et al. 2020, arXiv:2006.11239, equation 14.
    """
    return ends.velocity if objective == "velocity" else ends.noise


def ends_of(objective: Objective, answer: Tensor, noisy: Tensor, time: Tensor) -> Ends:
    """Both ends, from a model's answer about a noisy picture on the way of its objective.

    Args:
        objective: what the model was trained to answer.
        answer, noisy: (B, 3, S, S).
        time: (B,).
    """
    t = _each(time)
    if objective == "velocity":
        return Ends(noisy - t * answer, noisy + (1.0 - t) * answer)
    of_picture, of_noise = shares("curved", time)
    return Ends((noisy - _each(of_noise) * answer) / _each(of_picture), answer)


def _interpolated(table: Tensor, place: Tensor) -> Tensor:
    """Values between the entries of a table."""
    low = place.floor().clamp(0, len(table) - 2).long()
    return torch.lerp(table[low], table[low + 1], place - low)


def _sum(both: tuple[Tensor, Tensor]) -> Tensor:
    return both[0] + both[1]


def _each(values: Tensor) -> Tensor:
    """(B,) -> (B, 1, 1, 1), to be multiplied with pictures."""
    return values[:, None, None, None]
