"""Rotary positions: queries and keys are rotated by an angle that grows with their position.

The score of two rotated vectors depends only on the distance between their positions.
"""

import torch
from torch import Tensor

from core.architecture.config import ModelConfig


def rotations_for(config: ModelConfig) -> Tensor | None:
    """The rotation table of a model, (n_context, 2, D), or None if its positions are learned."""
    if config.positions != "rotary":
        return None
    return rotation_table(config.n_context, config.head_size, config.rope_base)


def rotation_table(n_positions: int, head_size: int, base: float) -> Tensor:
    """Cosine and signed sine for every position and channel, in float64.

    Args:
        n_positions: positions 0 .. n_positions - 1 get a row.
        head_size: D, even. Channels i and i + D/2 form a pair that rotates together.
        base: pair i rotates by base ** (-2i/D) radians per token.

    Returns:
        (n_positions, 2, D): [:, 0] is the cosine, [:, 1] the sine, negative in the first half.

    Source: Su et al. 2021, "RoFormer", arXiv:2104.09864, section 3.2.2. The paper pairs
        neighbouring channels; like Llama's published weights we pair channel i with i + D/2.
    """
    pair = torch.arange(0, head_size, 2, dtype=torch.float64) / head_size  # (D/2,)
    position = torch.arange(n_positions, dtype=torch.float64)  # (T,)
    angle = torch.outer(position, base**-pair)  # (T, D/2)
    cos = torch.cat([angle.cos(), angle.cos()], dim=-1)  # (T, D)
    sin = torch.cat([-angle.sin(), angle.sin()], dim=-1)  # (T, D)
    return torch.stack([cos, sin], dim=1)  # (T, 2, D)


def rotate(x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
    """Rotate every pair of channels by the angle of its position.

    Args:
        x: (B, T, H, D) queries or keys.
        rotation: cosine and signed sine, each (T, 1, D), or (B, T, 1, D) if rows differ.

    Returns:
        (B, T, H, D), the length of every pair unchanged.
    """
    cos, signed_sin = rotation
    partner = x.roll(x.shape[-1] // 2, dims=-1)  # channel i meets channel i + D/2
    return torch.addcmul(x * cos, partner, signed_sin)
