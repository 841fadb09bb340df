"""A town of three sentences, and a model with a few hundred weights."""

from collections.abc import Callable
from typing import Any

import pytest

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.data.dataset import Dataset, build_dataset
from core.data.splitting import Split
from core.data.text.bpe import Encoder, train_bpe
from core.data.text.documents import Document

SENTENCES = ("Anna feeds the cat.", "The cat sleeps.", "Anna sees the moon.")


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return train_bpe(SENTENCES * 3, 290)


@pytest.fixture(scope="session")
def dataset(encoder: Encoder) -> Dataset:
    documents = [Document(SENTENCES[i % 3] + " " + SENTENCES[i * i % 3]) for i in range(40)]
    return build_dataset(Split(train=tuple(documents), validation=tuple(documents[:6])), encoder)


@pytest.fixture(scope="session")
def config(encoder: Encoder) -> ModelConfig:
    return ModelConfig(
        n_vocab=encoder.n_vocab,
        n_context=12,
        n_layers=2,
        n_heads=2,
        n_kv_heads=2,
        n_channels=16,
        n_hidden=32,
    )


@pytest.fixture
def fresh_model(config: ModelConfig) -> Callable[..., Transformer]:
    def build(**changes: Any) -> Transformer:
        return Transformer(ModelConfig(**{**config.to_dict(), **changes}), seed=3)

    return build
