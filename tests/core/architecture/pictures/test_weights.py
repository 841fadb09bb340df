"""A denoiser as a file: the same model back, and a clear error for anything else."""

import json
import struct

import pytest
import safetensors.torch
import torch

from core.architecture.config import ModelConfig
from core.architecture.pictures import Denoiser, denoiser_bytes, read_denoiser
from core.architecture.transformer import Transformer
from core.architecture.weights import ENTRY, checkpoint_bytes, read_checkpoint
from core.errors import SettingError, UnreadableWeights


@pytest.mark.parametrize(
    ("precision", "apart"), [("float32", 0.0), ("float16", 2e-3), ("int8", 0.02)]
)
def test_a_model_comes_back_as_it_was_stored(model, asked, precision, apart):
    data = denoiser_bytes(model, {"step": 5}, precision)
    again, extra = read_denoiser(data)
    assert extra == {"step": 5, "precision": precision} and again.config == model.config
    for name, weight in model.state_dict().items():
        assert (again.state_dict()[name] - weight).abs().max() <= apart
    assert not again.training


def test_equal_models_give_equal_bytes_and_float16_halves_them(model):
    assert denoiser_bytes(model) == denoiser_bytes(model)
    assert len(denoiser_bytes(model)) < 0.7 * len(denoiser_bytes(model, precision="float32"))


def test_an_unknown_precision_is_refused(model):
    with pytest.raises(SettingError, match="precision"):
        denoiser_bytes(model, precision="float8")


def test_damaged_files_are_refused(model):
    data = denoiser_bytes(model)
    for broken in (b"", data[:40], data[:-10], b"\xff" * 100, data[:8] + b"[" + data[9:]):
        with pytest.raises(UnreadableWeights):
            read_denoiser(broken)


def forged(model, **changes):
    """A file whose description says something else than its tensors."""
    about = json.loads(read_about(denoiser_bytes(model)))
    about["config"] |= changes
    return safetensors.torch.save(dict(model.state_dict()), {ENTRY: json.dumps(about)})


def read_about(data):
    n = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8 : 8 + n])["__metadata__"][ENTRY]


@pytest.mark.parametrize(
    "changes",
    [
        {"n_blocks": 64},
        {"n_text_blocks": 16},
        {"n_channels": 4096},
        {"n_words": 100_000},
        {"size": 30},
        {"n_hidden": "many"},
    ],
)
def test_forged_descriptions_are_refused_before_they_cost_memory(model, changes):
    with pytest.raises(UnreadableWeights):
        read_denoiser(forged(model, **changes))


def test_weights_that_are_no_numbers_are_refused(config):
    model = Denoiser(config)
    with torch.no_grad():
        model.patches_out.weight[0, 0] = float("nan")
    with pytest.raises(UnreadableWeights):
        read_denoiser(denoiser_bytes(model))


def test_one_kind_of_model_is_not_taken_for_the_other(model):
    text = Transformer(ModelConfig(n_vocab=9, n_context=4, n_layers=1, n_heads=1, n_kv_heads=1,
                                   n_channels=4, n_hidden=8))  # fmt: skip
    with pytest.raises(UnreadableWeights):
        read_denoiser(checkpoint_bytes(text))
    with pytest.raises(UnreadableWeights):
        read_checkpoint(denoiser_bytes(model))
