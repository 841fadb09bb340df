"""The NumPy twin against torch, for every family; and by hand, as it must stand on its own."""

import math
import subprocess
import sys

import numpy as np
import pytest
import torch

from core.architecture.transformer import Recording
from core.inference.sampling import SamplingSettings, next_token_probs
from core.inference.surprise import token_losses
from core.recheck import transformer as twin

TOKENS = [3, 14, 15, 9, 26, 5, 35, 8]


def arrays(model):
    return {name: weight.numpy() for name, weight in model.state_dict().items()}


def close(ours, theirs, tolerance):
    """Equal relative to the largest value."""
    theirs = theirs.detach().numpy()
    return np.abs(ours - theirs).max() <= tolerance * np.abs(theirs).max()


def test_a_rotation_by_hand():
    np.testing.assert_allclose(
        twin.rotate(np.array([[1.0, 0.0], [1.0, 0.0]]), base=10_000.0),
        [[1.0, 0.0], [math.cos(1), math.sin(1)]],
    )


def test_filters_by_hand():
    probs = np.array([0.125, 0.5, 0.25, 0.125])
    np.testing.assert_allclose(twin.keep_nucleus(probs, 0.75), [0, 2 / 3, 1 / 3, 0])
    np.testing.assert_allclose(twin.keep_likeliest(probs, 2), [0, 2 / 3, 1 / 3, 0])
    np.testing.assert_allclose(twin.keep_likeliest(probs, 3), probs)
    np.testing.assert_allclose(twin.temper(np.log([0.25, 0.75]), 0.5), [0.1, 0.9])


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 1e-4)])
def test_the_twin_agrees_with_the_model_everywhere(config, model_of, dtype, tolerance):
    model, record = model_of(config).to(dtype), Recording()
    logits = model(torch.tensor([TOKENS]), record=record)
    again = twin.forward(arrays(model), config.to_dict(), TOKENS)
    assert close(again.logits, logits[0], tolerance)
    assert close(again.final, record.final[0], tolerance)
    for ours, theirs in zip(again.residuals, record.residuals, strict=True):
        assert close(ours, theirs[0], tolerance)
    for layer, heads in enumerate(again.heads):
        for head, ours in enumerate(heads):
            assert close(ours.weights, record.attention_weights[layer][0, head], tolerance)
            assert close(ours.queries, record.queries[layer][0, head], tolerance)
            shared = head * config.n_kv_heads // config.n_heads
            assert close(ours.keys, record.keys[layer][0, shared], tolerance)
            assert close(ours.values, record.values[layer][0, shared], tolerance)


def test_one_attention_weight_with_all_it_is_made_from(config, model_of):
    model, record = model_of(config).double(), Recording()
    model(torch.tensor([TOKENS]), record=record)
    cell = twin.attention_cell(
        arrays(model), config.to_dict(), TOKENS, layer=1, head=2, query=5, key=3
    )
    assert cell.keys.shape == (6, config.head_size)
    scores = cell.keys @ cell.query / math.sqrt(config.head_size)
    if config.positions == "alibi":
        scores -= 2 ** (-2 * 3) * (5 - np.arange(6))  # the third of four heads
    np.testing.assert_allclose(cell.scores, scores)
    np.testing.assert_allclose(cell.weights, np.exp(cell.scores) / np.exp(cell.scores).sum())
    assert cell.weight == cell.weights[3]
    theirs = record.attention_weights[1][0, 2, 5, 3].item()
    assert abs(cell.weight - theirs) < 1e-10


@pytest.mark.parametrize(
    ("temperature", "top_k", "top_p"), [(1.0, None, 1.0), (0.0, None, 1.0), (0.7, 10, 0.8)]
)
def test_one_probability_with_all_it_is_made_from(config, model_of, temperature, top_k, top_p):
    model = model_of(config).double()
    settings = SamplingSettings(temperature=temperature, top_k=top_k, top_p=top_p)
    theirs = next_token_probs(model(torch.tensor([TOKENS]))[0, -1], settings).detach()
    token = int(theirs.argmax())
    cell = twin.probability_cell(
        arrays(model),
        config.to_dict(),
        TOKENS,
        token,
        temperature=temperature,
        top_k=top_k,
        top_p=top_p,
    )
    np.testing.assert_allclose(cell.after_top_p, theirs.numpy(), atol=1e-10)
    np.testing.assert_allclose(cell.final @ cell.token_row, cell.logits[token])
    assert cell.probability == cell.after_top_p[token]


def test_losses_recomputed(config, model_of):
    model = model_of(config).double()
    ours = twin.token_losses(arrays(model), config.to_dict(), TOKENS)
    assert close(ours, token_losses(model, TOKENS), 1e-10)


def test_the_twin_loads_no_torch_and_no_step():
    code = (
        "import sys, core.recheck.transformer;"
        "steps = ('torch', 'core.architecture', 'core.inference');"
        "sys.exit(any(name.startswith(steps) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
