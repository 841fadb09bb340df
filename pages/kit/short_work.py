"""Waits for short work in a separate process; a visitor who leaves cancels it."""

import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from core.jobs.short import ShortWork

POLL_S: Final = 0.15

T = TypeVar("T")


def finished(work: ShortWork[T], on_progress: Callable[[float], Any]) -> T:
    """Wait for a piece of work and report its progress; if the wait is interrupted, stop the work.

    Args:
        work: the work in progress; its progress is a share.
        on_progress: called with that share.

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
