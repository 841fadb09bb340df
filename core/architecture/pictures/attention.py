"""Attention without a direction: patches look at all patches, and at all words of the caption.

The formula is that of `core.architecture.attention`; only nothing hides what comes later.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.architecture.attention import Recording, attention_weights
from core.architecture.pictures.config import DenoiserConfig


class SelfAttention(nn.Module):
    """Every token gathers what it needs from all tokens of its own kind."""

    def __init__(self, config: DenoiserConfig) -> None:
        super().__init__()
        C = config.n_channels
        self.head_size = config.head_size
        self.qkv = nn.Linear(C, 3 * C, bias=False)
        self.out = nn.Linear(C, C, bias=False)
        self.query_norm, self.key_norm = head_norm_for(config), head_norm_for(config)

    def forward(
        self, x: Tensor, visible: Tensor | None = None, record: Recording | None = None
    ) -> Tensor:
        """What attention adds to the residual stream.

        Args:
            x: (B, T, C) normalised residual stream.
            visible: (B, T) True for tokens that may be looked at; None: all.
            record: collects the internals; forces the textbook path.

        Returns:
            (B, T, C).
        """
        q, k, v = (_heads(part, self.head_size) for part in self.qkv(x).chunk(3, dim=-1))
        q, k = self.query_norm(q), self.key_norm(k)
        out: Tensor = self.out(_gathered(q, k, v, visible, record))
        return out


class CrossAttention(nn.Module):
    """Every patch asks the caption: its query meets the words' keys and gathers their values.

    Source: Rombach et al. 2021, "High-Resolution Image Synthesis with Latent Diffusion Models",
        arXiv:2112.10752, section 3.3.
    """

    def __init__(self, config: DenoiserConfig) -> None:
        super().__init__()
        C = config.n_channels
        self.head_size = config.head_size
        self.q = nn.Linear(C, C, bias=False)
        self.kv = nn.Linear(C, 2 * C, bias=False)
        self.out = nn.Linear(C, C, bias=False)
        self.query_norm, self.key_norm = head_norm_for(config), head_norm_for(config)

    def forward(
        self, x: Tensor, words: Tensor, visible: Tensor, record: Recording | None = None
    ) -> Tensor:
        """What the caption adds to the residual stream of the picture.

        Args:
            x: (B, N, C) normalised residual stream of the patches.
            words: (B, L, C) vectors of the words.
            visible: (B, L) True for words, False for padding.
            record: collects the internals; forces the textbook path.

        Returns:
            (B, N, C).
        """
        q = self.query_norm(_heads(self.q(x), self.head_size))
        k, v = (_heads(part, self.head_size) for part in self.kv(words).chunk(2, dim=-1))
        out: Tensor = self.out(_gathered(q, self.key_norm(k), v, visible, record))
        return out


def head_norm_for(config: DenoiserConfig) -> nn.Module:
    """The norm of queries or of keys, with one gain shared by all heads; (..., D) -> (..., D).

    Source: Dehghani et al. 2023, "Scaling Vision Transformers to 22 Billion Parameters",
        arXiv:2302.05442, section 2: LayerNorm without a bias.
    """
    return nn.LayerNorm(config.head_size, bias=False)


def _heads(x: Tensor, head_size: int) -> Tensor:
    """(B, T, C) -> (B, H, T, D)"""
    B, T, _ = x.shape
    return x.view(B, T, -1, head_size).transpose(1, 2)


def _gathered(
    q: Tensor, k: Tensor, v: Tensor, visible: Tensor | None, record: Recording | None
) -> Tensor:
    """softmax(Q K^T / sqrt(D)) V over the visible tokens: (B, H, T, D) ... -> (B, T, C)."""
    mask = None if visible is None else visible[:, None, None, :]  # (B, 1, 1, S)
    if record is None:
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)  # (B, H, T, D)
    else:
        open_mask = torch.ones(1, 1, 1, k.shape[2], dtype=torch.bool)
        weights = attention_weights(q, k, open_mask if mask is None else mask)  # (B, H, T, S)
        mixed = weights @ v
        record.attention_weights.append(weights)
        record.queries.append(q)
        record.keys.append(k)
        record.values.append(v)
    B, H, T, D = mixed.shape
    return mixed.transpose(1, 2).reshape(B, T, H * D)
