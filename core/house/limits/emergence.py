"""What models of several sizes make of one code, by two rulers, and the law of their losses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.house.files import Folder
from core.house.limits import record
from core.house.limits.running import rows_of, seconds_of
from core.limits.slope.emergence import LADDER, NEXT, Judged, SizesProgram, SizesSettings, by_size

PART: Final = "emergence"
N_SEEDS: Final = 3  # models of each size
RULERS: Final = SizesSettings(n_seeds=N_SEEDS)
"""Models of the six sizes, for both rulers."""
LAW: Final = SizesSettings(n_seeds=N_SEEDS, n_before=2, n_steps_each=300)
"""The same sizes and a code that is harder, for the law of the loss."""
NEXT_SIZE: Final = LAW.changed(channels=(NEXT,))
DATA_CHANNELS: Final = LADDER[3]
DATA_STEPS: Final = (38, 75, 150, 600)  # with those of LAW, each time about twice as much data
DATA: Final = tuple(
    LAW.changed(channels=(DATA_CHANNELS,), n_steps_each=steps) for steps in DATA_STEPS
)


def make(folder: Folder, say: Callable[[str], None]) -> dict[str, Any]:
    """Train models of every size, as the page does, with more seeds.

    Args:
        folder: where the house's files lie; nothing of them is read.
        say: is told what is under way.
    """
    seconds = 0.0

    def trained(settings: SizesSettings) -> list[dict[str, Any]]:
        """The rows of all models of a run."""
        nonlocal seconds
        say(f"training {len(settings.models)} models, {settings.n_steps_each} steps each")
        program = SizesProgram({}, settings.to_dict())
        rows = rows_of(program, "judged")
        seconds += seconds_of(program)
        return rows

    found = {
        "rulers": trained(RULERS),
        "law": trained(LAW),
        "data": [row for settings in DATA for row in trained(settings)],
        "next": trained(NEXT_SIZE),
    }
    return {**found, "seconds": round(seconds, 1)}


@dataclass(frozen=True)
class Emergence:
    """What the models of several sizes came to, shipped.

    Args:
        rulers: by parameters, one for each seed: those of the easy code.
        law, data, next: one row a model, as `SizesProgram` describes it: of the hard code, those
            of six sizes, those of one size and other amounts of data, those of the next size.
        seconds: what training took, all together.
    """

    rulers: Mapping[int, Sequence[Judged]]
    law: Sequence[Mapping[str, Any]]
    data: Sequence[Mapping[str, Any]]
    next: Sequence[Mapping[str, Any]]
    seconds: float


def emergence(folder: Folder | None = None) -> Emergence | None:
    """What the models of several sizes came to; None if nothing is shipped."""
    found = record.read(PART, folder)
    if not found:
        return None
    return Emergence(
        rulers=by_size(found["rulers"]),
        law=found["law"],
        data=found["data"],
        next=found["next"],
        seconds=found["seconds"],
    )
