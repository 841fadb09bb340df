"""Checkpoints survive a round trip, and a bad file raises our own error, never a crash."""

import json

import pytest
import safetensors.torch
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.architecture.weights import ENTRY, checkpoint_bytes, read_checkpoint
from core.errors import SettingError, UnreadableWeights

TINY = ModelConfig(
    n_vocab=12, n_context=8, n_layers=1, n_heads=2, n_kv_heads=1, n_channels=8, n_hidden=8
)
TINY_BYTES = checkpoint_bytes(Transformer(TINY))


def forged(change_tensors=None, **about):
    """A file that is correct except for what the test changes."""
    data = checkpoint_bytes(Transformer(TINY))
    described = json.loads(
        json.loads(data[8:][: int.from_bytes(data[:8], "little")])["__metadata__"][ENTRY]
    )
    tensors = safetensors.torch.load(data)
    if change_tensors is not None:
        change_tensors(tensors)
    return safetensors.torch.save(tensors, {ENTRY: json.dumps(described | about)})


def test_a_checkpoint_survives_a_round_trip(config, model_of):
    model = model_of(config)
    again, metadata = read_checkpoint(checkpoint_bytes(model, {"step": 50, "of": "a test"}))
    assert again.config == config
    assert metadata == {"step": 50, "of": "a test", "precision": "float32"}
    for name, weight in model.state_dict().items():
        assert torch.equal(again.state_dict()[name], weight)


def test_equal_models_give_equal_bytes(config, model_of):
    metadata = {name: 1 for name in "zyxwvu"}
    first = checkpoint_bytes(model_of(config), metadata)
    assert first == checkpoint_bytes(model_of(config), dict(reversed(metadata.items())))


@pytest.mark.parametrize(
    ("precision", "largest_error"), [("float16", 2**-11), ("bfloat16", 2**-8), ("int8", 1 / 254)]
)
def test_reduced_precision_is_named_and_small_in_error(config, model_of, precision, largest_error):
    model = model_of(config)
    again, metadata = read_checkpoint(checkpoint_bytes(model, precision=precision))
    assert metadata == {"precision": precision}
    for name, weight in model.state_dict().items():
        if weight.dim() == 2:
            error = (again.state_dict()[name] - weight).abs()
            assert (error <= largest_error * weight.abs().amax(1, keepdim=True) * 1.001).all()
        else:
            assert torch.equal(again.state_dict()[name], weight)


def test_int8_takes_a_quarter_of_the_bytes():
    config = ModelConfig(
        n_vocab=256, n_context=64, n_layers=2, n_heads=4, n_kv_heads=4, n_channels=128, n_hidden=512
    )
    model = Transformer(config)
    ratio = len(checkpoint_bytes(model, precision="int8")) / len(checkpoint_bytes(model))
    assert ratio < 0.27


def test_a_row_of_zeros_survives_int8():
    model = Transformer(TINY)  # matrices that write to the stream are all zero at first
    again, _ = read_checkpoint(checkpoint_bytes(model, precision="int8"))
    assert (again.state_dict()["blocks.0.attention.out.weight"] == 0).all()


def test_the_dtype_in_memory_is_chosen_by_the_reader():
    again, _ = read_checkpoint(checkpoint_bytes(Transformer(TINY)), torch.float64)
    assert again.output_table.dtype == torch.float64


def test_an_unknown_precision_is_refused():
    with pytest.raises(SettingError, match="float8"):
        checkpoint_bytes(Transformer(TINY), precision="float8")


def as_int8(tensors):
    tensors["final_norm.weight"] = torch.ones(8, dtype=torch.int8)


def as_nan(tensors):
    tensors["token_embedding.weight"][3, 3] = float("nan")


def as_complex(tensors):
    tensors["final_norm.weight"] = torch.ones(8, dtype=torch.complex64)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x00" * 7, id="shorter than a header"),
        pytest.param(b"\xff" * 100, id="header longer than the file"),
        pytest.param(b"<html>not weights at all</html>", id="another kind of file"),
        pytest.param(checkpoint_bytes(Transformer(TINY))[:-10], id="cut off"),
        pytest.param(safetensors.torch.save({"a": torch.ones(2)}), id="weights without metadata"),
        pytest.param(forged(config={}), id="empty config"),
        pytest.param(forged(config=None), id="no config"),
        pytest.param(forged(version=99), id="from the future"),
        pytest.param(forged(precision="float8"), id="unknown precision"),
        pytest.param(forged(config=TINY.to_dict() | {"n_layers": 256}), id="more layers"),
        pytest.param(forged(config=TINY.to_dict() | {"n_vocab": 1_000_000}), id="more words"),
        pytest.param(forged(config=TINY.to_dict() | {"n_context": 0}), id="no context"),
        pytest.param(forged(lambda t: t.pop("final_norm.weight")), id="a weight missing"),
        pytest.param(forged(lambda t: t.update(more=torch.ones(1))), id="a weight too many"),
        pytest.param(forged(as_int8), id="int8 without its scale"),
        pytest.param(forged(as_complex), id="complex numbers"),
        pytest.param(forged(as_nan), id="not a number"),
    ],
)
def test_a_bad_file_is_refused_with_a_reason(data):
    with pytest.raises(UnreadableWeights) as error:
        read_checkpoint(data)
    assert error.value.values["reason"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 1200), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_damaged_file_is_read_or_refused_but_never_crashes(damage):
    data = bytearray(TINY_BYTES)
    for at, byte in damage:
        data[at] = byte
    try:
        read_checkpoint(bytes(data))
    except UnreadableWeights as error:
        assert error.values["reason"]
