"""A folder we cannot represent exactly is refused; parity tests cover the rest."""

import json

import pytest
import safetensors.torch
import torch

from core.architecture.text.pretrained import load_pretrained
from core.errors import UnreadableWeights

GPT2 = {
    "model_type": "gpt2",
    "vocab_size": 10,
    "n_positions": 8,
    "n_embd": 4,
    "n_layer": 1,
    "n_head": 2,
}
LLAMA = {
    "model_type": "llama",
    "vocab_size": 10,
    "max_position_embeddings": 8,
    "hidden_size": 4,
    "intermediate_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
}


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (None, "config.json"),
        ("[1, 2]", "describes no model"),
        ("{", "config.json"),
        ({"model_type": "mamba"}, "mamba"),
        ({"model_type": ["gpt2"]}, "none of"),
        ({"model_type": "gpt2"}, "config.json"),
        (GPT2 | {"n_head": 3}, "n_channels"),
        (GPT2 | {"activation_function": "relu"}, "activation_function"),
        (LLAMA | {"rope_scaling": {"rope_type": "llama3"}}, "rope_scaling"),
        (LLAMA | {"head_dim": 128}, "head_dim"),
        (LLAMA | {"num_attention_heads": "2"}, "config.json"),
        (LLAMA | {"num_attention_heads": 0}, "config.json"),
        (GPT2, "no *.safetensors"),
    ],
)
def test_a_folder_without_a_model_we_can_express_is_refused(tmp_path, config, reason):
    if config is not None:
        text = config if isinstance(config, str) else json.dumps(config)
        (tmp_path / "config.json").write_text(text)
    with pytest.raises(UnreadableWeights) as error:
        load_pretrained(tmp_path)
    assert reason in str(error.value)


@pytest.mark.parametrize("config", [GPT2, LLAMA])
@pytest.mark.parametrize(
    "content", [b"not weights", safetensors.torch.save({"wte.weight": torch.ones(3)})]
)
def test_damaged_or_missing_weights_are_refused(tmp_path, config, content):
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(UnreadableWeights):
        load_pretrained(tmp_path)
