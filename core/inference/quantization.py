"""Weights as small integers: round to nearest, with one scale for every few numbers of a row.

Of n numbers the largest decides the scale, so one outlier costs its neighbours their precision; the
fewer share a scale, the less is lost and the more bytes the scales take.

Source: Dettmers et al. 2022, "LLM.int8()", arXiv:2208.07339, section 2.1 (absmax quantisation) and
    2.2 (a scale for every row); for blocks of 32, the formats Q8_0 and Q4_0 of llama.cpp,
    `quantize_row_q8_0_ref` and `quantize_row_q4_0_ref` in ggml/src/ggml-quants.c.
"""

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from core.errors import SettingError

BLOCK: Final = 32
"""numbers that share a scale, as in llama.cpp"""
LARGEST_8: Final = 127
LARGEST_4: Final = 15
MIDDLE_4: Final = 8


@dataclass(frozen=True, slots=True)
class Quantized:
    """A matrix in small integers."""

    integers: Tensor
    """(N, K) as uint8 from 0 to 15 for 4 bits, as int8 from -127 to 127 for 8"""
    scales: Tensor
    """(N, K / n) what every n neighbours of a row are multiplied with"""
    n_bits: int
    """4 or 8"""

    def restored(self) -> Tensor:
        """(N, K) the numbers that are computed with, in float32."""
        N, K = self.integers.shape
        middle = MIDDLE_4 if self.n_bits == 4 else 0
        blocks = (self.integers.float() - middle).view(N, self.scales.shape[1], -1)
        return (blocks * self.scales.float()[..., None]).view(N, K)


def quantize(
    weight: Tensor, n_bits: int, n_block: int | None = BLOCK, scale: torch.dtype = torch.float16
) -> Quantized:
    """A matrix in integers of 4 or 8 bits, every number rounded to the nearest of them.

    8 bits: scale = largest size / 127, integer = number / scale.
    4 bits: scale = -(number of the largest size) / 8, integer = number / scale + 8. So the number
        that decides the scale is exact (integer 0); on the other side there is one step less.

    Args:
        weight: (N, K) numbers.
        n_bits: 4 or 8.
        n_block: neighbours of a row that share a scale; None: the whole row.
        scale: the type that scales are kept in; integers are chosen before it rounds them.

    Returns:
        The matrix; what was 0 everywhere in a block stays 0.

    Raises:
        SettingError: there is no such format, or the blocks do not fill the rows.
    """
    if n_bits not in (4, 8):
        raise SettingError("n_bits", n_bits, "must be 4 or 8")
    N, K = weight.shape
    if n_block is not None and (n_block < 1 or K % n_block):
        raise SettingError("n_block", n_block, f"must divide a row of {K} numbers")
    blocks = weight.detach().float().reshape(N, -1, n_block or K)  # (N, blocks, n)
    sizes, places = blocks.abs().max(dim=-1, keepdim=True)  # (N, blocks, 1)
    if n_bits == 8:
        scales = sizes / LARGEST_8
        integers = _half_away(blocks * _inverse(scales)).to(torch.int8)
    else:
        scales = blocks.gather(-1, places) / -MIDDLE_4
        # Cut off after adding 8.5: rounded to the nearest, and 8 above what would be negative.
        raised = (blocks * _inverse(scales) + (MIDDLE_4 + 0.5)).trunc()
        integers = raised.clamp(0, LARGEST_4).to(torch.uint8)
    return Quantized(integers.view(N, K), scales[..., 0].to(scale), n_bits)


def _inverse(scales: Tensor) -> Tensor:
    """1 / scale; 0 where the whole block is 0."""
    return torch.where(scales == 0, 0.0, 1.0 / scales)


def _half_away(x: Tensor) -> Tensor:
    """Rounded to whole numbers, halves away from 0 as in C, where torch rounds them to even."""
    size = x.abs()
    down = size.floor()
    return x.sign() * (down + (2.0 * (size - down)).floor())
