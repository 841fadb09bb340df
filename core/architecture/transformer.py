"""The whole model: tokens in, a score for every possible next token out.

One class serves every config, from a model trained in the app to GPT-2 and Llama weights.
"""

from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.architecture.attention import PastTokens, Recording
from core.architecture.block import Block
from core.architecture.config import ModelConfig
from core.architecture.normalization import norm_for
from core.architecture.positions import (
    distance_penalty,
    rotations_for,
    sinusoids_for,
    slopes_for,
)
from core.architecture.unset import give_room, unset_table

__all__ = ["KeyValueCache", "Recording", "Transformer"]

EMBEDDING_SPREAD = 0.02
"""standard deviation of newly initialised embeddings, as in GPT-2"""


class KeyValueCache(Protocol):
    """Keys and values already computed, so that a text has to be read only once."""

    def open(self, n_rows: int, n_tokens: int) -> PastTokens:
        """Make room for `n_tokens` new tokens in each of the first `n_rows` rows."""
        ...


class Transformer(nn.Module):
    """A decoder-only transformer, built from its config.

    Args:
        config: the plan.
        seed: for the initial weights; None leaves them unset, for a loader that sets them all.
        device: where the weights live; "meta" gives shapes without memory.
    """

    rotations: Tensor | None
    sinusoids: Tensor | None
    slopes: Tensor | None

    def __init__(self, config: ModelConfig, seed: int | None = 0, device: str = "cpu") -> None:
        super().__init__()
        self.config = config
        with torch.device("meta"):  # shapes only: no memory and no random numbers yet
            self.token_embedding = unset_table(config.n_vocab, config.n_channels)
            self.position_embedding = (
                unset_table(config.n_context, config.n_channels)
                if config.positions == "learned"
                else None
            )
            self.blocks = nn.ModuleList(Block(config, i) for i in range(config.n_layers))
            self.final_norm = norm_for(config)
            self.unembedding = (
                None if config.tied else nn.Linear(config.n_channels, config.n_vocab, bias=False)
            )
        give_room(self, device)
        self.register_buffer("rotations", rotations_for(config, device), persistent=False)
        self.register_buffer("sinusoids", sinusoids_for(config, device), persistent=False)
        self.register_buffer("slopes", slopes_for(config, device), persistent=False)
        if seed is not None:
            initialise(self, torch.Generator().manual_seed(seed))

    def forward(
        self,
        tokens: Tensor,
        cache: KeyValueCache | None = None,
        record: Recording | None = None,
        only_last: bool = False,
    ) -> Tensor:
        """Score every token of the vocabulary as the next token, at every position.

        Args:
            tokens: (B, T) token ids, T at most n_context (with a cache: including its tokens).
            cache: keys and values of the tokens before `tokens`; the new ones are added.
            record: collects the internals.
            only_last: score only after the last token, which is all that generation needs.

        Returns:
            (B, T, V) logits, (B, 1, V) with `only_last`; softmax turns them into probabilities.
        """
        return self.score(self.read(tokens, cache, record, only_last))  # (B, T, V)

    def read(
        self,
        tokens: Tensor,
        cache: KeyValueCache | None = None,
        record: Recording | None = None,
        only_last: bool = False,
    ) -> Tensor:
        """What the model has gathered at every token, before scoring.

        Args:
            tokens, cache, record, only_last: as in `forward`.

        Returns:
            (B, T, C) the residual stream after the final norm, (B, 1, C) with `only_last`.
        """
        B, T = tokens.shape
        past = None if cache is None else cache.open(B, T)
        positions = torch.arange(T, device=tokens.device) if past is None else past.positions

        x: Tensor = self.token_embedding(tokens)  # (B, T, C)
        if self.position_embedding is not None:
            x = x + self.position_embedding(positions)
        if self.sinusoids is not None:
            x = x + self.sinusoids[positions].to(x.dtype)
        rotation = self.rotation_at(positions, x.dtype)
        penalty = self.penalty_at(positions)
        if record is not None:
            record.residuals.append(x)
        for block in self.blocks:
            x = block(x, rotation, past, record, penalty)  # (B, T, C)
            if record is not None:
                record.residuals.append(x)
        x = self.final_norm(x[:, -1:] if only_last else x)
        if record is not None:
            record.final = x
        return x

    def score(self, x: Tensor) -> Tensor:
        """The logits read from the final stream: (..., C) -> (..., V)."""
        return F.linear(x, self.output_table)

    @property
    def dtype(self) -> torch.dtype:
        """Of the stream, and so of keys and values."""
        has_norm = "norm" not in self.config.without
        holder = self.final_norm if has_norm else self.token_embedding
        found: torch.dtype = holder.weight.dtype  # type: ignore[assignment]
        return found

    @property
    def output_table(self) -> Tensor:
        """(V, C) one row per token: a logit is the dot product of its row with the final stream."""
        if self.unembedding is None:
            return self.token_embedding.weight
        return self.unembedding.weight

    def rotation_at(self, positions: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor] | None:
        """Cosine and sine for positions (T,) or (B, T), ready to broadcast over (B, T, H, D)."""
        if self.rotations is None:
            return None
        cos, sin = self.rotations[positions].to(dtype).unbind(-2)  # (..., T, D) each
        return cos.unsqueeze(-2), sin.unsqueeze(-2)  # (..., T, 1, D)

    def penalty_at(self, positions: Tensor) -> Tensor | None:
        """What ALiBi takes off the scores of distant tokens; None with other positions."""
        return None if self.slopes is None else distance_penalty(self.slopes, positions)

    @property
    def n_parameters(self) -> int:
        """The number of trainable parameters."""
        return sum(p.numel() for p in self.parameters())


@torch.no_grad()
def initialise(model: Transformer, generator: torch.Generator) -> None:
    """Set initial weights such that at step 0 every block passes the stream on unchanged.

    Without residual connections a block that adds nothing would pass on nothing, and no gradient
    either, so there its output matrices are drawn like all others.

    - embeddings: normal, standard deviation EMBEDDING_SPREAD;
    - matrices that read the stream (qkv, up, gate, unembedding): normal, 1 / sqrt(inputs), so
      outputs are on the same scale as inputs;
    - matrices that write to the stream (attention.out, feedforward.down): zero, so every block
      starts as the identity, however many there are;
    - gains one, biases zero.

    Source: for the zeroed output matrices, Goyal et al. 2017, arXiv:1706.02677, section 5.1
        (there: the last gain of a residual block), and Zhang et al. 2019, "Fixup",
        arXiv:1901.09321. GPT-2 scales them by 1 / sqrt(2 n_layers) instead.
    """
    writes = ("attention.out.weight", "feedforward.down.weight")
    zero = ("bias",) if "residual" in model.config.without else (*writes, "bias")
    for name, parameter in model.named_parameters():
        if name.endswith("embedding.weight") and not name.startswith("unembedding"):
            parameter.normal_(0.0, EMBEDDING_SPREAD, generator=generator)
        elif name.endswith(zero):
            parameter.zero_()
        elif parameter.dim() == 2:
            parameter.normal_(0.0, parameter.shape[1] ** -0.5, generator=generator)
        else:
            parameter.fill_(1.0)
