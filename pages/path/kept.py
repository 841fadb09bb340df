"""Progress in the store, under the owner's cookie: read and written whole, one change at a time.

Invariant: every change begins from what the store holds now, so two tabs lose nothing.
"""

import threading
from collections.abc import Callable
from typing import Final

from core.learning.progress import Own, Progress, kept
from core.services import services
from pages.kit import state
from pages.path import evidence

NAME: Final = "path"  # among the owner's belongings
_LOCK: Final = threading.Lock()


def progress() -> Progress:
    """All that the visitor has done."""
    found = services().store.belongings.take_out(state.owner(), NAME)
    return Progress() if found is None else kept(found)


def changed(change: Callable[[Progress], Progress]) -> Progress:
    """Make one change and keep it."""
    with _LOCK:
        before = progress()
        after = change(before)
        if after != before:
            services().store.belongings.put_away(state.owner(), NAME, after.to_dict())
    return after


def look(name: str, found: Callable[[], Own | None]) -> Own | None:
    """What the visitor measured in a unit: kept already, or noticed and kept now.

    Args:
        name: of the unit.
        found: its evidence.
    """
    known = progress().of(name).own
    if known is not None:
        return known
    own = found()
    if own is None:
        return None
    return changed(lambda before: before.measured(name, own)).of(name).own


def answer(name: str, check: str, right: bool) -> None:
    """One more try at a check."""
    at = evidence.now()
    changed(lambda before: before.answered(name, check, right, at))


def forget() -> None:
    """Begin anew."""
    changed(lambda _: Progress())
