"""One block: tokens exchange what they know, then each processes it on its own."""

from torch import Tensor, nn

from core.architecture.attention import Attention, PastTokens, Recording
from core.architecture.config import ModelConfig
from core.architecture.feedforward import FeedForward
from core.architecture.normalization import norm_for


class Block(nn.Module):
    """Attention and feed-forward, each reading a normalised copy of the stream and adding to it.

    A part that the config leaves out is not there at all: it has no weights. Without the residual
    connection a layer's answer takes the place of the stream instead of being added to it.

    Source: Radford et al. 2019, "Language Models are Unsupervised Multitask Learners" (GPT-2),
        section 2.3: the norm comes before each layer, not after it as in Vaswani et al. 2017.
    """

    def __init__(self, config: ModelConfig, layer: int) -> None:
        super().__init__()
        attends, works = ("attention" not in config.without, "feedforward" not in config.without)
        self.adds = "residual" not in config.without
        self.attention_norm = norm_for(config) if attends else None
        self.attention = Attention(config, layer) if attends else None
        self.feedforward_norm = norm_for(config) if works else None
        self.feedforward = FeedForward(config) if works else None

    def forward(
        self,
        x: Tensor,
        rotation: tuple[Tensor, Tensor] | None = None,
        past: PastTokens | None = None,
        record: Recording | None = None,
        penalty: Tensor | None = None,
    ) -> Tensor:
        """The residual stream after this block; (B, T, C) -> (B, T, C)."""
        if record is not None and record.whole:
            record.parts.append({})
        if self.attention is not None and self.attention_norm is not None:
            normed = self.attention_norm(x)
            gathered = self.attention(normed, rotation, past, record, penalty)
            x = x + gathered if self.adds else gathered
            if record is not None:
                record.keep(attention_input=normed, middle=x)
        if self.feedforward is not None and self.feedforward_norm is not None:
            inner = self.feedforward_norm(x)
            if record is not None:
                record.keep(feedforward_input=inner)
            worked = self.feedforward(inner, record)
            x = x + worked if self.adds else worked
        return x
