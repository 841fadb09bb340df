"""What to choose instead, where a plan has no equal in transformers: the smallest changes to it.

Nothing is known here of what goes and what does not: every change is tried on the plan.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any, Final

from core.architecture.config import CHOICES, ModelConfig
from core.errors import NoEqualArchitecture, SettingError
from core.taking_home.equal_architecture import equal_architecture

CHANGED: Final = (*CHOICES, "qk_norm", "bias")
"""Settings that a visitor chooses and that do not change a model's size."""
MOST_CHANGES: Final = 3  # at once

Change = Mapping[str, Any]  # setting -> another value of it


def ways_out(config: ModelConfig) -> list[Change]:
    """The fewest changes with which a plan has an equal; all ways that need as few.

    Args:
        config: a plan that `equal_architecture` refuses.

    Returns:
        what each way changes; empty if up to MOST_CHANGES settings do not help.
    """
    for n_changes in range(1, MOST_CHANGES + 1):
        if found := [change for change in _changes(config, n_changes) if _goes(config, change)]:
            return found
    return []


def _changes(config: ModelConfig, n_changes: int) -> Iterator[Change]:
    """Every way to give so many settings another value."""
    others: list[tuple[str, Any]] = [
        (name, value)
        for name in CHANGED
        for value in CHOICES.get(name, (False, True))
        if value != getattr(config, name)
    ]
    if config.without:  # what was left out comes back
        others.append(("without", ()))
    for some in combinations(others, n_changes):
        change = dict(some)
        if len(change) == n_changes:
            yield change


def _goes(config: ModelConfig, change: Change) -> bool:
    try:
        equal_architecture(replace(config, **change))
    except (NoEqualArchitecture, SettingError):
        return False
    return True
