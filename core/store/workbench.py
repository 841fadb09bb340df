"""What is on a user's bench: one or two lanes, and what makes two lanes a pair.

Invariant: no two artefacts in a lane contradict each other. Everything downstream was made from
what is upstream, or from nothing of that kind.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from core.lineage import KINDS, STEP_OF, Artifact, Kind, downstream_of
from core.pipeline import STEPS

Lane = Literal["a", "b"]
LANES: Final[tuple[Lane, ...]] = ("a", "b")

Slots = dict[Kind, str]
"""A lane: the id of the latest artefact per kind."""


@dataclass(frozen=True)
class Difference:
    """The one thing in which lane b differs from lane a."""

    step: str  # one of STEPS
    setting: str  # the setting's name
    a: Any  # its value in lane a, JSON-serialisable
    b: Any  # its value in lane b

    def __post_init__(self) -> None:
        if self.step not in STEPS:
            raise ValueError(f"{self.step!r} is none of the steps {STEPS}")

    def shares(self, kind: Kind) -> bool:
        """Whether both lanes hold the same artefact of this kind: it precedes the difference."""
        return STEPS.index(STEP_OF[kind]) < STEPS.index(self.step)


@dataclass(frozen=True)
class Workbench:
    """One owner's lanes; `difference` is None while there is only lane a."""

    lanes: dict[Lane, Slots] = field(default_factory=lambda: {"a": {}})
    difference: Difference | None = None

    @property
    def is_pair(self) -> bool:
        """Whether there are two lanes."""
        return self.difference is not None


@dataclass(frozen=True)
class Slot:
    """What a page shows in one place of a lane, and whose it is."""

    artifact: Artifact
    whose: Literal["house", "yours"]


def with_placed(
    slots: Mapping[Kind, str],
    lineage: Sequence[Artifact],
    lineage_of: Callable[[Kind, str], Sequence[Artifact]],
) -> Slots:
    """Put an artefact into a lane together with the chain it was made from.

    Args:
        slots: the lane before.
        lineage: the artefact and everything it was made from, oldest first, itself last.
        lineage_of: returns the same for what is already in the lane.

    Returns:
        the new lane: everything that contradicts the new chain is gone.
    """
    chain: Slots = {artifact.kind: artifact.id for artifact in lineage}
    changed = [kind for kind, id_ in chain.items() if slots.get(kind) != id_]
    after: Slots = {**slots, **chain}
    for kind in KINDS:
        if kind in chain or kind not in after:
            continue
        made_from = {artifact.id for artifact in lineage_of(kind, after[kind])}
        upstream = [other for other in changed if kind in downstream_of(other)]
        if any(chain[other] not in made_from for other in upstream):
            del after[kind]
    return {kind: after[kind] for kind in KINDS if kind in after}


def forked(slots: Mapping[Kind, str], difference: Difference) -> Slots:
    """Start lane b: what comes before the difference is shared, the rest is yet to be made.

    Args:
        slots: lane a.
        difference: where the lanes part.

    Returns:
        lane b.
    """
    return {kind: id_ for kind, id_ in slots.items() if difference.shares(kind)}
