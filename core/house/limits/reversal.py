"""What small models about boats answered forwards and backwards, with more seeds than the page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.house.files import Folder
from core.house.limits import record
from core.house.limits.running import finished_models, seconds_of
from core.limits.reversal import (
    LANES,
    Found,
    Harbour,
    Lane,
    ReversalProgram,
    ReversalSettings,
    Way,
    results,
)

PART: Final = "reversal"
N_SEEDS: Final = 5  # models of each lane


def make(folder: Folder, say: Callable[[str], None]) -> dict[str, Any]:
    """Train all models about boats, as the page does, with more seeds.

    Args:
        folder: where the house's files lie; nothing of them is read.
        say: is told what is under way.
    """
    settings = ReversalSettings(n_seeds=N_SEEDS)
    program = ReversalProgram({}, settings.to_dict())
    say(f"training {len(settings.models)} models about boats")
    rows = finished_models(program, "asked")
    return {
        "settings": settings.to_dict(),
        "seconds": round(seconds_of(program), 1),
        "rows": rows,
        "n_sentences": {
            lane: len(Harbour.drawn(settings.n_people, settings.seed).sentences(lane))
            for lane in LANES
        },
    }


@dataclass(frozen=True)
class Reversal:
    """What the models about boats answered, shipped.

    Args:
        settings: of all of them.
        seconds: what training took.
        n_sentences: what the texts of each lane tell.
        found: by lane, by group and by direction.
        example: of somebody told one way, in the lane where half are told both ways.
    """

    settings: ReversalSettings
    seconds: float
    n_sentences: Mapping[Lane, int]
    found: Mapping[Lane, Mapping[str, Mapping[Way, Found]]]
    example: Mapping[str, Any]


def reversal(folder: Folder | None = None) -> Reversal | None:
    """What the models about boats answered; None if nothing is shipped."""
    found = record.read(PART, folder)
    if not found:
        return None
    return Reversal(
        settings=ReversalSettings.from_dict(found["settings"]),
        seconds=found["seconds"],
        n_sentences=found["n_sentences"],
        found=results(found["rows"]),
        example=next(row["example"] for row in found["rows"] if row["lane"] == "half"),
    )
