"""A denoiser's plan: impossible ones are refused, whatever file they come from."""

import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from core.architecture.pictures import (
    Denoiser,
    DenoiserConfig,
    n_parameters,
    parameters_by_part,
)
from core.architecture.pictures.sizes import multiplications_by_part, n_multiplications
from core.errors import SettingError


def test_a_plan_goes_through_json_and_back(config):
    assert DenoiserConfig.from_dict(config.to_dict()) == config


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"size": 30}, "size"),
        ({"n_heads": 3}, "n_channels"),
        ({"n_words": 0}, "n_words"),
        ({"n_blocks": 10**9}, "n_blocks"),
        ({"patch": 4.0}, "patch"),
        ({"n_hidden": True}, "n_hidden"),
        ({"colour": 1}, "config"),
    ],
)
def test_impossible_plans_are_refused_by_name(config, change, name):
    with pytest.raises(SettingError) as refused:
        DenoiserConfig.from_dict({**config.to_dict(), **change})
    assert refused.value.values["name"] == name


def test_a_plan_without_its_vocabulary_is_refused():
    with pytest.raises(SettingError, match="n_words"):
        DenoiserConfig.from_dict({"n_caption": 4})


@pytest.mark.parametrize("n_text_blocks", [1, 2])
def test_counted_parameters_are_those_of_the_real_model(config, n_text_blocks):
    plan = DenoiserConfig.from_dict({**config.to_dict(), "n_text_blocks": n_text_blocks})
    model = Denoiser(plan)
    parts = parameters_by_part(plan)
    assert n_parameters(plan) == model.n_parameters == sum(parts.values())
    named = dict(model.named_parameters())

    def counted(*beginnings):
        return sum(p.numel() for name, p in named.items() if name.startswith(beginnings))

    assert parts["words"] == counted("word_")
    assert parts["text_blocks"] == counted("text_")
    assert parts["patches_in"] == counted("patches_in", "patch_positions")
    assert parts["patches_out"] == counted("patches_out")


def test_counted_multiplications_are_those_of_the_real_model(config):
    parts = multiplications_by_part(config)
    asked = (torch.zeros(1, 3, 8, 8), torch.ones(1), torch.full((1, config.n_caption), 3))
    by_formula = sdpa_kernel(SDPBackend.MATH)  # the fused kernel's products are not counted
    with FlopCounterMode(display=False) as counter, torch.no_grad(), by_formula:
        Denoiser(config)(*asked)
    assert n_multiplications(config) == sum(parts.values()) == counter.get_total_flops() // 2


def test_smaller_patches_cost_work_rather_than_parameters(config):
    small = DenoiserConfig.from_dict({**config.to_dict(), "patch": 2})
    grown = {
        name: multiplications_by_part(small)[name] / multiplications_by_part(config)[name]
        for name in ("self_attention", "feedforward")
    }
    assert grown["feedforward"] == 4 < grown["self_attention"]
