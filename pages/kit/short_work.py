"""Waiting for short work: it runs in a process of its own, and whoever leaves ends it."""

import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from core.jobs.short import ShortWork

POLL_S: Final = 0.15

T = TypeVar("T")


def finished(work: ShortWork[T], on_progress: Callable[[float], Any]) -> T:
    """Wait for a piece of work and tell how far it is; broken off, it is stopped.

    Args:
        work: under way; its progress is a share.
        on_progress: told that share.

    Raises:
        GlassboxError: what the work raised.
    """
    try:
        while not work.done():
            on_progress(float(work.progress[0]) if work.progress else 0.0)
            time.sleep(POLL_S)
        return work.result()
    finally:
        if not work.done():
            work.stop()
