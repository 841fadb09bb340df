"""The shipped picture filter: trained as anybody can train it on the page, examined, written down.

`python -m core house --pictures filter` makes it. Whoever changes its settings trains another.
"""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from core.house.command import made_by
from core.house.files import SHIPPED, Folder
from core.house.pictures.filter_card import filter_card
from core.house.pictures.making import Say
from core.lineage import content_id
from core.once import once
from core.postprocessing.pictures.filter_trials import (
    THRESHOLD,
    blind_spots,
    examined,
    usual_filter,
)
from core.postprocessing.pictures.picture_filter import (
    FilterSettings,
    PictureFilter,
    from_bytes,
    to_bytes,
    train,
)

COMMAND: Final = "python -m core house --pictures filter"
FILE: Final = "pictures-filter.safetensors"
RECORD: Final = "pictures-filter.json"
CARD: Final = "MODEL_CARD_PICTURE_FILTER.md"
N_EXAMINED: Final = 2000  # pictures held out

Record = dict[str, Any]


def make_filter(folder: Folder, *, is_quick: bool, say: Say, work: Path | None = None) -> Record:
    """Train the filter, examine the bytes that are written, and write all down; `work` is not
    needed.
    """
    started = time.perf_counter()
    settings = FilterSettings(n_pictures=40, n_steps=4) if is_quick else FilterSettings()
    data = to_bytes(train(settings))
    folder.write(FILE, data)
    found, n = from_bytes(folder.read(FILE)), 40 if is_quick else N_EXAMINED
    counts = examined(found, n).at(THRESHOLD)
    record = {
        "settings": asdict(settings),
        "filter": {
            "file": FILE,
            "id": content_id(data),
            "n_bytes": len(data),
            "n_parameters": sum(each.numel() for each in found.net.parameters()),
        },
        "threshold": THRESHOLD,
        "exam": {"n": n, **asdict(counts)},
        "blind_spots": {name: asdict(trial) for name, trial in blind_spots(found).items()},
        "made": made_by(COMMAND, is_quick, time.perf_counter() - started, "float32"),
    }
    say(f"filter: of {n} pictures {counts.misses} missed, {counts.false_alarms} false alarms")
    folder.write(CARD, filter_card(record).encode("utf-8"))
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    folder.write(RECORD, (text + "\n").encode("utf-8"))
    return record


@once(4)
def house_filter(folder: Folder | None = None) -> PictureFilter:
    """The shipped filter; where none is shipped, or one of other settings, a new one is trained."""
    folder = folder or Folder(SHIPPED)
    if (folder.path / FILE).exists():
        shipped = from_bytes(folder.read(FILE))
        if shipped.settings == FilterSettings():
            return shipped
    return usual_filter()
