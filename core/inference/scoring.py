"""Scores of a whole text: how likely it is, and at every place how sure the model was.

All logarithms and sums are float64, whatever the model computes in; a text longer than the context
is read in the windows of `core.inference.surprise`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from core.architecture.transformer import Transformer
from core.errors import WritingFailed
from core.inference.surprise import windows

PLACES_AT_ONCE: Final = 64
"""of which the float64 distributions are held in memory together"""


@dataclass(frozen=True, slots=True)
class TextScore:
    """What a model makes of a text of T tokens; place i predicts token i + 1."""

    logprobs: Tensor
    """(T - 1,) float64 nats: of each token but the first, after those before it"""
    entropies: Tensor
    """(T - 1,) float64 nats: of the distribution it was predicted with; the surprise expected"""
    ranks: Tensor
    """(T - 1,) tokens that were likelier than it; 0 where it was the likeliest"""
    likeliest: Tensor
    """(T - 1, n) ids of the likeliest tokens, the likeliest first; among equals the lower id"""
    likeliest_logprobs: Tensor
    """(T - 1, n) float64 nats: theirs"""

    @property
    def total(self) -> float:
        """Log-probability of the whole text after its first token, in nats."""
        return float(self.logprobs.sum())

    @property
    def perplexity(self) -> float:
        """exp(mean surprise): as if so many tokens had been equally likely each time.

        1 for a text of one token, of which nothing is predicted.
        """
        return math.exp(-self.total / max(1, len(self.logprobs)))


@torch.inference_mode()
def score_text(model: Transformer, tokens: Sequence[int], n_likeliest: int = 0) -> TextScore:
    """Score every token of a text but the first, which nothing precedes.

    Args:
        model: reads; it is not changed.
        tokens: T token ids.
        n_likeliest: alternatives to keep at each place.

    Returns:
        The scores of the T - 1 predicted tokens; empty for a text of one token or none.

    Raises:
        WritingFailed: the model's scores are not numbers.
        ValueError: a token is none of the model's.

    Source: Shannon 1948, "A Mathematical Theory of Communication", section 6; Jelinek et al. 1977,
        "Perplexity: a measure of the difficulty of speech recognition tasks".
    """
    if tokens and not 0 <= min(tokens) <= max(tokens) < model.config.n_vocab:
        raise ValueError(f"token ids must lie in [0, {model.config.n_vocab})")
    found: list[tuple[Tensor, ...]] = []
    for start, n_done, end in windows(len(tokens), model.config.n_context):
        read = torch.tensor([tokens[start:end]])  # (1, T)
        logits: Tensor = model(read)[0, n_done - start :]  # (T, V)
        expected = torch.tensor(tokens[n_done + 1 : end + 1])
        for at in range(0, len(expected), PLACES_AT_ONCE):
            some = slice(at, at + PLACES_AT_ONCE)
            found.append(_scores(logits[some], expected[some], n_likeliest))
    if not found:
        none = torch.zeros(0, dtype=torch.float64)
        ids = torch.zeros(0, dtype=torch.long)
        return TextScore(none, none, ids, ids.view(0, 1)[:, :0], none.view(0, 1)[:, :0])
    return TextScore(*(torch.cat(column) for column in zip(*found, strict=True)))


def score_next(logits: Tensor, token: int, n_likeliest: int = 0) -> TextScore:
    """Score one token from the logits it comes from, where a text is read as it grows.

    Args:
        logits: (V,) the model's scores after the text so far.
        token: what comes next.
        n_likeliest: alternatives to keep.

    Returns:
        The score of this one place, as `score_text` would give it.

    Raises:
        WritingFailed: the model's scores are not numbers.
    """
    return TextScore(*_scores(logits[None], torch.tensor([token]), n_likeliest))


def _scores(logits: Tensor, expected: Tensor, n: int) -> tuple[Tensor, ...]:
    """The fields of a TextScore for some places, from (T, V) logits and (T,) tokens."""
    logprobs = logits.double().log_softmax(dim=-1)  # (T, V)
    if bool(logprobs.isnan().any()):
        raise WritingFailed("the probabilities are not numbers", reason="probabilities")
    own = logprobs.gather(-1, expected[:, None])  # (T, 1)
    entropies = torch.special.entr(logprobs.exp()).sum(dim=-1)  # (T,)
    best = logprobs.sort(dim=-1, descending=True, stable=True) if n else None
    likeliest = (best.indices if best else expected[:, None])[:, :n]  # (T, n)
    ranks = (logprobs > own).sum(dim=-1)  # (T,)
    return own[:, 0], entropies, ranks, likeliest, logprobs.gather(-1, likeliest)
