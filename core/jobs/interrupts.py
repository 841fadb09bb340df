"""Ctrl-C is heard by the web process alone, which then ends its children in good order.

A terminal sends the interrupt to every process it has started. Children that break off in the
middle of an import or of a turn have nothing useful to say about it.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def children_deaf_to_interrupts() -> Iterator[None]:
    """Processes and threads begun inside never hear an interrupt, nor do those they begin.

    It works by the calling thread's signal mask, which both inherit; other threads are not
    affected. Where threads have no such mask, as on Windows, nothing happens.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
