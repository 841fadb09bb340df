"""What guidance does to the shipped model: match and drift over its weight, measured and kept.

`python -m core house --pictures guidance` measures it again, on the shipped weights.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from core.data.pictures.collecting.sampling import draw_scene
from core.data.pictures.collecting.settings import PictureSettings
from core.data.pictures.reading.readings import compare
from core.house.command import made_by
from core.house.files import SHIPPED, Folder
from core.house.pictures.chain import house_denoiser, house_pictures
from core.house.pictures.making import Say
from core.inference.pictures.drawing import DrawSettings
from core.inference.pictures.drift import Drift, drift, drift_of_the_book
from core.inference.pictures.model import PictureModel
from core.inference.pictures.trying import tried
from core.intervals import share_interval
from core.training.pictures.judging import wishes

COMMAND: Final = "python -m core house --pictures guidance"
RECORD: Final = "pictures-guidance.json"
GUIDANCES: Final = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0)
N_DRAWN: Final = 200  # at each weight
SEED: Final = 5_024

Record = dict[str, Any]


@dataclass(frozen=True)
class Guided:
    """What was measured at one weight of guidance.

    Args:
        guidance: the weight.
        n, n_right: pictures of different captions, and those that are wholly right.
        drift: how far the colours are from the book's own.
    """

    guidance: float
    n: int
    n_right: int
    drift: Drift

    @property
    def share(self) -> float:
        """Of pictures that are wholly right."""
        return self.n_right / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of that share."""
        return share_interval(self.n_right, self.n)


@dataclass(frozen=True)
class HouseGuided:
    """All weights, how far two pages of the book are from each other, how it was made."""

    rows: tuple[Guided, ...]
    book: Drift
    made: Mapping[str, Any]


def make_guided(folder: Folder, *, is_quick: bool, say: Say, work: Path | None = None) -> Record:
    """Measure the model that lies in a folder, and write it down there; `work` is not needed.

    Raises:
        FileNotFoundError: no model lies there.
    """
    started, found = time.perf_counter(), house_pictures(folder)
    if found is None:
        raise FileNotFoundError(folder.path)
    n = 4 if is_quick else N_DRAWN
    rows, book = measured(house_denoiser(folder=folder), found.book, n, say)
    record = {
        "rows": [
            {"guidance": row.guidance, "n": row.n, "n_right": row.n_right,
             "drift": row.drift.to_dict()}
            for row in rows
        ],
        "book": book.to_dict(),
        "seed": SEED,
        "made": made_by(COMMAND, is_quick, time.perf_counter() - started, "float32"),
    }  # fmt: skip
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    folder.write(RECORD, (text + "\n").encode("utf-8"))
    return record


def measured(
    model: PictureModel, book: PictureSettings, n: int, say: Say
) -> tuple[list[Guided], Drift]:
    """The same captions on the same noises at every weight, and the drift of the book itself."""
    asked = wishes(draw_scene, book, n, SEED)
    scenes = [wish.scene for wish in asked]
    seeds = [wish.seed for wish in asked]
    rows = []
    for guidance in GUIDANCES:
        settings = replace(DrawSettings(), guidance=guidance)
        one = tried(model, [wish.caption for wish in asked], seeds, settings)
        right = [compare(r, s).whole for r, s in zip(one.readings, scenes, strict=True)]
        row = Guided(guidance, n, sum(right), drift(one.pictures, scenes, seeds))
        say(f"guidance {guidance:g}: {row.share:.1%} right, drift {row.drift.mean:.2f} "
            f"± {row.drift.half:.2f} grey levels")  # fmt: skip
        rows.append(row)
    return rows, drift_of_the_book(scenes, seeds, model.size)


@cache
def house_guided(folder: Folder | None = None) -> HouseGuided | None:
    """What was measured of the shipped model; None if nothing is shipped."""
    folder = folder or Folder(SHIPPED)
    if not (folder.path / RECORD).exists():
        return None
    record = json.loads(folder.read(RECORD))
    rows = tuple(
        Guided(each["guidance"], each["n"], each["n_right"], Drift(**each["drift"]))
        for each in record["rows"]
    )
    return HouseGuided(rows, Drift(**record["book"]), record["made"])
