"""What small models tell of planted secrets, with all treatments, in both languages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.house.files import Folder
from core.house.limits import record
from core.house.limits.running import rows_of, seconds_of
from core.languages import LANGS
from core.limits.byheart.memorising import (
    LANES,
    Found,
    Lane,
    MemorisingProgram,
    MemorisingSettings,
    results,
)
from core.training.course import Row

PART: Final = "memorising"
N_SEEDS: Final = 3  # models of each lane and language


def make(folder: Folder, say: Callable[[str], None]) -> dict[str, Any]:
    """Train models of all lanes on German and on English texts with planted secrets.

    Args:
        folder: where the house's files lie; nothing of them is read.
        say: is told what is under way.
    """
    rows: list[Row] = []
    seconds = 0.0
    for place, lang in enumerate(LANGS):
        settings = MemorisingSettings(lanes=LANES, lang=lang, n_seeds=N_SEEDS)
        n = len(settings.models)
        say(f"training {n} models on texts with planted secrets ({lang})")
        program = MemorisingProgram({}, settings.to_dict())
        found = rows_of(program, "asked")
        rows += [row | {"model": row["model"] + place * n} for row in found]
        seconds += seconds_of(program)
    return {
        "settings": MemorisingSettings(lanes=LANES, n_seeds=N_SEEDS).to_dict(),
        "seconds": round(seconds, 1),
        "rows": rows,
    }


@dataclass(frozen=True)
class Memorising:
    """What the models told, shipped.

    Args:
        settings: of those in English; those in German differ in the language alone.
        seconds: what training took.
        rows: several of every model.
        found: the same, by lane, both languages together.
    """

    settings: MemorisingSettings
    seconds: float
    rows: Sequence[Row]
    found: Mapping[Lane, Found]


@record.told_once
def shipped(folder: Folder | None = None) -> Memorising | None:
    """What they told; None if nothing is shipped."""
    found = record.read(PART, folder)
    if not found:
        return None
    return Memorising(
        settings=MemorisingSettings.from_dict(found["settings"]),
        seconds=found["seconds"],
        rows=found["rows"],
        found=results(found["rows"]),
    )
