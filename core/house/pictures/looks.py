"""How the example model's sixteen pictures became clearer: drawn by every step that was kept.

A visitor's own run writes such looks down while it trains; the example's are drawn by
`python -m core house --pictures looks` from the shipped weights, and read wherever they are shown.
"""

import base64
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from core.data.pictures.collecting.files import png_of
from core.house.command import made_by
from core.house.files import SHIPPED, Folder
from core.house.pictures.chain import house_denoiser, house_pictures
from core.house.pictures.making import Say
from core.inference.pictures.drawing import DrawSettings
from core.languages import LANGS
from core.once import once
from core.training.pictures.judging import draw_all
from core.training.pictures.program import sixteen

COMMAND: Final = "python -m core house --pictures looks"
RECORD: Final = "pictures-looks.json.xz"

Record = dict[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class HouseLooks:
    """What was drawn.

    Args:
        looks: language of the captions -> step -> sixteen rows as `Drawn.as_row` gives them, each
            with its picture under "png", in base64.
        made: by which command, when, on what machine.
    """

    looks: Mapping[str, Mapping[int, Sequence[Row]]]
    made: Mapping[str, Any]


def make_looks(folder: Folder, *, is_quick: bool, say: Say, work: Path | None = None) -> Record:
    """Let every kept step of the model in a folder draw, and write it down; `work` is not needed.

    Raises:
        FileNotFoundError: no model lies there.
    """
    started, found = time.perf_counter(), house_pictures(folder)
    if found is None:
        raise FileNotFoundError(folder.path)
    looks: dict[str, dict[str, list[Row]]] = {}
    for lang in LANGS:
        looks[lang] = {}
        for step in found.steps:
            rows = drawn_by(folder, step, lang)
            looks[lang][str(step)] = rows
            say(f"looks: {lang}, step {step}, {sum(row['whole'] for row in rows)} of 16 right")
    made = made_by(COMMAND, is_quick, time.perf_counter() - started, "float32")
    record = {"looks": looks, "made": made}
    text = json.dumps(record, ensure_ascii=False, sort_keys=True)
    folder.write_packed(RECORD, text.encode("utf-8"))
    return record


def drawn_by(folder: Folder, step: int, lang: str) -> list[Row]:
    """The sixteen pictures as one kept step draws them now, and what the reader says of each."""
    found = house_pictures(folder)
    assert found is not None
    asked, how = sixteen(found.book, (lang,)), DrawSettings(**found.drawing)
    drawn = draw_all(house_denoiser(step, folder), asked, how)
    return [
        {"png": base64.b64encode(png_of(one.picture)).decode("ascii"), **one.as_row()}
        for one in drawn
    ]


@once(4)
def house_looks(folder: Folder | None = None) -> HouseLooks | None:
    """What is shipped; None if nothing is."""
    folder = folder or Folder(SHIPPED)
    if not (folder.path / RECORD).exists():
        return None
    record = json.loads(folder.read(RECORD))
    looks = {
        lang: {int(step): rows for step, rows in steps.items()}
        for lang, steps in record["looks"].items()
    }
    return HouseLooks(looks, record["made"])
