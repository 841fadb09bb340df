"""One block: tokens exchange what they know, then each processes it on its own."""

from torch import Tensor, nn

from core.architecture.attention import Attention, PastTokens, Recording
from core.architecture.config import ModelConfig
from core.architecture.feedforward import FeedForward
from core.architecture.normalization import norm_for


class Block(nn.Module):
    """Attention and feed-forward, each reading a normalised copy of the stream and adding to it.

    Source: Radford et al. 2019, "Language Models are Unsupervised Multitask Learners" (GPT-2),
        section 2.3: the norm comes before each layer, not after it as in Vaswani et al. 2017.
    """

    def __init__(self, config: ModelConfig, layer: int) -> None:
        super().__init__()
        self.attention_norm = norm_for(config)
        self.attention = Attention(config, layer)
        self.feedforward_norm = norm_for(config)
        self.feedforward = FeedForward(config)

    def forward(
        self,
        x: Tensor,
        rotation: tuple[Tensor, Tensor] | None = None,
        past: PastTokens | None = None,
        record: Recording | None = None,
    ) -> Tensor:
        """The residual stream after this block; (B, T, C) -> (B, T, C)."""
        x = x + self.attention(self.attention_norm(x), rotation, past, record)
        x = x + self.feedforward(self.feedforward_norm(x))
        return x
