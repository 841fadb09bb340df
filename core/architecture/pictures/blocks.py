"""The blocks of a denoiser: for the caption, and for the picture."""

import torch
from torch import Tensor, nn

from core.architecture.attention import Recording
from core.architecture.feedforward import FeedForward
from core.architecture.normalization import norm_for
from core.architecture.pictures.attention import CrossAttention, SelfAttention
from core.architecture.pictures.clock import N_SWITCHES
from core.architecture.pictures.config import DenoiserConfig


class TextBlock(nn.Module):
    """Words exchange what they know, then each processes it: "rot" learns that a ball follows."""

    def __init__(self, config: DenoiserConfig) -> None:
        super().__init__()
        self.attention_norm = norm_for(config.block)
        self.attention = SelfAttention(config)
        self.feedforward_norm = norm_for(config.block)
        self.feedforward = FeedForward(config.block)

    def forward(self, x: Tensor, visible: Tensor) -> Tensor:
        """(B, L, C) words, (B, L) True for those that are no padding -> (B, L, C)."""
        x = x + self.attention(self.attention_norm(x), visible)
        x = x + self.feedforward(self.feedforward_norm(x))
        return x


class PictureBlock(nn.Module):
    """Patches look at each other, then at the words; then each processes what it has gathered.

    The clock shifts and scales what self-attention and feed-forward layer read, and decides how
    much of their answer counts.
    """

    def __init__(self, config: DenoiserConfig) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(config.n_channels, elementwise_affine=False)
        self.attention = SelfAttention(config)
        self.cross_norm = norm_for(config.block)
        self.cross = CrossAttention(config)
        self.feedforward_norm = nn.LayerNorm(config.n_channels, elementwise_affine=False)
        self.feedforward = FeedForward(config.block)
        self.offset = nn.Parameter(torch.zeros(N_SWITCHES, config.n_channels))

    def forward(
        self,
        x: Tensor,
        switches: Tensor,
        words: Tensor,
        visible: Tensor,
        own: Recording | None = None,
        cross: Recording | None = None,
    ) -> Tensor:
        """The patches after this block.

        Args:
            x: (B, N, C) patches.
            switches: (B, N_SWITCHES, C) from the clock.
            words: (B, L, C) the caption.
            visible: (B, L) True for words that are no padding.
            own: records self-attention.
            cross: records cross-attention.

        Returns:
            (B, N, C).
        """
        shift, scale, gate, shift_2, scale_2, gate_2 = (switches + self.offset)[:, :, None].unbind(
            dim=1
        )  # (B, 1, C) each
        read = torch.addcmul(shift, self.attention_norm(x), 1.0 + scale)
        x = torch.addcmul(x, self.attention(read, record=own), 1.0 + gate)
        x = x + self.cross(self.cross_norm(x), words, visible, cross)
        read = torch.addcmul(shift_2, self.feedforward_norm(x), 1.0 + scale_2)
        x = torch.addcmul(x, self.feedforward(read), 1.0 + gate_2)
        return x
