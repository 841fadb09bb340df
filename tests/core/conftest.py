"""Small models to look into."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer

FAMILIES: dict[str, dict[str, Any]] = {
    "modern": {},
    "gpt2": {
        "positions": "learned",
        "norm": "layer",
        "activation": "gelu",
        "qk_norm": False,
        "bias": True,
    },
    "llama": {"activation": "swiglu", "qk_norm": False, "tied": False},
    "qwen2": {"activation": "swiglu", "qk_norm": False, "qkv_bias": True},
    "qwen3": {"activation": "swiglu", "n_head_channels": 12},
    "sinusoidal": {"positions": "sinusoidal"},
    "alibi": {"positions": "alibi"},
    "none": {"positions": "none"},
    "llama3": {"activation": "swiglu", "qk_norm": False, "rope_divisors": (1.0, 1.0, 2.5, 8.0)},
}


@pytest.fixture(params=FAMILIES)
def config(request: pytest.FixtureRequest) -> ModelConfig:
    """Two layers, four heads sharing two sets of keys and values."""
    return ModelConfig(
        n_vocab=50,
        n_context=16,
        n_layers=2,
        n_heads=4,
        n_kv_heads=2,
        n_channels=32,
        n_hidden=64,
        **FAMILIES[request.param],
    )


@pytest.fixture
def model_of() -> Callable[[ModelConfig], Transformer]:
    """A model in which every weight has an effect; a new one starts as the identity."""

    def build(config: ModelConfig) -> Transformer:
        generator = torch.Generator().manual_seed(7)
        model = Transformer(config)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.normal_(0.1, 0.3, generator=generator)
        return model.eval()

    return build
