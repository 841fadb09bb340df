"""A run of small models, done in one go by whoever measures what is shipped."""

from typing import Any

from core.limits.trials import finished
from core.training.course import Course, Row


def rows_of(program: Course[Any], *kinds: str) -> list[Row]:
    """Run to the end: the rows of these kinds, in their order."""
    rows: list[Row] = []
    while not program.finished:
        rows += [row for row in program.advance() if row["kind"] in kinds]
    return rows


def finished_models(program: Course[Any], kind: str) -> list[Row]:
    """Run to the end: of every model the row of this kind at its end."""
    return finished(rows_of(program, kind))


def seconds_of(program: Course[Any]) -> float:
    """What learning took."""
    return float(program.numbers()["seconds"])
