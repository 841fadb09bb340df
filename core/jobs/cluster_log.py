"""What Dask and Tornado have to say, one line each in our own log: causes stay, tracebacks go.

Invariant: nothing they say as a warning or an error is lost, except while their processes are ended
on purpose.
"""

import logging
from collections.abc import Callable
from typing import Final

LOUD: Final = ("distributed", "distributed.client", "tornado", "tornado.application")
"""Loggers to which Dask gives handlers of its own."""

NANNY: Final = "distributed.nanny"  # says at level INFO how a worker process ended
DEATH: Final = "Worker process "
LONGEST: Final = 400  # characters

log = logging.getLogger(__name__)


class OneLine(logging.Handler):
    """Passes records on to our log, shortened.

    Args:
        is_closing: whether processes are being ended on purpose.
        on_death: called with a sentence on how a worker process ended.
    """

    def __init__(
        self,
        is_closing: Callable[[], bool] = lambda: False,
        on_death: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        super().__init__()
        self._is_closing = is_closing
        self._on_death = on_death

    def emit(self, record: logging.LogRecord) -> None:
        """Pass one record on."""
        if self._is_closing():
            return
        is_death = record.name == NANNY and record.getMessage().startswith(DEATH)
        if is_death:
            self._on_death(record.getMessage())
        if is_death or record.levelno >= logging.WARNING:
            log.log(max(record.levelno, logging.WARNING), "%s", one_line(record))

    def install(self) -> "OneLine":
        """Take the place of the handlers that Dask has set up in this process."""
        for name in LOUD:
            logger = logging.getLogger(name)
            logger.handlers[:] = [self]
            logger.propagate = False
            logger.setLevel(logging.WARNING)
        logging.getLogger(NANNY).setLevel(logging.INFO)
        return self


def one_line(record: logging.LogRecord) -> str:
    """A record without its traceback, with the type and the message of its exception."""
    said = record.getMessage().partition("Traceback")[0]
    text = f"{record.name}: {' '.join(said.split())}"
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        text += f" ({type(error).__name__}: {error})"
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
