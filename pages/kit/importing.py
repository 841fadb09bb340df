"""Heavy modules, imported one after the other.

Pages, warm-up and ribbon each import when they first need to, in threads of their own; two that
import each other's modules at the same moment can each wait for the other.
"""

from importlib import import_module
from threading import RLock
from types import ModuleType
from typing import Final

_LOCK: Final = RLock()


def imported(name: str) -> ModuleType:
    """A module by its name; whoever comes second waits for the first."""
    with _LOCK:
        return import_module(name)
