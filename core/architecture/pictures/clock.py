"""The clock: how far the picture still is from finished, as numbers that every block reads."""

import torch
from torch import Tensor, nn

from core.architecture.pictures.config import DenoiserConfig

N_WAVES = 32
FASTEST = 1000.0  # radians from noise to picture; the slowest wave turns by 1 radian
N_SWITCHES = 6  # shift, scale and gate, for self-attention and for the feed-forward layer


class Clock(nn.Module):
    """From a time to shifts, scales and gates, the same for all blocks; each adds its own offset.

    Source: Peebles & Xie 2022, "Scalable Diffusion Models with Transformers", arXiv:2212.09748,
        section 3.2 (adaLN); Chen et al. 2023, "PixArt-α", arXiv:2310.00426, section 2.3: one
        clock for all blocks instead of one in each, which saves a quarter of all parameters.
    """

    def __init__(self, config: DenoiserConfig) -> None:
        super().__init__()
        C = config.n_channels
        self.first = nn.Linear(2 * N_WAVES, C)
        self.second = nn.Linear(C, C)
        self.switches = nn.Linear(C, N_SWITCHES * C)

    def forward(self, time: Tensor) -> Tensor:
        """(B,) times, 0 for a picture and 1 for noise -> (B, N_SWITCHES, C)."""
        hidden = nn.functional.silu(self.first(waves(time)))
        hidden = nn.functional.silu(self.second(hidden))
        switches: Tensor = self.switches(hidden)
        return switches.view(len(time), N_SWITCHES, -1)


def waves(time: Tensor) -> Tensor:
    """A time as sines and cosines from slow to fast: (B,) -> (B, 2 * N_WAVES).

    Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.5, there for positions.
    """
    steps = torch.arange(N_WAVES, device=time.device) / (N_WAVES - 1)
    angles = time[:, None] * FASTEST**steps  # (B, N_WAVES)
    return torch.cat((angles.sin(), angles.cos()), dim=1)
