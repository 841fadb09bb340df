"""What the formulas say is what torch counts and what memory holds, for every kind of plan."""

from dataclasses import replace

import pytest
import torch

from core.architecture.config import ModelConfig
from core.architecture.sizes import flops_by_part
from core.inference.counting import Counted, costs_of

PLAIN = ModelConfig(
    n_vocab=50, n_context=16, n_layers=2, n_heads=4, n_kv_heads=2, n_channels=32, n_hidden=64
)


def test_flops_of_a_tiny_model_by_hand():
    config = ModelConfig(
        n_vocab=10, n_context=8, n_layers=1, n_heads=1, n_kv_heads=1, n_channels=2, n_hidden=3
    )
    assert flops_by_part(config, 4) == {
        "attention_matrices": 2 * 4 * 2 * (6 + 2),  # q, k, v and out
        "attention_scores": 2 * (2 * 4 * 4 * 2),  # q k^T, and weights times values
        "feedforward": 2 * 4 * 2 * 3 * 2,
        "unembedding": 2 * 4 * 2 * 10,
    }


def test_formula_and_real_run_agree(config):
    before = torch.nn.modules.module._global_forward_pre_hooks.copy()
    costs = costs_of(config.to_dict())
    for one in (*costs.parameters, *costs.flops, *costs.memory):
        assert one.formula == one.measured, one
        assert one.deviation == 0.0
    assert costs.n_tokens == config.n_context and costs.seconds > 0
    assert torch.nn.modules.module._global_forward_pre_hooks == before


@pytest.mark.parametrize("part", ["attention", "feedforward", "residual"])
def test_they_agree_without_a_part(part):
    costs = costs_of(replace(PLAIN, without=(part,)).to_dict())
    assert all(one.formula == one.measured for one in (*costs.parameters, *costs.flops))
    assert all(one.formula == one.measured for one in costs.memory)


def test_a_deviation_is_a_share_of_what_was_measured():
    assert Counted("x", 110, 100).deviation == pytest.approx(0.1)
    assert Counted("x", 0, 0).deviation == 0.0
