"""What small models made of sums of all kinds, with more seeds and one lane more than the page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.house.files import Folder
from core.house.limits import record
from core.house.limits.running import rows_of
from core.limits.rule.adding import AddingProgram, AddingSettings, Found, learned, results
from core.limits.rule.sums import Kind, Lane

PART: Final = "adding"
N_SEEDS: Final = 3  # models of each lane
SETTINGS: Final = AddingSettings(n_seeds=N_SEEDS)
VARIED: Final = SETTINGS.changed(lanes=("varied",), n_steps_each=2 * SETTINGS.n_steps_each)
"""Many kinds take longer to learn: with the others' steps there would be little to compare."""


def make(folder: Folder, say: Callable[[str], None]) -> dict[str, Any]:
    """Train all models on sums, as the page does, with more seeds and every lane.

    Args:
        folder: where the house's files lie; nothing of them is read.
        say: is told what is under way.
    """
    rows = []
    for settings in (SETTINGS, VARIED):
        say(f"training {len(settings.models)} models on sums")
        rows += rows_of(AddingProgram({}, settings.to_dict()), "looked", "asked")
    return {"settings": SETTINGS.to_dict(), "rows": rows}


@dataclass(frozen=True)
class Adding:
    """What the models made of sums, shipped.

    Args:
        settings: of those that learn one kind of sums.
        seconds: what cores computed for training all of them.
        found: right answers by lane and kind of question, all seeds together.
        learned: right answers to new sums by lane and updates, all seeds together.
        asked: one row a model, as `core.limits.rule.adding.AddingProgram` describes it.
    """

    settings: AddingSettings
    seconds: float
    found: Mapping[Lane, Mapping[Kind, Found]]
    learned: Mapping[Lane, Mapping[int, Found]]
    asked: Sequence[Mapping[str, Any]]


def adding(folder: Folder | None = None) -> Adding | None:
    """What the models made of sums; None if nothing is shipped."""
    found = record.read(PART, folder)
    if not found:
        return None
    asked = [row for row in found["rows"] if row["kind"] == "asked"]
    return Adding(
        settings=AddingSettings.from_dict(found["settings"]),
        seconds=sum(row["training_s"] for row in asked),
        found=results(asked),
        learned=learned([row for row in found["rows"] if row["kind"] == "looked"]),
        asked=asked,
    )
