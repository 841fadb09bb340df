"""Every config that exists is a possible one."""

import json
from dataclasses import replace

import pytest

from core.architecture.config import ModelConfig
from core.errors import SettingError


def test_a_config_survives_a_round_trip_through_json(config):
    assert ModelConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_a_head_gets_its_share_of_the_channels(config):
    assert config.head_size == (config.n_head_channels or 32 / 4)


def test_a_config_without_what_only_published_models_have_is_stored_as_ever():
    plain = ModelConfig(
        n_vocab=50, n_context=16, n_layers=2, n_heads=4, n_kv_heads=2, n_channels=32, n_hidden=64
    )
    assert list(plain.to_dict()) == [
        *("n_vocab", "n_context", "n_layers", "n_heads", "n_kv_heads", "n_channels", "n_hidden"),
        *("positions", "norm", "activation", "qk_norm", "tied", "bias", "rope_base", "norm_eps"),
    ]
    assert list(replace(plain, qkv_bias=True).to_dict())[-1] == "qkv_bias"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_vocab", 0),
        ("n_layers", -1),
        ("n_layers", 10**9),
        ("n_layers", True),
        ("n_layers", 2.0),
        ("n_context", "16"),
        ("n_heads", 5),  # 32 channels cannot be split among 5
        ("n_kv_heads", 3),  # nor 4 heads among 3
        ("n_channels", 4),  # one number per head: nothing to rotate
        ("positions", "absolute"),
        ("without", ("norm", "attention")),  # not in the order of PARTS
        ("without", ["norm"]),
        ("without", ("embedding",)),
        ("without", ("attention", "feedforward")),
        ("norm", None),
        ("activation", ["gelu"]),
        ("tied", 1),
        ("rope_base", float("nan")),
        ("norm_eps", 0.0),
        ("qkv_bias", 0),
        ("n_head_channels", 0),
        ("n_head_channels", 7),  # nothing to pair for rotary
        ("n_head_channels", 10**6),
        ("rope_divisors", (1.0, 1.0)),  # a head of 8 has four pairs
        ("rope_divisors", [1.0] * 4),
        ("rope_divisors", (1.0, 1.0, 1.0, float("nan"))),
        ("rope_divisors", (1.0, 1.0, 1.0, 0.0)),
    ],
)
def test_an_impossible_value_is_refused_with_its_name(name, value):
    possible = ModelConfig(
        n_vocab=50, n_context=16, n_layers=2, n_heads=4, n_kv_heads=2, n_channels=32, n_hidden=64
    )
    with pytest.raises(SettingError) as error:
        replace(possible, **{name: value})
    assert error.value.values["name"] in (name, "n_heads", "n_channels")


def test_unknown_and_missing_settings_are_refused(config):
    with pytest.raises(SettingError, match="n_experts"):
        ModelConfig.from_dict(config.to_dict() | {"n_experts": 8})
    values = config.to_dict()
    del values["n_vocab"]
    with pytest.raises(SettingError, match="n_vocab"):
        ModelConfig.from_dict(values)
