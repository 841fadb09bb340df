"""How models came to the rule of sums modulo p, with weight decay and without, for more seeds."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.house.files import Folder
from core.house.limits import record
from core.house.limits.running import rows_of
from core.limits.rule.grokking import GrokkingProgram, GrokkingSettings, Learned, courses

PART: Final = "grokking"
N_SEEDS: Final = 5  # models of each lane


def make(folder: Folder, say: Callable[[str], None]) -> dict[str, Any]:
    """Train all models on sums modulo p, as the page does, with more seeds.

    Args:
        folder: where the house's files lie; nothing of them is read.
        say: is told what is under way.
    """
    settings = GrokkingSettings(n_seeds=N_SEEDS)
    begun = time.process_time()
    say(f"training {len(settings.models)} models on sums modulo {settings.modulus}")
    rows = rows_of(GrokkingProgram({}, settings.to_dict()), "looked")
    return {
        "settings": settings.to_dict(),
        "seconds": round(time.process_time() - begun, 1),
        "rows": rows,
    }


@dataclass(frozen=True)
class Grokking:
    """How the models came along, shipped.

    Args:
        settings: of all of them.
        seconds: what cores computed for it, looks included.
        courses: one a model.
    """

    settings: GrokkingSettings
    seconds: float
    courses: Sequence[Learned]


def grokking(folder: Folder | None = None) -> Grokking | None:
    """How the models came along; None if nothing is shipped."""
    found = record.read(PART, folder)
    if not found:
        return None
    return Grokking(
        settings=GrokkingSettings.from_dict(found["settings"]),
        seconds=found["seconds"],
        courses=courses(found["rows"]),
    )
