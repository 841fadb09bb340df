"""Lanes of pictures that differ in one thing of step 1: trained, measured in step 6, and read.

`python -m core house --pictures lanes` makes them. What is measured is measured on the bytes that
are written, read back; books are not shipped, for they are drawn again from their settings.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from core.data.pictures.collecting.corpus import truth_of
from core.data.pictures.collecting.counting import colours_of
from core.data.pictures.collecting.settings import SKEWED, PictureSettings
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.house.command import made_by
from core.house.files import SHIPPED, Folder
from core.house.pictures.lanes_card import lanes_card
from core.house.pictures.making import Say, inputs_of, train_and_keep
from core.house.pictures.recipe import APPLES, LANES, PictureRecipe, quick_pictures
from core.inference.pictures.model import PictureModel
from core.languages import LANGS
from core.lineage import content_id
from core.postprocessing.pictures.caption_trials import ASKS, Ask, Carried, carried_by
from core.postprocessing.pictures.open_colours import N_OPEN, Opened, opened, told_openly

COMMAND: Final = "python -m core house --pictures lanes"
RECORD: Final = "pictures-lanes.json"
CARD: Final = "MODEL_CARD_PICTURE_LANES.md"
GUIDANCES: Final = (3.0, 1.0)  # as usual, and without any

Record = dict[str, Any]


@dataclass(frozen=True)
class PictureLane:
    """A shipped lane.

    Args:
        name: one of recipe.LANES.
        book: settings of the book it learned from.
        counted: of that book: n_pictures, n_wrong_captions, and "apples": colour -> how many.
        n_steps: of its training.
        carried: ask -> weight of guidance -> what was counted in step 6.
    """

    name: str
    book: PictureSettings
    counted: Mapping[str, Any]
    n_steps: int
    carried: Mapping[Ask, Mapping[float, Carried]]
    file: str = field(repr=False)
    folder: Folder = field(repr=False)

    @property
    def files(self) -> tuple[bytes, bytes]:
        """Its weights and its encoder."""
        encoder = CaptionEncoder.of_the_book(self.book.town_seed).to_bytes()
        return self.folder.read(self.file), encoder


@dataclass(frozen=True)
class PictureLanes:
    """All lanes, what was measured of apples without a colour, and how it was made.

    Args:
        lanes: name -> lane.
        apples: weight of guidance -> colours of apples that were asked for without one.
        apples_told: colours of the apples in that book whose captions say none.
        made: by which command, when, on what machine.
    """

    lanes: Mapping[str, PictureLane]
    apples: Mapping[float, Opened]
    apples_told: Opened
    made: Mapping[str, Any]


def make_lanes(folder: Folder, *, is_quick: bool, say: Say, work: Path | None = None) -> Record:
    """Train every lane, measure it as step 6 does, and write it down.

    Args:
        folder: where the files go.
        is_quick: recipes small enough for a test, which teach nothing.
        say: is told what is under way.
        work: where snapshots of the training are kept, a folder a lane; None: nowhere.

    Returns:
        The record, as it was written.
    """
    started = time.perf_counter()

    def ready(recipe: PictureRecipe) -> PictureRecipe:
        quick = quick_pictures(recipe)
        return replace(quick, n_measured=2) if is_quick else recipe

    lanes = {name: _lane(folder, name, ready(recipe), say, work) for name, recipe in LANES.items()}
    apples = _apples(ready(APPLES), N_OPEN if not is_quick else 4, say, work)
    made = made_by(COMMAND, is_quick, time.perf_counter() - started, "float32")
    record = {"lanes": lanes, "apples": apples, "made": made}
    folder.write(CARD, lanes_card(record).encode("utf-8"))
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    folder.write(RECORD, (text + "\n").encode("utf-8"))
    return record


def _lane(folder: Folder, name: str, recipe: PictureRecipe, say: Say, work: Path | None) -> Record:
    """One lane trained, written, read back and measured."""
    data, seconds = trained(recipe, name, say, work)
    file = folder.write(f"pictures-lane-{name}.safetensors", data)
    encoder = CaptionEncoder.of_the_book(recipe.book.town_seed).to_bytes()
    ways = [replace(recipe.drawing, guidance=guidance) for guidance in GUIDANCES]
    say(f"{name}: measuring")
    (found,) = carried_by(
        [(folder.read(file), encoder)], ASKS, recipe.book, recipe.n_measured, LANGS, ways
    )
    return {
        "recipe": recipe.to_dict(),
        "counted": counted(recipe.book),
        "file": file,
        "id": content_id(data),
        "n_bytes": len(data),
        "training_seconds": round(seconds, 1),
        "carried": {
            ask: {f"{g:g}": one.to_dict() for g, one in zip(GUIDANCES, each, strict=True)}
            for ask, each in found.items()
        },
    }


def trained(
    recipe: PictureRecipe, name: str, say: Say, work: Path | None = None
) -> tuple[bytes, float]:
    """The finished weights of a recipe as a file, and the seconds of training."""
    kept, seconds = train_and_keep(
        recipe, inputs_of(recipe), work / name if work else None, lambda line: say(f"{name} {line}")
    )
    return kept[max(kept)], seconds


def counted(book: PictureSettings) -> Record:
    """What is amiss in a book, counted page by page."""
    entries = truth_of(book)
    return {
        "n_pictures": len(entries),
        "n_wrong_captions": sum(not entry.caption_fits for entry in entries),
        "apples": colours_of(entries, SKEWED[0]),
    }


def _apples(recipe: PictureRecipe, n: int, say: Say, work: Path | None) -> Record:
    """Apples asked for without a colour: which one the model gives them."""
    data, _ = trained(recipe, "apples", say, work)
    encoder = CaptionEncoder.of_the_book(recipe.book.town_seed).to_bytes()
    model = PictureModel.from_bytes(data, encoder)
    found = {g: opened(model, n, replace(recipe.drawing, guidance=g)) for g in GUIDANCES}
    return {
        "recipe": recipe.to_dict(),
        "told": told_openly(recipe.book).to_dict(),
        "drawn": {f"{g:g}": one.to_dict() for g, one in found.items()},
    }


@cache
def picture_lanes(folder: Folder | None = None) -> PictureLanes | None:
    """What is shipped; None if nothing is."""
    folder = folder or Folder(SHIPPED)
    if not (folder.path / RECORD).exists():
        return None
    record = json.loads(folder.read(RECORD))
    lanes = {name: _read(name, found, folder) for name, found in record["lanes"].items()}
    apples = {float(g): Opened.from_dict(d) for g, d in record["apples"]["drawn"].items()}
    return PictureLanes(lanes, apples, Opened.from_dict(record["apples"]["told"]), record["made"])


def _read(name: str, found: Record, folder: Folder) -> PictureLane:
    by_ask = {
        ask: {float(g): Carried.from_dict(one) for g, one in each.items()}
        for ask, each in found["carried"].items()
    }
    recipe = found["recipe"]
    return PictureLane(
        name,
        PictureSettings.from_dict(recipe["book"]),
        found["counted"],
        int(recipe["training"]["n_steps"]),
        by_ask,
        found["file"],
        folder,
    )
