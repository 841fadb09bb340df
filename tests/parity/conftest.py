"""The API over a real socket, with the real writer process and a small untrained model."""

import json
import socket
import threading
import time

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from core.api.app import create_api
from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes
from core.data.text.bpe import train_bpe
from core.jobs.writer import Writer
from core.services import Services
from core.store import HOUSE, Store

TEXT = "Mia mag Käse. Tom likes bread. Wo wohnt Mia? Where does Tom live?\n" * 3


class Listening:
    """An engine that the API only needs to exist."""


class RecordingWriter(Writer):
    """The real writer, which also records what it was asked for."""

    def __init__(self):
        super().__init__()
        self.begun = []

    def write(self, *args, **kwargs):
        self.begun.append(super().write(*args, **kwargs))
        return self.begun[-1]


@pytest.fixture(scope="module")
def encoder():
    return train_bpe([TEXT], 300)


@pytest.fixture(scope="module")
def house_model(encoder):
    config = ModelConfig(
        n_vocab=encoder.n_vocab,
        n_context=64,
        n_layers=8,  # slow enough to be interrupted
        n_heads=2,
        n_kv_heads=2,
        n_channels=32,
        n_hidden=64,
    )
    return Transformer(config, seed=1).eval()


@pytest.fixture(scope="module")
def served(tmp_path_factory, encoder, house_model):
    """Services behind a uvicorn server on a free port of this machine."""
    store = Store.at(tmp_path_factory.mktemp("home"))
    merges = store.artifacts.keep(HOUSE, "encoder", encoder.to_bytes(), modality="text")
    design = store.artifacts.keep(
        HOUSE, "design", json.dumps(house_model.config.to_dict()).encode(), modality="text"
    )
    parents = (design.id, merges.id)
    checkpoint = store.artifacts.keep(
        HOUSE, "checkpoint", checkpoint_bytes(house_model), parents=parents
    )
    store.benches.put(HOUSE, "a", checkpoint.id)
    services = Services(store, Listening(), RecordingWriter())
    services.writer.start()

    app = Starlette(routes=[Mount("/v1", app=create_api(lambda: services))])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield services, f"http://127.0.0.1:{port}/v1"
    server.should_exit = True
    thread.join()
    services.writer.close()
    store.close()
