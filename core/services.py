"""The services of one process: the store, the engine and the writer.

Invariant: a process has exactly one of each. Code that needs them asks here; tests install their
own with `use_services`.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from core.house import install
from core.inference.sampling import SamplingSettings
from core.jobs.engine import Engine
from core.jobs.writer import Looking, Writer, Writing
from core.store import Store

FIRST_SWEEP_S: Final = 60.0  # do not sweep while the first visitor is waiting
SWEEP_EVERY_S: Final = 24 * 3600.0
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Services:
    """The store, the engine and the writer of this process."""

    store: Store
    engine: Engine
    writer: Writer
    ended: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def of(cls, store: Store, *, n_slots: int | None = None) -> "Services":
        """Engine and writer on top of a store; they only tell each other whether cores are free."""
        writer = Writer()
        engine = Engine(store, n_slots=n_slots, others_at_work=lambda: writer.n_active > 0)
        writer.others_at_work = lambda: engine.n_training > 0
        return cls(store, engine, writer)

    def start(self) -> None:
        """Start everything without waiting for it; call once, when the app starts."""
        try:
            install(self.store)
        except Exception:  # pages say the example model is missing; the rest still works
            log.exception("the shipped models cannot be installed")
        self.engine.start()
        self.writer.start()
        threading.Thread(target=self._sweep_daily, name="sweep", daemon=True).start()

    def close(self) -> None:
        """Stop all processes and release everything; runs resume when the app starts again."""
        self.ended.set()
        self.writer.close()
        self.engine.close()
        self.store.close()

    def write(
        self,
        owner: str,
        checkpoint_id: str,
        tokens: Sequence[int],
        settings: SamplingSettings,
        *,
        end_id: int | None = None,
        with_logits: bool = False,
    ) -> Writing:
        """Let one of the owner's models, or the example model, continue a text.

        Args:
            owner: who is asking.
            checkpoint_id: the model.
            tokens: the text so far, at least one token.
            settings: how and how much to sample; a schema is read with the model's own encoder.
            end_id: the token after which to stop.
            with_logits: whether each token carries the logits it was drawn from.

        Returns:
            the tokens as they are drawn; iterate with `for` or `async for`.

        Raises:
            NotFound: this owner has no such model.
            Busy: too many texts are being generated.
        """
        self.store.artifacts.get(owner, checkpoint_id)
        model = partial(self.store.artifacts.read, owner, checkpoint_id)
        about: dict[str, Any] = {"end_id": end_id, "with_logits": with_logits}
        if settings.constraint is not None:
            encoder = self.store.artifacts.nearest(owner, checkpoint_id, "encoder")
            about["encoder"] = self.store.artifacts.read(owner, encoder.id)
        return self.writer.write(checkpoint_id, model, tokens, settings, **about)

    def look(
        self,
        owner: str,
        checkpoint_id: str,
        tokens: Sequence[int],
        settings: SamplingSettings,
        *,
        closed: bool = False,
        dart: float | None = None,
    ) -> Looking:
        """Look at the words that may follow a text; with a dart, draw one of them first.

        Args:
            owner: who is asking.
            checkpoint_id: one of the owner's models, or the example model.
            tokens: the text so far, at least one token.
            settings: how to sample; only temperature, top-k and top-p matter.
            closed: whether the last word of the text is complete.
            dart: in [0, 1); None draws nothing.

        Raises:
            NotFound: this owner has no such model.
            Busy: too many texts are being generated.
        """
        self.store.artifacts.get(owner, checkpoint_id)
        model = partial(self.store.artifacts.read, owner, checkpoint_id)
        encoder = self.store.artifacts.nearest(owner, checkpoint_id, "encoder")
        merges = self.store.artifacts.read(owner, encoder.id)
        return self.writer.look(
            checkpoint_id, model, tokens, settings, merges, closed=closed, dart=dart
        )

    def score(
        self, owner: str, checkpoint_id: str, tokens: Sequence[int], n_likeliest: int = 0
    ) -> Looking:
        """Let one of the owner's models, or the example model, score a text it did not write.

        Args:
            owner: who is asking.
            checkpoint_id: the model.
            tokens: the text.
            n_likeliest: alternatives to each token.

        Raises:
            NotFound: this owner has no such model.
            Busy: too many texts are being generated.
        """
        self.store.artifacts.get(owner, checkpoint_id)
        model = partial(self.store.artifacts.read, owner, checkpoint_id)
        return self.writer.score(checkpoint_id, model, tokens, n_likeliest)

    def _sweep_daily(self) -> None:
        """Delete expired data, once a day."""
        while not self.ended.wait(FIRST_SWEEP_S):
            try:
                self.store.sweep()
            except Exception:
                log.exception("the store could not be swept")
            self.ended.wait(SWEEP_EVERY_S)


_lock = threading.RLock()
_services: Services | None = None


def services() -> Services:
    """The services of this process, created and started on first call."""
    global _services
    with _lock:
        if _services is None:
            _services = Services.of(Store.from_environment())
            _services.start()
        return _services


def close_services() -> None:
    """Stop the services of this process, if there are any."""
    global _services
    with _lock:
        ending, _services = _services, None
    if ending is not None:
        ending.close()


@contextmanager
def use_services(replacement: Services) -> Iterator[Services]:
    """Install other services temporarily; they are neither started nor closed here."""
    global _services
    with _lock:
        before, _services = _services, replacement
    try:
        yield replacement
    finally:
        with _lock:
            _services = before
