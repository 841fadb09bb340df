"""The feed-forward layer with two channels and identity matrices: only the activation remains."""

import math

import pytest
import torch

from core.architecture.config import ModelConfig
from core.architecture.feedforward import FeedForward


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        ("squared_relu", [0.0, 4.0]),
        ("swiglu", [1.0 / (1.0 + math.e), 4.0 / (1.0 + math.exp(-2))]),
        ("gelu", [-0.158808, 1.954598]),  # Hendrycks & Gimpel's tanh form of -1 and 2
    ],
)
def test_activations_of_minus_one_and_two(activation, expected):
    config = ModelConfig(
        n_vocab=2,
        n_context=2,
        n_layers=1,
        n_heads=1,
        n_kv_heads=1,
        n_channels=2,
        n_hidden=2,
        activation=activation,
    )
    layer = FeedForward(config)
    with torch.no_grad():
        for matrix in layer.parameters():
            matrix.copy_(torch.eye(2))
    result = layer(torch.tensor([-1.0, 2.0])).detach()
    torch.testing.assert_close(result, torch.tensor(expected), atol=1e-6, rtol=0)
