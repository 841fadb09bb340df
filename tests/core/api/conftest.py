"""A server with a real store and a tiny real model; the writer runs in threads of its own."""

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from core.api.app import create_api
from core.api.fetching import live_routes
from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes, read_checkpoint
from core.data.text.bpe import Encoder, train_bpe
from core.errors import Busy
from core.identity import owner_of
from core.inference.generate import Drawn, generate
from core.inference.sampling import SamplingSettings
from core.jobs.events import EventStream
from core.jobs.writer import Writing, Written
from core.services import Services
from core.store import HOUSE, Store

ANNA = owner_of("a" * 32)

TOLD = (
    "Mia mag Käse. Frage: Wo wohnt Mia?\nAntwort: Mia wohnt in der Mühle.\n"
    "Tom likes bread. Question: Where does Tom live?\nAnswer: Tom lives in the mill.\n"
) * 3


@dataclass
class ThreadWriter:
    """Has the same methods as the real writer, but uses threads instead of a process."""

    begun: list[Writing] = field(default_factory=list)
    asked: list[tuple[list[int], SamplingSettings]] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)
    slow_s: float = 0.0  # delay before each token
    full: bool = False

    def write(
        self,
        model_id: str,
        model: Any,
        tokens: Sequence[int],
        settings: SamplingSettings,
        *,
        end_id: int | None = None,
        with_logits: bool = False,
        encoder: bytes | None = None,
    ) -> Writing:
        if self.full:
            raise Busy("100 texts are being written", n_waiting=100)
        writing = Writing(len(self.begun), model_id, self._cancel)
        self.begun.append(writing)
        self.asked.append((list(tokens), settings))

        def work() -> None:
            try:
                transformer, _ = read_checkpoint(model())
                reads = None if encoder is None else Encoder.from_bytes(encoder)
                steps = generate(transformer, tokens, settings, end_id, reads)
                for number, drawn in enumerate(steps, start=1):
                    time.sleep(self.slow_s)
                    if writing.box.closed:
                        return
                    writing.box.put(_written(drawn, number, settings, end_id, with_logits))
                writing.box.close()
            except Exception as error:
                writing.box.close(error)

        threading.Thread(target=work, daemon=True).start()
        return writing

    def _cancel(self, writing: Writing) -> None:
        if not writing.box.closed:
            self.cancelled.append(writing.id)
            writing.box.close()


def _written(
    drawn: Drawn, number: int, settings: SamplingSettings, end_id: int | None, with_logits: bool
) -> Written:
    ending = None
    if drawn.token == end_id:
        ending = "end"
    elif number == settings.max_tokens:
        ending = "length"
    logits = drawn.logits.numpy().astype(np.float32).tobytes() if with_logits else None
    return Written(drawn.token, float(drawn.probs[drawn.token]), ending, logits)


class Told:
    """The part of the engine that reports: rows of runs, as they happen."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._stream = EventStream(store.runs.rows_of_owner)
        self.listen = self._stream.listen

    def say(self, owner: str, run_id: str, *rows: dict[str, Any]) -> list[dict[str, Any]]:
        said = self._store.runs.append(run_id, rows)
        self._stream.publish(owner, said)
        return said

    def close(self) -> None:
        self._stream.close()


@dataclass
class Room:
    """A server and everything behind it."""

    services: Services
    writer: ThreadWriter
    engine: Told
    store: Store
    encoder: Encoder
    client: TestClient
    house_id: str
    annas_id: str

    def model(self, checkpoint_id: str) -> Transformer:
        return read_checkpoint(self.store.artifacts.read(ANNA, checkpoint_id))[0]


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return train_bpe([TOLD], 300)


def keep_chain(store: Store, owner: str, encoder: Encoder, seed: int) -> str:
    """A tiny untrained model and everything it was made from; returns the checkpoint's id."""
    config = ModelConfig(
        n_vocab=encoder.n_vocab,
        n_context=160,
        n_layers=1,
        n_heads=2,
        n_kv_heads=2,
        n_channels=16,
        n_hidden=32,
    )
    merges = store.artifacts.keep(owner, "encoder", encoder.to_bytes(), modality="text")
    plan = json.dumps(config.to_dict()).encode()
    design = store.artifacts.keep(
        owner, "design", plan, parents=(merges.id,), settings={"seed": seed}
    )
    weights = checkpoint_bytes(Transformer(config, seed=seed))
    parents = (design.id, merges.id)
    return store.artifacts.keep(owner, "checkpoint", weights, parents=parents, seed=seed).id


@pytest.fixture
def room(tmp_path, encoder):
    store = Store.at(tmp_path)
    house_id = keep_chain(store, HOUSE, encoder, seed=1)
    store.benches.put(HOUSE, "a", house_id)
    annas_id = keep_chain(store, ANNA, encoder, seed=2)
    writer, engine = ThreadWriter(), Told(store)
    services = Services(store, engine, writer)  # type: ignore[arg-type]
    app = Starlette(
        routes=[Mount("/v1", app=create_api(lambda: services)), *live_routes(lambda: services)]
    )
    client = TestClient(app, base_url="http://127.0.0.1")
    yield Room(services, writer, engine, store, encoder, client, house_id, annas_id)
    engine.close()
    store.close()
