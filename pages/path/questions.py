"""The questions of a unit: an estimate, a choice, an order; each knows where it can be seen.

What is right stands in none of them by itself: it is passed in, from what was measured.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pages.kit.catalogue import Text, Words
from pages.kit.numbers import share


@dataclass(frozen=True)
class See:
    """Where the measurement behind a check can be seen.

    Args:
        place: a name of site.PLACES.
        settings: what the address says there, besides what it says already.
    """

    place: str
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Estimate:
    """A check: guess a number that was measured.

    Args:
        key: unique in the unit.
        question: what is guessed, with its unit.
        measured: the number.
        low, high, step: what can be answered.
        tolerance: how far from the measurement still counts as right.
        written: a number as it is shown.
        feedback: the measurement, in a sentence.
        see: where it can be seen.
    """

    key: str
    question: Text
    measured: float
    low: float
    high: float
    step: float
    tolerance: float
    written: Callable[[float], str]
    feedback: Text
    see: See

    def steps(self) -> list[float]:
        """Everything that can be answered."""
        n = round((self.high - self.low) / self.step)
        return [round(self.low + i * self.step, 9) for i in range(n + 1)]


def share_guessed(
    key: str, question: Text, measured: float, feedback: Text, see: See, t: Words, points: int = 10
) -> Estimate:
    """A check: guess a share, in steps of 5 %.

    Args:
        key, question, feedback, see: see `Estimate`.
        measured: a share of 1.
        points: percentage points from it that still count as right.
    """
    return Estimate(
        key=key,
        question=question,
        measured=100 * measured,
        low=0,
        high=100,
        step=5,
        tolerance=points,
        written=lambda per_cent: share(per_cent / 100, t.lang),
        feedback=feedback,
        see=see,
    )


@dataclass(frozen=True)
class Choice:
    """A check: choose one of several answers; with claims, the one that the measurements refute.

    Args:
        key: unique in the unit.
        question: what is asked.
        options: name to what it says.
        right: the name of the right one, from what was measured; "" if none is.
        feedback: the measurement, in a sentence.
        see: where it can be seen.
        claims: whether the options are explanations, of which the wrong one is looked for.
    """

    key: str
    question: Text
    options: Mapping[str, str]
    right: str
    feedback: Text
    see: See
    claims: bool = False


@dataclass(frozen=True)
class Order:
    """A check: bring things into the order of what was measured.

    Args:
        key: unique in the unit.
        question: what goes first and what last.
        options: name to what it says.
        right: the names in the right order; empty if there is none.
        feedback: the measurement, in a sentence.
        see: where it can be seen.
    """

    key: str
    question: Text
    options: Mapping[str, str]
    right: tuple[str, ...]
    feedback: Text
    see: See


Check = Estimate | Choice | Order
