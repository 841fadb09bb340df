"""Marking: whether an answer to a check is right, from what was measured.

Invariant: nothing here knows a right answer. It follows from the figures that are passed in, so a
retrained model changes the check.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Literal

Verdict = Literal["right", "low", "high"]


def estimated(answer: float, measured: float, tolerance: float) -> Verdict:
    """Whether an estimate is close enough to the measurement.

    Args:
        answer: the estimate.
        measured: in the same unit.
        tolerance: how far from it still counts as right, in the same unit.

    Returns:
        "right", or on which side the estimate lies.
    """
    slack = 1e-9 * max(1.0, abs(measured))  # a slider's steps are not exact
    if abs(answer - measured) <= tolerance + slack:
        return "right"
    return "low" if answer < measured else "high"


def ranked(measured: Mapping[str, float]) -> tuple[str, ...]:
    """Names by their figures, the smallest first.

    Args:
        measured: name to figure.

    Returns:
        the names; empty if two figures are equal, for then no order is the right one.
    """
    if len(set(measured.values())) < len(measured):
        return ()
    return tuple(sorted(measured, key=measured.__getitem__))


def the_false_one(claims: Mapping[str, bool]) -> str:
    """Which of several claims does not hold.

    Args:
        claims: name to whether it holds for what was measured.

    Returns:
        the name of the one that does not; "" unless it is exactly one.
    """
    false = [name for name, holds in claims.items() if not holds]
    return false[0] if len(false) == 1 else ""


def shuffled(names: Sequence[str], salt: str) -> list[str]:
    """Names in an order that gives nothing away, the same every time.

    Args:
        names: in any order; in the right order if there is one, which is then never returned.
        salt: another one gives another order.
    """
    mixed = sorted(names)
    Random(salt).shuffle(mixed)
    if mixed == list(names) and len(mixed) > 1:
        mixed = [*mixed[1:], mixed[0]]
    return mixed
