"""`python -m core house --limits`: measure what the pages about limits, and "parts", open with."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from core.house.files import Folder
from core.house.limits import (
    ablating,
    adding,
    bias,
    dominance,
    emergence,
    families,
    grokking,
    grounding,
    knowing,
    memorising,
    prompting,
    record,
    reversal,
    seeds,
    telling,
    witness,
)


class Measurement(Protocol):
    """Makes a part: reads the house's files, trains or asks, and returns what it found as JSON;
    nothing where it cannot be made on this machine."""

    def __call__(self, folder: Folder, say: Callable[[str], None]) -> Mapping[str, Any]: ...


PARTS: Final[dict[str, Measurement]] = {
    reversal.PART: reversal.make,
    knowing.PART: knowing.make,
    seeds.PART: seeds.make,
    memorising.PART: memorising.make,
    witness.PART: witness.make,
    telling.PART: telling.make,
    bias.PART: bias.make,
    dominance.PART: dominance.make,
    families.PART: families.make,
    emergence.PART: emergence.make,
    adding.PART: adding.make,
    grokking.PART: grokking.make,
    grounding.PART: grounding.make,
    ablating.PART: ablating.make,
    prompting.PART: prompting.make,
}


def make_limits(folder: Folder, parts: Sequence[str], say: Callable[[str], None]) -> None:
    """Measure some parts and write each down as soon as it is there.

    Args:
        folder: where the house's files lie.
        parts: names in `PARTS`; none of them means all.
        say: is told what is under way.
    """
    for part in parts or PARTS:
        if found := PARTS[part](folder, say):
            record.write(folder, part, found)
