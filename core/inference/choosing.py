"""The whole way of a choice: from logits through any order of processors to the token drawn.

Invariant: in today's order (`order_of`) the last distribution is, bit for bit, what
`next_token_probs` gives. Every step keeps what it found, so a reader can see which step left out
which token.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.inference.processors import OUT, Distribution, Processor, Temperature, TopK, TopP
from core.inference.sampling import SamplingSettings, hit, temper


@dataclass(frozen=True, slots=True)
class ChoiceStep:
    """What one processor did."""

    processor: Processor
    """with its setting"""
    after: Distribution
    """what it left"""
    excluded: Tensor
    """(N,) ids of the tokens that this step left out, the lowest first"""


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice, with everything that led to it."""

    start: Distribution
    """the model's own: logits, and their softmax"""
    steps: tuple[ChoiceStep, ...]
    """in the order in which they were taken"""
    ends: Tensor
    """(V,) float64: the bar on which the dart lands, as where every token's stretch ends"""
    place: float
    """where the dart lands on the bar, in [0, ends[-1])"""
    token: int
    """the token whose stretch the dart hits"""
    share_before: float
    """the share of its stretch that lies before the dart, in [0, 1)"""

    @property
    def end(self) -> Distribution:
        """What was drawn from."""
        return self.steps[-1].after if self.steps else self.start

    def excluded_by(self, token: int) -> Processor | None:
        """The processor that left a token out; None where it could still have been drawn."""
        for step in self.steps:
            if token in step.excluded:
                return step.processor
        return None


def choose(
    logits: Tensor, before: Sequence[int], order: Sequence[Processor], dart: float
) -> Choice:
    """Choose the next token, and keep every distribution on the way.

    Args:
        logits: (V,) the model's scores; minus infinity for tokens that may not come.
        before: the text so far: what the penalties look at. Whether the prompt counts is up to
            whoever calls.
        order: the processors, first to last; the same processor may come twice.
        dart: in [0, 1): the uniform number that decides.

    Returns:
        The choice with all its steps.

    Raises:
        WritingFailed: the probabilities are not numbers, as after a training that diverged.
        ValueError: a token of the text is none of the vocabulary.
    """
    if before and not 0 <= min(before) <= max(before) < len(logits):
        raise ValueError(f"token ids must lie in [0, {len(logits)})")
    start = now = Distribution(logits, temper(logits, 1.0))
    steps = []
    for processor in order:
        after = processor(now.scores, now.probs, before)
        excluded = torch.nonzero((after.scores == OUT) & (now.scores != OUT)).flatten()
        steps.append(ChoiceStep(processor, after, excluded))
        now = after
    token, share_before = hit(now.probs, dart)
    ends = now.probs.double().cumsum(dim=0)  # (V,) as in `hit`
    return Choice(start, tuple(steps), ends, dart * float(ends[-1]), token, share_before)


def order_of(settings: SamplingSettings) -> tuple[Processor, ...]:
    """Today's fixed order: temperature, then top-k, then top-p, as far as they are set."""
    order: list[Processor] = [Temperature(settings.temperature)]
    if settings.top_k is not None:
        order.append(TopK(settings.top_k))
    if settings.top_p < 1.0:
        order.append(TopP(settings.top_p))
    return tuple(order)
