"""Entries chained by hashes: whoever changes, drops or moves one breaks the chain at that place.

An entry is any dataclass that names its place, the hash of the entry before and its own:
h_n = SHA-256(entry_n, h_{n-1}).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, ClassVar, Final, Protocol, TypeVar

from core.lineage import canonical_json

NO_ENTRY: Final = "0" * 64
"""What the first entry names as the one before it."""


class Link(Protocol):
    """What a chain needs to know of an entry."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def number(self) -> int: ...
    @property
    def previous(self) -> str: ...
    @property
    def hash(self) -> str: ...


E = TypeVar("E", bound=Link)


def sealed(entry: E) -> E:
    """The same entry with the hash of what it says."""
    said = {name: value for name, value in asdict(entry).items() if name != "hash"}
    return replace(entry, hash=hashlib.sha256(canonical_json(said)).hexdigest())


def first_broken(entries: Sequence[Link]) -> int | None:
    """The place of the first entry that was changed, dropped or moved; None if none was."""
    previous = NO_ENTRY
    for place, entry in enumerate(entries):
        if entry.number != place or entry.previous != previous or not _is_sealed(entry):
            return place
        previous = entry.hash
    return None


def _is_sealed(entry: Link) -> bool:
    try:
        return sealed(entry).hash == entry.hash
    except (TypeError, ValueError):  # one from elsewhere may hold what none of ours does
        return False
