"""What may stand between a model's logits and the draw, each a step with one number.

A token is out once its score is minus infinity, and stays out. Only filters leave tokens out, and a
filter that leaves out any leaves out those, too, whose probability has been rounded to 0.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

import torch
from torch import Tensor

from core.errors import SettingError
from core.inference.sampling import LEAST_TEMPERATURE, keep_likeliest, keep_nucleus, temper

OUT: Final = float("-inf")
"""the score of a token that has been left out"""


class Processor(Protocol):
    """One step on the way from logits to what is drawn from."""

    @property
    def name(self) -> str:
        """The field's name for it, as programs write it."""
        ...

    def __call__(self, scores: Tensor, probs: Tensor, before: Sequence[int]) -> "Distribution":
        """What it makes of a distribution.

        Args:
            scores: (V,) as logits are; OUT for tokens that have been left out.
            probs: (V,) their softmax, summing to 1.
            before: the text so far.
        """
        ...


@dataclass(frozen=True, slots=True)
class Distribution:
    """What the next token could be drawn from, at one place on the way."""

    scores: Tensor
    """(V,) as logits are; OUT for tokens that have been left out"""
    probs: Tensor
    """(V,) probabilities, summing to 1"""


@dataclass(frozen=True)
class RepetitionPenalty:
    """Divide positive scores of tokens that occur in the text, multiply negative ones.

    Raises:
        SettingError: the penalty is not above 0.

    Source: Keskar et al. 2019, "CTRL", arXiv:1909.05858, section 4.1; for negative scores as every
        library does it (the paper divides these, too, which would favour the token).
    """

    penalty: float
    """above 1 discourages, below 1 encourages; 1 changes nothing"""
    name: ClassVar[str] = "repetition_penalty"

    def __post_init__(self) -> None:
        if not 0.0 < self.penalty < float("inf"):
            raise SettingError(self.name, self.penalty, "must be above 0")

    def __call__(self, scores: Tensor, probs: Tensor, before: Sequence[int]) -> Distribution:
        """See `Processor`."""
        seen = torch.tensor(sorted(set(before)), dtype=torch.long)
        old = scores[seen]
        penalised = torch.where(old < 0, old * self.penalty, old / self.penalty)
        return _rescored(_numbers(scores.scatter(0, seen, penalised), scores))


@dataclass(frozen=True)
class PresencePenalty:
    """Subtract a constant from the score of every token that occurs in the text.

    Raises:
        SettingError: the penalty is no number.

    Source: OpenAI API reference, "Frequency and presence penalties".
    """

    penalty: float
    """in logits; below 0 encourages, 0 changes nothing"""
    name: ClassVar[str] = "presence_penalty"

    def __post_init__(self) -> None:
        _check_finite(self.name, self.penalty)

    def __call__(self, scores: Tensor, probs: Tensor, before: Sequence[int]) -> Distribution:
        """See `Processor`."""
        counts = _counts(before, scores)  # (V,)
        return _rescored(_numbers(scores - self.penalty * (counts > 0).to(scores.dtype), scores))


@dataclass(frozen=True)
class FrequencyPenalty:
    """Subtract from a token's score in proportion to how often it occurs in the text.

    Raises:
        SettingError: the penalty is no number.

    Source: OpenAI API reference, "Frequency and presence penalties".
    """

    penalty: float
    """in logits per occurrence; below 0 encourages, 0 changes nothing"""
    name: ClassVar[str] = "frequency_penalty"

    def __post_init__(self) -> None:
        _check_finite(self.name, self.penalty)

    def __call__(self, scores: Tensor, probs: Tensor, before: Sequence[int]) -> Distribution:
        """See `Processor`."""
        return _rescored(_numbers(scores - self.penalty * _counts(before, scores), scores))


@dataclass(frozen=True)
class Temperature:
    """Divide all scores; see `temper`.

    Raises:
        SettingError: the temperature is negative.
    """

    temperature: float
    """0 or more; 0 leaves the likeliest token alone"""
    name: ClassVar[str] = "temperature"

    def __post_init__(self) -> None:
        if not 0.0 <= self.temperature < float("inf"):
            raise SettingError(self.name, self.temperature, "must be at least 0")

    def __call__(self, scores: Tensor, probs: Tensor, before: Sequence[int]) -> Distribution:
        """See `Processor`."""
        tempered = temper(scores, self.temperature)
        if self.temperature == 0.0:
            return Distribution(scores.masked_fill(tempered == 0.0, OUT), tempered)
        divided = scores / max(self.temperature, LEAST_TEMPERATURE)
        return Distribution(_numbers(divided, scores), tempered)


@dataclass(frozen=True)
class TopK:
    """Keep the k likeliest tokens; see `keep_likeliest`.

    Raises:
        SettingError: k is less than 1.
    """

    k: int
    """tokens to keep; ties with the last are kept too"""
    name: ClassVar[str] = "top_k"

    def __post_init__(self) -> None:
        if self.k < 1:
            raise SettingError(self.name, self.k, "must be at least 1")

    def __call__(self, scores: Tensor, probs: Tensor, before: Sequence[int]) -> Distribution:
        """See `Processor`."""
        return _filtered(scores, probs, keep_likeliest(probs, self.k))


