"""Sampling: from the model's logits to one drawn token.

Temperature, then top-k, then top-p, then the draw. Every function treats the last axis as the
vocabulary, so it works on one distribution (V,) as well as on a batch (B, V).

How ties are broken, so that every implementation agrees:
- greedy: the lowest id among the likeliest wins;
- top-k: all tokens as likely as the k-th are kept, so more than k can remain;
- top-p: among equally likely tokens the lower id comes first.
"""

import math
from dataclasses import dataclass
from random import Random
from typing import Final

import torch
from torch import Tensor

from core.errors import SettingError, WritingFailed
from core.inference.watermark import Watermark

LEAST_TEMPERATURE: Final = 1e-37
"""below it a temperature is 0 as a float32, and the likeliest token's 0 / 0 would be no number"""


@dataclass(frozen=True, kw_only=True)
class SamplingSettings:
    """How the next token is chosen, and when to stop.

    Raises:
        SettingError: a value lies outside its range.
    """

    temperature: float = 1.0
    """0 or more; below 1 sharpens the distribution, above 1 flattens it; 0 is greedy"""
    top_k: int | None = None
    """keep only this many of the likeliest tokens; None keeps all"""
    top_p: float = 1.0
    """keep the likeliest tokens that together hold this share of the probability, in (0, 1]"""
    seed: int = 0
    """of the draws: the same model, text, settings and seed give the same continuation"""
    max_tokens: int = 100
    """the most tokens to generate"""
    stop: tuple[str, ...] = ()
    """generation ends where one of these appears. Whoever decodes the tokens looks for them, see
    StopText; under a schema, the JSON is closed as soon as one would appear"""
    constraint: str | None = None
    """a JSON schema the text must fit, see `constraint`; None: any text will do"""
    watermark: Watermark | None = None
    """how the text is watermarked; None: not at all"""

    def __post_init__(self) -> None:
        if not 0.0 <= self.temperature <= 100.0:
            raise SettingError("temperature", self.temperature, "must lie in [0, 100]")
        if self.top_k is not None and self.top_k < 1:
            raise SettingError("top_k", self.top_k, "must be at least 1")
        if not 0.0 < self.top_p <= 1.0:
            raise SettingError("top_p", self.top_p, "must lie in (0, 1]")
        if self.max_tokens < 1:
            raise SettingError("max_tokens", self.max_tokens, "must be at least 1")
        if "" in self.stop:
            raise SettingError("stop", "", "must not be empty")

    @property
    def filters(self) -> tuple[float, int | None, float]:
        """The settings that shape the distribution; texts that share them are filtered together."""
        return self.temperature, self.top_k, self.top_p


def temper(logits: Tensor, temperature: float) -> Tensor:
    """Probabilities at a temperature: softmax(logits / temperature).

    Args:
        logits: (..., V) scores.
        temperature: 0 or more; 1 is the model as trained, 0 puts all on the likeliest token.

    Returns:
        (..., V) probabilities, summing to 1.

    Raises:
        SettingError: `temperature` is negative.

    Source: Ackley et al. 1985, "A Learning Algorithm for Boltzmann Machines", section 2.
    """
    if not temperature >= 0.0:
        raise SettingError("temperature", temperature, "must be at least 0")
    if temperature == 0.0:
        likeliest = logits.argmax(dim=-1, keepdim=True)  # (..., 1)
        return torch.zeros_like(logits).scatter_(-1, likeliest, 1.0)
    # Subtracting the largest logit changes nothing, but keeps tiny temperatures from overflowing.
    relative = logits - logits.amax(dim=-1, keepdim=True)  # (..., V), at most 0
    return (relative / max(temperature, LEAST_TEMPERATURE)).softmax(dim=-1)


def keep_likeliest(probs: Tensor, k: int) -> Tensor:
    """Keep the k likeliest tokens (top-k).

    Args:
        probs: (..., V) probabilities, summing to 1.
        k: tokens to keep, at least 1; ties with the k-th are kept too.

    Returns:
        (..., V) probabilities, summing to 1 again; dropped tokens are exactly 0.

    Raises:
        SettingError: `k` is less than 1.

    Source: Fan et al. 2018, "Hierarchical Neural Story Generation", arXiv:1805.04833, section 5.1.
    """
    if k < 1:
        raise SettingError("top_k", k, "must be at least 1")
    if k >= probs.shape[-1]:
        return probs.clone()
    least = probs.topk(k, dim=-1).values[..., -1:]  # (..., 1) the k-th likeliest
    kept = probs.where(probs >= least, 0.0)
    return kept / kept.sum(dim=-1, keepdim=True)


