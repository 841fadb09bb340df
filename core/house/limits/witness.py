"""What SmolLM2 answered to the same sorts of question, for whoever has not installed it."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from core.architecture.text.smollm2 import COMMAND, smollm2_file
from core.house.files import Folder
from core.house.limits import record
from core.limits.witness import PARTS, Part, testify

PART: Final = "witness"
MODEL: Final = "SmolLM2-135M-Instruct"


def make(folder: Folder, say: Callable[[str], None]) -> dict[str, Any]:
    """Put all questions to SmolLM2; empty where it is not installed.

    Args:
        folder: where the house's files lie; nothing of them is read.
        say: is told what is under way.
    """
    path = smollm2_file()
    if path is None:
        say(f"{MODEL} is not installed, so it is asked nothing: {COMMAND}")
        return {}
    found: dict[str, Any] = {"model": MODEL}
    for part in PARTS:
        say(f"asking {MODEL}: {part}")
        begun = time.perf_counter()
        rows = testify(path, part)
        found[part] = {"rows": rows, "seconds": round(time.perf_counter() - begun, 1)}
    return found


def testimony(part: Part, folder: Folder | None = None) -> list[Mapping[str, Any]]:
    """The rows that `testify` returned for a part; empty if nothing is shipped."""
    rows: list[Mapping[str, Any]] = record.read(PART, folder).get(part, {}).get("rows", [])
    return rows
