"""What a unit of the learning path is made of: what is done, how the page knows, what is asked.

Every file of pages/path/units has a `UNIT` of this kind.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from core.learning.progress import Own
from core.modality import TEXT
from pages.kit.catalogue import Text, Words
from pages.kit.importing import imported
from pages.kit.numbers import share
from pages.kit.parts import Badge
from pages.path.units import ORDER


@dataclass(frozen=True)
class Said:
    """What is said of a unit before anything was done.

    Args:
        question: what it is about.
        task: the one thing to do, in a sentence.
    """

    question: Text
    task: Text


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


@dataclass(frozen=True)
class Found:
    """What was measured and shipped, or was just measured on the example model.

    Args:
        surprise: what one would not have expected, in sentences.
        badge: how these figures came to be.
        checks: what is asked; those that the figures leave without a right answer are left out.
    """

    surprise: Sequence[Text]
    badge: Badge | None
    checks: Sequence[Check]

    @property
    def asked(self) -> list[Check]:
        """The checks that have a right answer."""
        return [one for one in self.checks if isinstance(one, Estimate) or one.right]


@dataclass(frozen=True)
class Unit:
    """A unit.

    Args:
        name: that of its file.
        place: of the page where something is done.
        minutes: that it takes, about: reading, the run if there is one, and two checks.
        says: its question and its task.
        evidence: what shows that the task was done, with its figures; None: nothing yet.
        own: the visitor's own measurement in sentences.
        found: the surprise and the checks; None if nothing is shipped.
        settings: of the page, where it is opened.
        modality: the kind of data it is about.
    """

    name: str
    place: str
    minutes: int
    says: Callable[[Words], Said]
    evidence: Callable[[], Own | None]
    own: Callable[[Own, Words], Sequence[Text]]
    found: Callable[[Words], Found | None]
    settings: Mapping[str, str] = field(default_factory=dict)
    modality: str = TEXT


NO_UNIT: Final = "there is no such unit"


def unit(name: str) -> Unit:
    """A unit by its name."""
    if name not in ORDER:
        raise ValueError(f"{name!r}: {NO_UNIT}")
    found: Unit = imported(f"pages.path.units.{name}").UNIT
    return found
