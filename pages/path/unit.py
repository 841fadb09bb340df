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
from pages.kit.parts import Badge
from pages.path.questions import Check, Estimate
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
