"""What small models that read a fact never, once or often answered, with all treatments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.house.files import Folder
from core.house.limits import record
from core.house.limits.running import finished_models, seconds_of
from core.limits.often import telling, wordings
from core.limits.often.telling import LANES, Found, Lane, TellingProgram, TellingSettings
from core.limits.often.wordings import Worded, WordingSettings, WordingsProgram
from core.training.course import Course, Row

PART: Final = "telling"
N_SEEDS: Final = 5  # models of each sort


def make(folder: Folder, say: Callable[[str], None]) -> dict[str, Any]:
    """Train models of all lanes, and models told in one or several wordings.

    Args:
        folder: where the house's files lie; nothing of them is read.
        say: is told what is under way.
    """
    told = TellingSettings(lanes=LANES, n_seeds=N_SEEDS)
    say(f"training {len(told.models)} models that are told facts never to often")
    telling_rows, telling_s = _run(TellingProgram({}, told.to_dict()))
    worded = WordingSettings(n_seeds=N_SEEDS)
    say(f"training {worded.n_seeds} models that are told facts in one to eight wordings")
    wordings_rows, wordings_s = _run(WordingsProgram({}, worded.to_dict()))
    return {
        "settings": told.to_dict(),
        "seconds": telling_s,
        "rows": telling_rows,
        "wordings": {
            "settings": worded.to_dict(),
            "seconds": wordings_s,
            "rows": wordings_rows,
        },
    }


def _run(program: Course[Any]) -> tuple[list[Row], float]:
    """The rows of its finished models, and the seconds that learning took."""
    rows = finished_models(program, "asked")
    return rows, round(seconds_of(program), 1)


@dataclass(frozen=True)
class Telling:
    """What the models about villages and portraits answered, shipped.

    Args:
        settings, wording_settings: of all of them.
        seconds, wording_seconds: what training took.
        rows: one of every model about villages.
        found: the same, by lane.
        worded: what the models about portraits come to.
    """

    settings: TellingSettings
    seconds: float
    rows: Sequence[Row]
    found: Mapping[Lane, Found]
    wording_settings: WordingSettings
    wording_seconds: float
    worded: Worded


@record.told_once
def shipped(folder: Folder | None = None) -> Telling | None:
    """What they answered; None if nothing is shipped."""
    found = record.read(PART, folder)
    if not found:
        return None
    worded = wordings.results(found["wordings"]["rows"])
    if worded is None:
        return None
    return Telling(
        settings=TellingSettings.from_dict(found["settings"]),
        seconds=found["seconds"],
        rows=found["rows"],
        found=telling.results(found["rows"]),
        wording_settings=WordingSettings.from_dict(found["wordings"]["settings"]),
        wording_seconds=found["wordings"]["seconds"],
        worded=worded,
    )
