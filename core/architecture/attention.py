"""Causal self-attention: every token looks back and gathers what it needs from earlier tokens.

Two ways to the same result: the textbook formula, step by step, when the internals are inspected,
and torch's fused kernel otherwise. A test checks that they agree.
"""

import math
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.architecture.config import ModelConfig
from core.architecture.normalization import head_norm_for
from core.architecture.positions import rotate


@dataclass
class Recording:
    """What a forward pass records for inspection; each list has one entry per layer."""

    attention_weights: list[Tensor] = field(default_factory=list)
    """(B, H, T, T) shares of 1: row = the token looking, column = the token looked at"""
    queries: list[Tensor] = field(default_factory=list)
    """(B, H, T, D) as compared: after norm and rotation"""
    keys: list[Tensor] = field(default_factory=list)
    """(B, H of keys, T, D) as compared: after norm and rotation"""
    values: list[Tensor] = field(default_factory=list)
    """(B, H of keys, T, D)"""
    residuals: list[Tensor] = field(default_factory=list)
    """(B, T, C) the embedding, then the residual stream after every block: n_layers + 1 entries"""
    final: Tensor | None = None
    """(B, T, C) the last residual after the final norm: what the logits are read from"""
    whole: bool = False
    """whether `parts` is filled, too: every value between the parts of a block"""
    parts: list[dict[str, Tensor]] = field(default_factory=list)
    """by name, (B, T, C) unless said otherwise: attention_input, mixed, attention_output, middle,
    feedforward_input, up and gate (B, T, hidden; gate only where there is one), hidden (B, T,
    hidden) as the last matrix reads it, feedforward_output"""

    def keep(self, **values: Tensor) -> None:
        """Note values of the block that is being passed, if all are wanted."""
        if self.whole:
            self.parts[-1].update(values)


class PastTokens(Protocol):
    """What attention needs from a key-value cache, for one forward pass."""

    positions: Tensor
    """(T,) positions of the new tokens, or (B, T) if rows differ"""
    visible: Tensor | None
    """(B or 1, 1, T, S) True where a new token may look; None: the causal mask is enough"""

    def append(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Store (B, T, H, D) new keys and values; return all S of them, old and new."""
        ...


class Attention(nn.Module):
    """Multi-head attention; with fewer key-value heads than query heads, several heads share one.

    Source: Vaswani et al. 2017, "Attention Is All You Need", arXiv:1706.03762, section 3.2;
        Ainslie et al. 2023, "GQA", arXiv:2305.13245, for the shared key-value heads.
    """

    def __init__(self, config: ModelConfig, layer: int) -> None:
        super().__init__()
        self.layer = layer
        self.head_size = config.head_size
        self.heads = [config.n_heads, config.n_kv_heads, config.n_kv_heads]  # of q, k, v
        # One matrix makes queries, keys and values: one large product is faster than three.
        n_rows = sum(self.heads) * self.head_size
        self.qkv = nn.Linear(config.n_channels, n_rows, config.bias or config.qkv_bias)
        self.out = nn.Linear(config.n_heads * self.head_size, config.n_channels, config.bias)
        self.query_norm = head_norm_for(config) if config.qk_norm else None
        self.key_norm = head_norm_for(config) if config.qk_norm else None

    def forward(
        self,
        x: Tensor,
        rotation: tuple[Tensor, Tensor] | None = None,
        past: PastTokens | None = None,
        record: Recording | None = None,
        penalty: Tensor | None = None,
    ) -> Tensor:
        """Let every token gather information from itself and the tokens before it.

        Args:
            x: (B, T, C) normalised residual stream.
            rotation: cosine and sine of the tokens' positions; None if nothing is rotated.
            past: earlier keys and values, None when x is the whole text.
            record: collects the internals; forces the textbook path.
            penalty: (B or 1, H, T, S) what ALiBi adds to the scores; None with other positions.

        Returns:
            (B, T, C) what attention adds to the residual stream.
        """
        B, T, _ = x.shape
        heads: Tensor = self.qkv(x).view(B, T, -1, self.head_size)
        q, k, v = torch.split(heads, self.heads, dim=2)  # (B, T, H, D) each
        if self.query_norm is not None and self.key_norm is not None:
            q, k = self.query_norm(q), self.key_norm(k)
        if rotation is not None:
            q, k = rotate(q, rotation), rotate(k, rotation)
        if past is not None:
            k, v = past.append(self.layer, k, v)  # (B, S, H, D), S = past + T

        q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)  # (B, H, T or S, D)
        visible = None if past is None else past.visible
        if record is None:
            mixed = fused_attention(q, k, v, visible, penalty)  # (B, H, T, D)
        else:
            weights = attention_weights(q, k, visible, penalty)  # (B, H, T, S)
            mixed = weights @ share_heads(v, q.shape[1])  # (B, H, T, D)
            record.attention_weights.append(weights)
            record.queries.append(q)
            record.keys.append(k)
            record.values.append(v)
        mixed = mixed.transpose(1, 2).reshape(B, T, -1)  # (B, T, H * D)
        out: Tensor = self.out(mixed)
        if record is not None:
            record.keep(mixed=mixed, attention_output=out)
        return out


def attention_weights(
    q: Tensor, k: Tensor, visible: Tensor | None = None, penalty: Tensor | None = None
) -> Tensor:
    """The textbook formula: softmax(Q K^T / sqrt(D)), with no token looking ahead.

    Args:
        q: (B, H, T, D) queries.
        k: (B, H or fewer, S, D) keys.
        visible: (B or 1, 1, T, S) True where a query may look; None: itself and all earlier ones.
        penalty: (B or 1, H, T, S) added to the scores, see `positions.distance_penalty`.

    Returns:
        (B, H, T, S) weights; every row sums to 1, hidden keys are exactly 0.

    Source: Vaswani et al. 2017, arXiv:1706.03762, equation 1.
    """
    scores = q @ share_heads(k, q.shape[1]).transpose(-1, -2)  # (B, H, T, S)
    scores = scores / math.sqrt(q.shape[-1])
    if penalty is not None:
        scores = scores + penalty
    if visible is None:
        visible = causal(q.shape[-2], k.shape[-2], q.device)
    return scores.masked_fill(~visible, float("-inf")).softmax(dim=-1)


def fused_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    visible: Tensor | None = None,
    penalty: Tensor | None = None,
) -> Tensor:
    """The same formula, including the product with the values, (B, H, T, D), in one fast kernel."""
    shared = k.shape[1] != q.shape[1]
    if penalty is not None:  # the kernel adds a mask of numbers to the scores
        if visible is None:
            visible = causal(q.shape[-2], k.shape[-2], q.device)
        mask = penalty.to(q.dtype).masked_fill(~visible, float("-inf"))
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, enable_gqa=shared)
    if visible is not None:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=visible, enable_gqa=shared)
    # A single new token may see everything before it: nothing is hidden.
    return F.scaled_dot_product_attention(q, k, v, is_causal=q.shape[-2] > 1, enable_gqa=shared)


def causal(n_queries: int, n_keys: int, device: torch.device) -> Tensor:
    """(T, S) True where a query may look, when the queries are the last T of the S tokens."""
    everything = torch.ones(n_queries, n_keys, dtype=torch.bool, device=device)
    return everything.tril(diagonal=n_keys - n_queries)


def share_heads(x: Tensor, n_heads: int) -> Tensor:
    """Give every head its keys or values: (B, fewer, S, D) -> (B, H, S, D); neighbours share."""
    n_sharing = n_heads // x.shape[1]
    return x if n_sharing == 1 else x.repeat_interleave(n_sharing, dim=1)
