"""A recurrent network: one vector of memory, rewritten at every token by three gates' equations.

All it knows of the text so far lies in that vector; a transformer looks back at every token.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

INITIAL_STD = 0.02


@dataclass(frozen=True)
class RecurrentConfig:
    """The plan of a recurrent network.

    Args:
        n_vocab: tokens in the vocabulary (V).
        n_channels: numbers that describe a token, and numbers of the memory (C).
    """

    n_vocab: int
    n_channels: int


class GRU(nn.Module):
    """One layer of gated recurrent units.

    Args:
        n_channels: numbers of a token and of the memory, C.

    Source: Cho et al. 2014, arXiv:1406.1078, section 2.3; the reset gate acts on the product, as
        in torch.nn.GRU (there: after the matrix, here the same). Elman 1990 is this without gates.
    """

    def __init__(self, n_channels: int) -> None:
        super().__init__()
        self.read = nn.Linear(n_channels, 3 * n_channels)  # of the token
        self.recall = nn.Linear(n_channels, 3 * n_channels)  # of the memory

    def forward(self, x: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Read tokens one after the other.

        Args:
            x: (B, T, C) tokens as vectors.
            memory: (B, C) what is remembered of all before.

        Returns:
            (B, T, C) the memory after each token, and (B, C) after the last.
        """
        after = []
        for from_token in self.read(x).unbind(1):  # (B, 3C) for each of the T tokens
            memory = self.cell(from_token, memory)
            after.append(memory)
        return torch.stack(after, 1), memory

    def cell(self, from_token: Tensor, memory: Tensor) -> Tensor:
        """One token: (B, 3C) and the (B, C) memory before it give the (B, C) memory after it."""
        reset_x, update_x, new_x = from_token.chunk(3, -1)  # (B, C) each
        reset_h, update_h, new_h = linear(memory, self.recall.weight, self.recall.bias).chunk(3, -1)
        reset = torch.sigmoid(reset_x + reset_h)  # 0: what was remembered does not matter here
        update = torch.sigmoid(update_x + update_h)  # 1: keep the memory as it is
        new = torch.tanh(new_x + reset * new_h)
        return (1 - update) * new + update * memory


class Recurrent(nn.Module):
    """A language model whose only memory is one vector.

    Args:
        config: its plan.
        seed: of the initial weights.
    """

    def __init__(self, config: RecurrentConfig, seed: int = 0) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.n_vocab, config.n_channels)
        self.blocks = nn.ModuleList([GRU(config.n_channels)])
        self.norm = nn.RMSNorm(config.n_channels)
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for name, weight in self.named_parameters():
                if name.endswith("bias"):
                    weight.zero_()
                elif name == "embedding.weight":
                    weight.normal_(0.0, INITIAL_STD, generator=generator)
                elif weight.ndim == 2:
                    limit = config.n_channels**-0.5
                    weight.uniform_(-limit, limit, generator=generator)

    @property
    def n_parameters(self) -> int:
        """Numbers that are learned; embedding and scores share theirs."""
        return sum(weight.numel() for weight in self.parameters())

    def start(self, n_rows: int) -> Tensor:
        """(B, C) a memory of nothing."""
        return torch.zeros(n_rows, self.config.n_channels)

    def read(self, tokens: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Read on.

        Args:
            tokens: (B, T) ids.
            memory: (B, C) as `start` or an earlier `read` returned it.

        Returns:
            (B, T, V) scores of the next token after each, and the (B, C) memory.
        """
        x = torch.nn.functional.rms_norm(self.embedding(tokens), (self.config.n_channels,))
        (gru,) = self.blocks
        hidden, memory = gru(x, memory)
        return linear(self.norm(hidden), self.embedding.weight), memory

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, T) ids -> (B, T, V) scores of the next token, from an empty memory."""
        return self.read(tokens, self.start(len(tokens)))[0]
