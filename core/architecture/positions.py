"""How a model learns where a token stands: four encodings, of which three need no weights.

- rotary: queries and keys are rotated by an angle that grows with their position, so the score of
  two tokens depends only on the distance between them.
- sinusoidal: sines and cosines of the position are added to a token's embedding.
- alibi: a score becomes smaller with the distance, in every head at a rate of its own.
- learned: a table with one vector for each position is added; there is nothing beyond its end.

With "none" only the causal mask is left: a token sees fewer others at the beginning of a text.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from core.architecture.config import ModelConfig


def rotations_for(config: ModelConfig, device: str = "cpu") -> Tensor | None:
    """The rotation table of a model, (n_context, 2, D), or None if its positions are learned.

    Args:
        config: of the model.
        device: where the table lives; "meta" computes nothing, however large it would be.
    """
    if config.positions != "rotary":
        return None
    if device == "meta":
        shape = (config.n_context, 2, config.head_size)
        return torch.empty(shape, dtype=torch.float64, device=device)
    return rotation_table(
        config.n_context, config.head_size, config.rope_base, config.rope_divisors
    ).to(device)


def rotation_table(
    n_positions: int, head_size: int, base: float, divisors: Sequence[float] | None = None
) -> Tensor:
    """Cosine and signed sine for every position and channel, in float64.

    Args:
        n_positions: positions 0 .. n_positions - 1 get a row.
        head_size: D, even. Channels i and i + D/2 form a pair that rotates together.
        base: pair i rotates by base ** (-2i/D) radians per token.
        divisors: (D/2,) how many times slower each pair rotates; None: not at all.

    Returns:
        (n_positions, 2, D): [:, 0] is the cosine, [:, 1] the sine, negative in the first half.

    Source: Su et al. 2021, "RoFormer", arXiv:2104.09864, section 3.2.2. The paper pairs
        neighbouring channels; like Llama's published weights we pair channel i with i + D/2.
    """
    pair = torch.arange(0, head_size, 2, dtype=torch.float64) / head_size  # (D/2,)
    position = torch.arange(n_positions, dtype=torch.float64)  # (T,)
    speed = base**-pair  # (D/2,) radians per token
    if divisors is not None:
        speed = speed / torch.tensor(divisors, dtype=torch.float64)
    angle = torch.outer(position, speed)  # (T, D/2)
    cos = torch.cat([angle.cos(), angle.cos()], dim=-1)  # (T, D)
    sin = torch.cat([-angle.sin(), angle.sin()], dim=-1)  # (T, D)
    return torch.stack([cos, sin], dim=1)  # (T, 2, D)


def llama3_divisors(
    head_size: int, base: float, factor: float, low: float, high: float, n_original: int
) -> tuple[float, ...]:
    """How much slower Llama 3.1 rotates each pair, so that a longer context looks like a short one.

    Pairs that turn more than `high` times within the original context stay as they are, those that
    turn less than `low` times become `factor` times slower, and those in between are blended.

    Args:
        head_size: D, even.
        base: as in `rotation_table`.
        factor: by how much the slowest pairs are slowed down.
        low, high: turns within the original context, low < high.
        n_original: tokens of the context before it was extended.

    Returns:
        (D/2,) divisors of the speeds, from 1 to `factor`.

    Source: Grattafiori et al. 2024, "The Llama 3 Herd of Models", arXiv:2407.21783, section 3.4.2,
        and `_compute_llama3_parameters` in transformers.
    """
    divisors = []
    for i in range(head_size // 2):
        n_turns = n_original * base ** (-2 * i / head_size) / (2 * math.pi)
        kept = min(max((n_turns - low) / (high - low), 0.0), 1.0)  # share of the old speed
        divisors.append(1.0 / ((1.0 - kept) / factor + kept))
    return tuple(divisors)


def sinusoids_for(config: ModelConfig, device: str = "cpu") -> Tensor | None:
    """The table that is added to embeddings, (n_context, C), or None without sinusoids."""
    if config.positions != "sinusoidal":
        return None
    if device == "meta":
        shape = (config.n_context, config.n_channels)
        return torch.empty(shape, dtype=torch.float64, device=device)
    return sinusoid_table(config.n_context, config.n_channels).to(device)


def sinusoid_table(n_positions: int, n_channels: int) -> Tensor:
    """Sines and cosines of every position, at wavelengths from 2 pi to 10,000 times that.

    Args:
        n_positions: positions 0 .. n_positions - 1 get a row.
        n_channels: C, even. Channels 2i and 2i + 1 are sine and cosine of the same angle.

    Returns:
        (n_positions, C) float64, values from -1 to 1.

    Source: Vaswani et al. 2017, "Attention Is All You Need", arXiv:1706.03762, section 3.5. The
        paper also multiplies embeddings by sqrt(C) (section 3.4); here they learn their size.
    """
    pair = torch.arange(0, n_channels, 2, dtype=torch.float64) / n_channels  # (C/2,)
    position = torch.arange(n_positions, dtype=torch.float64)  # (T,)
    angle = torch.outer(position, 10_000.0**-pair)  # (T, C/2)
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)  # (T, C)


def slopes_for(config: ModelConfig, device: str = "cpu") -> Tensor | None:
    """How fast each head's scores fall with the distance, (H,) float32, or None without ALiBi."""
    if config.positions != "alibi":
        return None
    return torch.tensor(alibi_slopes(config.n_heads), dtype=torch.float32, device=device)


def alibi_slopes(n_heads: int) -> list[float]:
    """One slope a head: a geometric sequence that ends at 1/256, if their number is a power of two.

    Any other number takes the slopes of the next smaller power of two, and fills up with every
    second one of the power of two above it.

    Source: Press et al. 2021, "Train Short, Test Long", arXiv:2108.12409, section 3; for other
        numbers of heads `get_slopes` in the code that the authors published.
    """
    n_even = 1 << (n_heads.bit_length() - 1)  # the largest power of two that is not above
    slopes = [2.0 ** (-8.0 * n / n_even) for n in range(1, n_even + 1)]
    finer = [2.0 ** (-4.0 * n / n_even) for n in range(1, 2 * n_even + 1)]
    return slopes + finer[0::2][: n_heads - n_even]


def distance_penalty(slopes: Tensor, positions: Tensor) -> Tensor:
    """What ALiBi adds to the scores: minus slope times distance.

    Args:
        slopes: (H,) of the heads.
        positions: (T,) positions of the tokens that look, or (B, T) if rows differ. They look at
            the positions 0 .. S - 1, S being the last of them plus one.

    Returns:
        (B or 1, H, T, S); what lies ahead of a token is left to the mask.
    """
    n_seen = int(positions.max()) + 1
    back = positions[..., None] - torch.arange(n_seen, device=positions.device)  # (.., T, S)
    penalty = -slopes[:, None, None] * back.unsqueeze(-3)  # (.., H, T, S)
    return penalty if positions.dim() == 2 else penalty.unsqueeze(0)


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