def keep_nucleus(probs: Tensor, top_p: float) -> Tensor:
    """Keep the smallest set of likeliest tokens that holds at least `top_p` of the mass.

    Args:
        probs: (..., V) probabilities, summing to 1.
        top_p: share of the probability mass to keep, 0 < top_p <= 1.

    Returns:
        (..., V) probabilities, summing to 1 again; dropped tokens are exactly 0.

    Raises:
        SettingError: `top_p` lies outside (0, 1].

    Source: Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration", arXiv:1904.09751.
    """
    if not 0.0 < top_p <= 1.0:
        raise SettingError("top_p", top_p, "must lie in (0, 1]")
    if top_p == 1.0:  # a rounded sum can reach 1.0 too early and drop rare tokens
        return probs.clone()

    if probs.dim() == 1:
        return _nucleus_of_few(probs, top_p)
    sorted_probs, order = probs.sort(dim=-1, descending=True, stable=True)
    # In float64: over a large vocabulary, the error of a float32 sum exceeds the rarest tokens.
    mass = sorted_probs.cumsum(dim=-1, dtype=torch.float64)
    mass_before = mass - sorted_probs  # (..., V) mass of all likelier tokens
    # The likeliest token has mass_before == 0, so at least one token always survives.
    sorted_kept = sorted_probs.where(mass_before < top_p, 0.0)
    kept = torch.zeros_like(probs).scatter_(-1, order, sorted_kept)
    return kept / kept.sum(dim=-1, keepdim=True)


def _nucleus_of_few(probs: Tensor, top_p: float) -> Tensor:
    """The same for (V,) probabilities, to the last bit; what top-k has dropped is not sorted."""
    numbers = probs.detach().numpy()
    ids = numbers.nonzero()[0]  # (left,)
    order = ids[(-numbers[ids]).argsort(kind="stable")]  # (left,) the likeliest first
    mass_before = numbers[order].cumsum(dtype="float64") - numbers[order]
    inside = order[mass_before < top_p]
    kept = torch.zeros_like(probs)
    kept.numpy()[inside] = numbers[inside]
    return kept / kept.sum()


def next_token_probs(logits: Tensor, settings: SamplingSettings) -> Tensor:
    """What the next token is drawn from: temperature, then top-k, then top-p; (..., V)."""
    probs = temper(logits, settings.temperature)
    if settings.top_k is not None:
        probs = keep_likeliest(probs, settings.top_k)
    if settings.top_p < 1.0:
        probs = keep_nucleus(probs, settings.top_p)
    return probs


def draw(probs: Tensor, generator: Random) -> int:
    """Draw one token: the vocabulary laid end to end on a line of length 1, and a dart.

    Args:
        probs: (V,) probabilities, summing to 1.
        generator: throws the dart; exactly one `random()` is taken.

    Returns:
        The token whose stretch the dart hits; never one with probability 0.

    Raises:
        WritingFailed: the probabilities are not numbers, as after a training that diverged.
    """
    return hit(probs, generator.random())[0]


def hit(probs: Tensor, dart: float) -> tuple[int, float]:
    """Which token a dart hits, and where in the token's stretch of the line it stands.

    Args:
        probs: (V,) probabilities, summing to 1.
        dart: in [0, 1).

    Returns:
        The token, and the share of its stretch that lies before the dart, in [0, 1).

    Raises:
        WritingFailed: the probabilities are not numbers, as after a training that diverged.
    """
    widths = probs.detach().double().numpy()  # (V,); NumPy, since it is called in no time
    ends = widths.cumsum()  # (V,) where every token's stretch ends
    total = float(ends[-1])
    if not 0.0 < total < float("inf"):
        raise WritingFailed("the probabilities are not numbers", reason="probabilities")
    place = dart * total  # in [0, total)
    token = min(int(ends.searchsorted(place, side="right")), len(widths) - 1)
    width = float(widths[token])
    before = (place - (float(ends[token]) - width)) / width if width else 0.0
    return token, min(max(before, 0.0), math.nextafter(1.0, 0.0))


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawn token and what it was drawn from."""

    token: int
    """its id in the vocabulary"""
    logits: Tensor
    """(V,) the model's scores, before temperature and filters"""
    probs: Tensor
    """(V,) what was drawn from, after them; summing to 1"""


def draw_from(logits: Tensor, settings: SamplingSettings, generator: Random) -> Drawn:
    """One token from (V,) logits."""
    probs = next_token_probs(logits, settings)  # (V,)
    return Drawn(draw(probs, generator), logits, probs)
