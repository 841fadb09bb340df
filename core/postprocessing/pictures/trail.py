"""The trail: what each stage did to a picture, chained by hashes, so that every change is noticed.

It holds measurements and hashes of pixels, and neither the picture nor the caption; see
core.postprocessing.chaining for the chain.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

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
