"""One sentence continued by every checkpoint at once, shared by all who ask for it.

Invariant: a process writes the same sentence and seed only once, no matter who asks or how often
the page is drawn, and asking never blocks.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import streamlit as st

from core.errors import GlassboxError
from core.house import HouseCheckpoint
from core.inference.sampling import SamplingSettings
from core.jobs.writer import Writing
from core.services import services
from core.store import HOUSE
from pages.home import shipped

N_TOKENS: Final = 48
FORGIVE_AFTER_S: Final = 10.0  # after a failure; the next request then starts it again


@dataclass
class Broadcast:
    """The texts written so far, in the order of the checkpoints."""

    writings: list[Writing]
    end_id: int
    tokens: list[list[int]] = field(default_factory=list)
    error: GlassboxError | None = None
    began_at: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def collect(self) -> None:
        """Take what has been written since the last call."""
        with self.lock:
            try:
                for writing, known in zip(self.writings, self.tokens, strict=True):
                    known.extend(each.token for each in writing.take(0.0))
            except GlassboxError as error:
                self.error = error

    @property
    def done(self) -> bool:
        """Whether every text is complete and collected, or one of them has failed."""
        return self.error is not None or all(
            len(known) == N_TOKENS or known[-1:] == [self.end_id] for known in self.tokens
        )

    def texts(self) -> list[str]:
        """The texts so far, without the end mark."""
        read = shipped.encoder().decode
        return [read([token for token in known if token != self.end_id]) for known in self.tokens]


def broadcast(checkpoints: Sequence[HouseCheckpoint], sentence: str, seed: int) -> Broadcast:
    """The texts for a sentence and a seed; the first request starts the writing.

    Raises:
        Busy: too many texts are being written.
        NotFound: the shipped models are not installed.
    """
    key = (tuple(each.artifact.id for each in checkpoints), sentence, seed)
    found = _begin(*key)
    if found.error and time.monotonic() - found.began_at > FORGIVE_AFTER_S:
        _begin.clear(*key)
        found = _begin(*key)
    found.collect()
    return found


@st.cache_resource(max_entries=64, show_spinner=False)
def _begin(ids: tuple[str, ...], sentence: str, seed: int) -> Broadcast:
    tokens, end_id = shipped.beginning(sentence), shipped.encoder().end_id
    settings = SamplingSettings(seed=seed, max_tokens=N_TOKENS)
    writings = [services().write(HOUSE, id_, tokens, settings, end_id=end_id) for id_ in ids]
    return Broadcast(writings, end_id, [[] for _ in ids])
