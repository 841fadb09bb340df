"""Only the web process reacts to Ctrl-C; it then shuts its children down in an orderly way.

A terminal sends the interrupt to every process started from it. Children interrupted in the middle
of an import or a turn would only print useless tracebacks.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def children_deaf_to_interrupts() -> Iterator[None]:
    """Processes and threads started inside never see an interrupt, nor do their own children.

    It sets the calling thread's signal mask, which both inherit; other threads are not affected.
    On platforms without such a mask, such as Windows, it does nothing.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker  # where there is no such mask it cannot be loaded

    resource_tracker.ensure_running()  # Python starts it with the first child and lifts the mask
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
