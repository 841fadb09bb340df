"""Work that is done in pieces, as a generator that yields between them."""

from collections.abc import Generator
from typing import Any, TypeVar

T = TypeVar("T")


def outcome_of(work: Generator[Any, None, T]) -> T:
    """Do all pieces, one after the other; returns what the work ends with."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: T = end.value
            return found