@dataclass(frozen=True)
class TopP:
    """Keep the likeliest tokens that hold a share of the probability; see `keep_nucleus`.

    Raises:
        SettingError: the share lies outside (0, 1].
    """

    share: float
    """of the probability to keep"""
    name: ClassVar[str] = "top_p"

    def __post_init__(self) -> None:
        if not 0.0 < self.share <= 1.0:
            raise SettingError(self.name, self.share, "must lie in (0, 1]")

    def __call__(self, scores: Tensor, probs: Tensor, before: Sequence[int]) -> Distribution:
        """See `Processor`."""
        return _filtered(scores, probs, keep_nucleus(probs, self.share))


@dataclass(frozen=True)
class MinP:
    """Keep the tokens that are not too unlikely beside the likeliest; see `keep_near_the_best`.

    Raises:
        SettingError: the share lies outside [0, 1].
    """

    share: float
    """of the likeliest token's probability; 0 keeps everything"""
    name: ClassVar[str] = "min_p"

    def __post_init__(self) -> None:
        if not 0.0 <= self.share <= 1.0:
            raise SettingError(self.name, self.share, "must lie in [0, 1]")

    def __call__(self, scores: Tensor, probs: Tensor, before: Sequence[int]) -> Distribution:
        """See `Processor`."""
        return _filtered(scores, probs, keep_near_the_best(probs, self.share))


@dataclass(frozen=True)
class Typical:
    """Keep the tokens that are about as surprising as expected; see `keep_typical`.

    Raises:
        SettingError: the share lies outside (0, 1].
    """

    share: float
    """of the probability to keep; 1 keeps everything"""
    name: ClassVar[str] = "typical_p"

    def __post_init__(self) -> None:
        if not 0.0 < self.share <= 1.0:
            raise SettingError(self.name, self.share, "must lie in (0, 1]")

    def __call__(self, scores: Tensor, probs: Tensor, before: Sequence[int]) -> Distribution:
        """See `Processor`."""
        return _filtered(scores, probs, keep_typical(probs, self.share))


def keep_near_the_best(probs: Tensor, share: float) -> Tensor:
    """Keep the tokens whose probability is at least a share of the likeliest token's (min-p).

    Args:
        probs: (..., V) probabilities, summing to 1.
        share: of the largest probability, in [0, 1].

    Returns:
        (..., V) probabilities, summing to 1 again; dropped tokens are exactly 0.

    Raises:
        SettingError: `share` lies outside [0, 1].

    Source: Nguyen et al. 2024, "Turning Up the Heat: Min-p Sampling", arXiv:2407.01082, section 3.
    """
    if not 0.0 <= share <= 1.0:
        raise SettingError("min_p", share, "must lie in [0, 1]")
    least = share * probs.amax(dim=-1, keepdim=True)  # (..., 1)
    if bool((probs >= least).all()):
        return probs.clone()
    kept = probs.where(probs >= least, 0.0)
    return kept / kept.sum(dim=-1, keepdim=True)


def keep_typical(probs: Tensor, share: float) -> Tensor:
    """Keep the tokens whose surprise is nearest to the expected one, until they hold a share.

    Args:
        probs: (..., V) probabilities, summing to 1.
        share: of the probability mass to keep (the paper's tau), in (0, 1].

    Returns:
        (..., V) probabilities, summing to 1 again; dropped tokens are exactly 0. Tokens as far
        from the expected surprise as the last one kept are kept too. The likeliest token may be
        dropped.

    Raises:
        SettingError: `share` lies outside (0, 1].

    Source: Meister et al. 2022, "Locally Typical Sampling", arXiv:2202.00666, equation 11.
    """
    if not 0.0 < share <= 1.0:
        raise SettingError("typical_p", share, "must lie in (0, 1]")
    if share == 1.0:
        return probs.clone()
    surprise = -probs.log()  # (..., V) nats; infinite where the probability is 0
    expected = torch.special.entr(probs).sum(dim=-1, keepdim=True)  # (..., 1) the entropy
    distance = (surprise - expected).abs()  # (..., V)
    nearest, order = distance.sort(dim=-1, stable=True)
    mass = probs.gather(-1, order).cumsum(dim=-1, dtype=torch.float64)
    last = (mass < share).sum(dim=-1, keepdim=True).clamp_(max=probs.shape[-1] - 1)  # (..., 1)
    kept = probs.where(distance <= nearest.gather(-1, last), 0.0)
    return kept / kept.sum(dim=-1, keepdim=True)


def _rescored(scores: Tensor) -> Distribution:
    return Distribution(scores, temper(scores, 1.0))


def _numbers(scores: Tensor, before: Tensor) -> Tensor:
    """Scores in which nothing has become infinite but what was so before: only filters exclude."""
    most = torch.finfo(scores.dtype).max
    return scores.clamp(-most, most).masked_fill(before == OUT, OUT)


def _filtered(scores: Tensor, probs: Tensor, kept: Tensor) -> Distribution:
    """A distribution from which a filter has kept some tokens."""
    gone = kept == 0.0  # (V,)
    if not bool((gone & (probs > 0.0)).any()):
        return Distribution(scores, kept)
    return Distribution(scores.masked_fill(gone, OUT), kept)


def _counts(before: Sequence[int], scores: Tensor) -> Tensor:
    """(V,) how often each token occurs in the text."""
    counts = torch.zeros_like(scores)
    for token, n in Counter(before).items():
        counts[token] = n
    return counts


def _check_finite(name: str, value: float) -> None:
    if not float("-inf") < value < float("inf"):
        raise SettingError(name, value, "must be a number")
