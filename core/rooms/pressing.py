"""What a player does on a page while a lesson plays by itself, as a visitor's hand would.

In a lesson's file, at a step:

    press = [{ in = "lab", what = ".first", after = 2, times = 3, every = 1.5, to = "…" }]

Invariant: nothing is named but a control of the page itself; no code comes from a file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.errors import LessonError

MAX_SELECTOR: Final = 120
MAX_TIMES: Final = 100
MAX_SECONDS: Final = 600.0
PART_KEY: Final = re.compile(r"[a-zA-Z0-9_-]{1,60}")
FIELDS: Final = ("in", "what", "after", "times", "every", "to")


@dataclass(frozen=True)
class Press:
    """One control, and what is done with it.

    Args:
        part: key of the part of the page that holds the control.
        what: the control within it, as a CSS selector.
        after: seconds after the step is shown.
        times: how often.
        every: seconds between two times.
        to: a slider's new value; empty: the control is clicked.
    """

    part: str
    what: str
    after: float = 1.0
    times: int = 1
    every: float = 2.0
    to: str = ""


def read_part(found: object, line: int) -> str:
    """The key of a part of a page; empty for none.

    Raises:
        LessonError: it cannot be one.
    """
    if not isinstance(found, str) or (found and not PART_KEY.fullmatch(found)):
        raise LessonError(line, "part_key", found=str(found))
    return found


def read_press(found: object, line: int) -> tuple[Press, ...]:
    """A step's field `press`.

    Args:
        found: as TOML has it.
        line: where it stands, for whoever has to mend it.

    Raises:
        LessonError: it cannot be used.
    """
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise LessonError(line, "no_list", name="press")
    return tuple(_one(each, line) for each in found)


def _one(found: Mapping[str, Any], line: int) -> Press:
    for name in found:
        if name not in FIELDS:
            raise LessonError(line, "unknown_field", found=name, known=", ".join(FIELDS))
    part, what = read_part(found.get("in", ""), line), found.get("what")
    if not part or not isinstance(what, str) or not 0 < len(what) <= MAX_SELECTOR:
        raise LessonError(line, "no_control", most=MAX_SELECTOR)
    times = _number(found, "times", 1, line)
    if not times.is_integer() or not 1 <= times <= MAX_TIMES:
        raise LessonError(line, "no_number", name="times")
    return Press(
        part=part,
        what=what,
        after=_number(found, "after", Press.after, line),
        times=int(times),
        every=_number(found, "every", Press.every, line),
        to=str(found.get("to", "")),
    )


def _number(found: Mapping[str, Any], name: str, start: float, line: int) -> float:
    value = found.get(name, start)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= MAX_SECONDS:
        raise LessonError(line, "no_number", name=name)
    return float(value)
