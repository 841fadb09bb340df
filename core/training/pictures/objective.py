"""What a denoiser is asked and how its answer is measured: mix with noise, name what was mixed in.

velocity   flow matching, the default: on the straight way, answer noise - picture.
           Lipman et al. 2022, "Flow Matching for Generative Modeling", arXiv:2210.02747;
           Liu et al. 2022, "Flow Straight and Fast", arXiv:2209.03003.
noise      DDPM, the historical switch: on the curved way, answer the noise.
           Ho et al. 2020, "Denoising Diffusion Probabilistic Models", arXiv:2006.11239,
           algorithm 1.
"""

from dataclasses import dataclass
from typing import Final, cast

import torch
from torch import Tensor

from core.architecture.pictures.denoiser import Denoiser
from core.inference.pictures.schedules import (
    N_TABLE,
    WAY_OF,
    Ends,
    Objective,
    mixed,
    target,
)

# Times are drawn mostly from the middle, where what is asked is neither trivial nor hopeless:
# a normal distribution, pressed into 0 to 1 by a sigmoid.
# Esser et al. 2024, "Scaling Rectified Flow Transformers", arXiv:2403.03206, section 3.1.
MIDDLE, WIDTH = 0.3, 1.0
SEEDS_APART: Final = 1_000_003  # steps of one seed; the next seed's come after these


@dataclass(frozen=True)
class Question:
    """What is asked in one step, (B, ...) each.

    Args:
        pictures: (B, 3, S, S) from -1 to 1.
        noise: (B, 3, S, S) standard normal.
        time: (B,) share of noise.
        captions: (B, L) ids.
    """

    pictures: Tensor
    noise: Tensor
    time: Tensor
    captions: Tensor

    def part(self, first: int, n: int) -> "Question":
        """Some of its pictures, from the first one on."""
        rows = slice(first, first + n)
        return Question(self.pictures[rows], self.noise[rows], self.time[rows], self.captions[rows])


def chance_of(seed: int, step: int) -> torch.Generator:
    """The chance of one step, a pure function of seed and step: a resumed run has the same."""
    return torch.Generator().manual_seed(seed * SEEDS_APART + step)


def draw_times(n: int, objective: Objective, chance: torch.Generator) -> Tensor:
    """(n,) times, one from every n-th part of their distribution, so that no batch is lopsided."""
    even = (torch.arange(n) + torch.rand(n, generator=chance)) / n
    if objective == "noise":  # every step of the table alike
        return ((even * N_TABLE).floor() + 1.0) / N_TABLE
    normal = torch.special.ndtri(even.clamp(1e-6, 1.0 - 1e-6).double()).float()
    return torch.sigmoid(MIDDLE + WIDTH * normal)


def squared_error(denoiser: Denoiser, objective: str, question: Question) -> Tensor:
    """Mean squared difference between the model's answer and the right one, a number.

    1 is what answering 0 would cost if noise alone were asked for.
    """
    asked = cast(Objective, objective)
    ends = Ends(question.pictures, question.noise)
    noisy = mixed(WAY_OF[asked], ends, question.time)
    answer = denoiser(noisy, question.time, question.captions)
    error: Tensor = (answer - target(asked, ends)).square().mean()
    return error
