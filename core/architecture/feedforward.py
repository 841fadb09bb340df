"""The feed-forward layer: every token processes what it has gathered, independently."""

from torch import Tensor, nn
from torch.nn import functional as F

from core.architecture.attention import Recording
from core.architecture.config import ModelConfig


class FeedForward(nn.Module):
    """Expand to n_hidden numbers, apply the nonlinearity, project back.

    gelu:         down(gelu(up(x)))            GPT-2; in its tanh approximation
    squared_relu: down(relu(up(x))^2)          ours; most hidden numbers are exactly 0
    swiglu:       down(silu(gate(x)) * up(x))  Llama; a second matrix gates what passes

    Source: Hendrycks & Gimpel 2016, "Gaussian Error Linear Units", arXiv:1606.08415, section 2;
        So et al. 2021, "Primer", arXiv:2109.08668, section 3 (squared ReLU);
        Shazeer 2020, "GLU Variants Improve Transformer", arXiv:2002.05202, equation 5.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.activation = config.activation
        self.up = nn.Linear(config.n_channels, config.n_hidden, config.bias)
        self.gate = (
            nn.Linear(config.n_channels, config.n_hidden, config.bias)
            if config.activation == "swiglu"
            else None
        )
        self.down = nn.Linear(config.n_hidden, config.n_channels, config.bias)

    def forward(self, x: Tensor, record: Recording | None = None) -> Tensor:
        """What the layer adds to the residual stream; (B, T, C) -> (B, T, C)."""
        up: Tensor = self.up(x)  # (B, T, hidden)
        gate = None if self.gate is None else self.gate(x)
        if gate is not None:
            hidden = F.silu(gate) * up
        elif self.activation == "gelu":
            hidden = F.gelu(up, approximate="tanh")
        else:
            hidden = F.relu(up).square()
        out: Tensor = self.down(hidden)  # (B, T, C)
        if record is not None:
            record.keep(up=up, hidden=hidden, feedforward_output=out)
            if gate is not None:
                record.keep(gate=gate)
        return out
