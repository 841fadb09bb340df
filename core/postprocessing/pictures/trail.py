"""The trail: what each stage did to a picture, chained by hashes, so that every change is noticed.

It is chained as the texts' audit trail is, `core.postprocessing.sending.audit`; it holds
measurements and hashes of pixels, and neither the picture nor the caption.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from core.lineage import canonical_json
from core.postprocessing.sending.audit import NO_ENTRY

__all__ = ["NO_ENTRY", "Entry", "Outcome", "first_broken"]

Outcome = Literal["passed", "marked", "changed", "held_back", "skipped"]


@dataclass(frozen=True)
class Entry:
    """What one stage did.

    Args:
        number: its place, from 0.
        stage: its name.
        outcome: "marked": it found something and let it pass; "changed": the picture is another
            one now; "skipped": it was off, or there was nothing for it to do.
        notes: what it measured, as JSON can hold it.
        before, after: hash of the pixels as they came and as they went on; empty before drawing.
        seconds: how long it took.
        previous: the hash of the entry before.
        hash: the hash of all of the above.
    """

    number: int
    stage: str
    outcome: Outcome
    notes: Mapping[str, Any]
    before: str
    after: str
    seconds: float
    previous: str
    hash: str = ""

    def sealed(self) -> "Entry":
        """The same entry with the hash of what it says."""
        said = {name: value for name, value in asdict(self).items() if name != "hash"}
        return replace(self, hash=hashlib.sha256(canonical_json(said)).hexdigest())


def first_broken(trail: tuple[Entry, ...]) -> int | None:
    """The first entry that was changed, dropped or moved; None if the chain is whole."""
    previous = NO_ENTRY
    for number, entry in enumerate(trail):
        if entry.previous != previous or entry.number != number or entry.sealed() != entry:
            return number
        previous = entry.hash
    return None
