"""Confidence against truth: whether what a model is 80 % sure of is right in 80 % of the cases.

Invariant: every answer lies in exactly one bin; a confidence on a bin's edge belongs to the higher
one, and 1 to the last.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.intervals import share_interval


@dataclass(frozen=True)
class Bin:
    """Answers of about the same confidence.

    Args:
        low, high: the ends of the bin, shares of 1.
        n: answers in it.
        n_right: those that are right.
        confidence: their mean confidence, a share of 1; 0 in an empty bin.
    """

    low: float
    high: float
    n: int
    n_right: int
    confidence: float

    @property
    def right(self) -> float:
        """The share that is right; 0 in an empty bin."""
        return self.n_right / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of that share, by Wilson."""
        return share_interval(self.n_right, self.n)


def reliability(confidences: Sequence[float], right: Sequence[bool], n_bins: int) -> list[Bin]:
    """The bins of a reliability diagram, all equally wide.

    Args:
        confidences: of each answer, a share of 1.
        right: whether it is right.
        n_bins: how many bins, at least 1.

    Raises:
        ValueError: a confidence lies outside [0, 1].

    Source: Guo et al. 2017, "On Calibration of Modern Neural Networks", arXiv:1706.04599, sec. 2.
        There a confidence on an edge belongs to the lower bin.
    """
    if any(not 0.0 <= each <= 1.0 for each in confidences):
        raise ValueError("a confidence must lie in [0, 1]")
    members: list[list[tuple[float, bool]]] = [[] for _ in range(n_bins)]
    for confidence, is_right in zip(confidences, right, strict=True):
        # A share of twenty draws can fall a rounding error below the edge it stands for.
        place = min(int(confidence * n_bins + 1e-9), n_bins - 1)
        members[place].append((confidence, is_right))
    return [
        Bin(
            low=place / n_bins,
            high=(place + 1) / n_bins,
            n=len(some),
            n_right=sum(is_right for _, is_right in some),
            confidence=sum(each for each, _ in some) / len(some) if some else 0.0,
        )
        for place, some in enumerate(members)
    ]


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """How far confidence and truth lie apart on average, weighted by the answers in each bin.

    Args:
        bins: as `reliability` gives them; at least one holds an answer.

    Returns:
        A share of 1: 0 where every confidence is kept; 1 where what is entirely sure is always
        wrong.

    Source: Guo et al. 2017, arXiv:1706.04599, equation 3 (after Naeini et al. 2015).
    """
    n = sum(each.n for each in bins)
    return sum(each.n * abs(each.right - each.confidence) for each in bins) / n
