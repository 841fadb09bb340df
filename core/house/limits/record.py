"""One file for each measurement about limits, with the day and the command that made it."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache, wraps
from typing import Any, Final, TypeVar

from core.house.files import SHIPPED, Folder

Told = TypeVar("Told")

COMMAND: Final = "python -m core house --limits"


def file_of(part: str) -> str:
    """The name of the file that holds a part."""
    return f"limits-{part}.json.xz"


def write(folder: Folder, part: str, found: Mapping[str, Any]) -> None:
    """Write down what was measured, as plain JSON.

    Args:
        folder: where the house's files lie.
        part: its name, as the command takes it.
        found: what was measured.
    """
    made = {"command": f"{COMMAND} {part}", "date": datetime.now(UTC).date().isoformat()}
    text = json.dumps({"made": made, **found}, ensure_ascii=False, sort_keys=True)
    folder.write_packed(file_of(part), (text + "\n").encode("utf-8"))


def read(part: str, folder: Folder | None = None) -> Mapping[str, Any]:
    """What was measured, with made: command and date; empty if nothing is shipped."""
    return _read(where(folder), part)


def where(folder: Folder | None) -> Folder:
    """The folder asked for, or the shipped one."""
    return folder or Folder(SHIPPED)


@cache
def _read(folder: Folder, part: str) -> Mapping[str, Any]:
    if not (folder.path / file_of(part)).exists():
        return {}
    record: dict[str, Any] = json.loads(folder.read(file_of(part)))
    return record


def told_once(tell: Callable[[Folder | None], Told]) -> Callable[..., Told]:
    """What is worked out from a folder's record is worked out once: pages ask at every rerun."""
    once = cache(tell)

    @wraps(tell)
    def of(folder: Folder | None = None) -> Told:
        return once(where(folder))

    return of
