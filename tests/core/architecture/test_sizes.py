"""What we say about a model's size is true of a real model."""

import numpy as np
import pytest
import torch

from core.architecture.config import ModelConfig
from core.architecture.sizes import (
    DEFAULT_SIZE,
    SIZES,
    inference_memory_bytes,
    n_parameters,
    parameters_by_part,
    shapes,
    size_of,
    training_memory_bytes,
)
from core.architecture.transformer import Recording, Transformer
from core.data.dataset import Dataset
from core.errors import SettingError
from core.inference.cache import Cache
from core.training.settings import OPTIMIZERS, TrainingSettings
from core.training.text.next_token import trainer_of


def part_of(name: str) -> str:
    """The part to which a parameter of the real model belongs."""
    if "norm" in name and "query" not in name and "key" not in name:
        return "norms"
    return next(p for p in name.split(".") if p not in ("blocks", "0", "1"))


def test_parameters_of_a_tiny_model_by_hand():
    config = ModelConfig(
        n_vocab=10, n_context=8, n_layers=1, n_heads=1, n_kv_heads=1, n_channels=2, n_hidden=3
    )
    assert parameters_by_part(config) == {
        "token_embedding": 20,
        "position_embedding": 0,
        "attention": 3 * 2 * 2 + 2 * 2 + 2 + 2,  # qkv, out, two gains
        "feedforward": 2 * 3 + 3 * 2,
        "norms": 3 * 2,
        "unembedding": 0,
    }


def test_parameters_of_every_part_are_those_of_the_real_model(config):
    counted = dict.fromkeys(parameters_by_part(config), 0)
    for name, parameter in Transformer(config).named_parameters():
        counted[part_of(name)] += parameter.numel()
    assert counted == parameters_by_part(config)


def test_gpt2_small_has_its_published_number_of_parameters():
    config = ModelConfig(
        n_vocab=50257,
        n_context=1024,
        n_layers=12,
        n_heads=12,
        n_kv_heads=12,
        n_channels=768,
        n_hidden=3072,
        positions="learned",
        norm="layer",
        activation="gelu",
        qk_norm=False,
        bias=True,
    )
    assert n_parameters(config) == 124_439_808


def test_the_dial_goes_up_from_a_tenth_of_a_million_to_ten_million():
    counts = [n_parameters(size_of(dial, 1024)) for dial in SIZES]
    assert counts == sorted(counts)
    assert 100_000 < counts[0] < 200_000
    assert 9_000_000 < counts[-1] < 11_000_000
    assert 400_000 < n_parameters(size_of(DEFAULT_SIZE, 1024)) < 500_000


def test_the_dial_has_no_other_stops():
    with pytest.raises(SettingError, match="xxl"):
        size_of("xxl", 1024)


def test_shapes_are_those_of_the_tensors_in_a_real_pass(config):
    record = Recording()
    logits = Transformer(config)(torch.zeros(2, 5, dtype=torch.long), record=record)
    told = {stage.name: stage.shape for stage in shapes(config, n_tokens=5, n_batch=2)}
    assert told["embedding"] == record.residuals[0].shape
    assert told["queries"] == record.queries[0].shape
    assert told["keys"] == record.keys[0].shape
    assert told["values"] == record.values[0].shape
    assert told["attention_weights"] == record.attention_weights[0].shape
    assert told["block"] == record.residuals[1].shape
    assert told["logits"] == logits.shape


def test_more_tokens_than_the_context_have_no_shape(config):
    with pytest.raises(SettingError, match="n_tokens"):
        shapes(config, n_tokens=17)


def test_cache_memory_is_what_a_real_cache_takes(config):
    cache = Cache(config, n_rows=3)
    taken = sum(layer.nbytes for layer in cache.keys + cache.values)
    assert inference_memory_bytes(config, n_sequences=3)["cache"] == taken


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_optimisers_memory_is_what_a_real_training_step_leaves_behind(config, optimizer):
    ids = np.random.default_rng(0).integers(0, config.n_vocab, 400).astype(np.int32)
    dataset = Dataset(ids[:300], ids[300:], 300, 100, 3, 1, config.n_vocab)
    settings = TrainingSettings(n_steps=1, n_batch=2, optimizer=optimizer, precision="float32")
    trainer = trainer_of(Transformer(config), dataset, settings)
    trainer.advance()
    velocities = list(trainer.updates.muon.velocities.values()) if trainer.updates.muon else []
    means = [
        tensor
        for state in trainer.updates.adamw.state.values()
        for name, tensor in state.items()
        if name != "step"  # AdamW's counter, a single number
    ]
    told = training_memory_bytes(config, n_batch=2, optimizer=optimizer)
    assert told["optimizer"] == sum(each.nbytes for each in velocities + means)
    assert told["weights"] == sum(each.nbytes for each in trainer.model.parameters())
    assert told["gradients"] == sum(each.grad.nbytes for each in trainer.model.parameters())


def test_an_optimiser_that_does_not_exist_has_no_memory(config):
    with pytest.raises(SettingError, match="sgd"):
        training_memory_bytes(config, n_batch=2, optimizer="sgd")


def test_the_estimate_of_activations_is_near_what_the_backward_pass_keeps(config, model_of):
    model, kept = model_of(config), {}

    def keep(tensor):
        if not isinstance(tensor, torch.nn.Parameter):
            storage = tensor.untyped_storage()
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    tokens = torch.zeros(4, config.n_context, dtype=torch.long)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        torch.nn.functional.cross_entropy(model(tokens).flatten(0, 1), tokens.flatten())
    estimate = training_memory_bytes(config, n_batch=4, optimizer="muon")["activations"]
    assert 0.5 < estimate / sum(kept.values()) < 2.0
