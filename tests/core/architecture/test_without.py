"""Models without one of their parts: read, decode, count, survive and learn by the same code."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.architecture.config import ModelConfig
from core.architecture.inside import look_inside
from core.architecture.sizes import inference_memory_bytes, parameters_by_part
from core.architecture.transformer import Recording, Transformer
from core.architecture.weights import checkpoint_bytes, read_checkpoint
from core.data.dataset import Dataset
from core.errors import SettingError
from core.inference.cache import Cache, OneRow
from core.inference.decoder import Decoder
from core.recheck.transformer import forward
from core.training.settings import TrainingSettings
from core.training.text.next_token import train

PLAIN = ModelConfig(
    n_vocab=50, n_context=16, n_layers=2, n_heads=4, n_kv_heads=2, n_channels=32, n_hidden=64
)
TEXT = torch.randint(50, (3, 16), generator=torch.Generator().manual_seed(8))
LEFT_OUT = [("attention",), ("feedforward",), ("residual",), ("norm",), ("attention", "residual")]


@pytest.fixture(params=LEFT_OUT, ids=" ".join)
def config(request):
    return replace(PLAIN, without=request.param, qk_norm="norm" not in request.param)


def test_the_plan_survives_json(config):
    assert ModelConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_what_is_left_out_has_no_weights(config):
    counted = dict.fromkeys(parameters_by_part(config), 0)
    for name, weight in Transformer(config).named_parameters():
        part = next(p for p in name.split(".") if p not in ("blocks", "0", "1"))
        counted["norms" if part.endswith("norm") else part] += weight.numel()
    assert counted == parameters_by_part(config)
    cache = Cache(config)
    kept = sum(each.nbytes for each in cache.keys + cache.values)
    assert kept == inference_memory_bytes(config)["cache"]


def test_all_ways_through_it_agree(config, model_of):
    model = model_of(config).double()
    plain = model(TEXT).detach()
    with torch.no_grad():
        torch.testing.assert_close(model(TEXT, record=Recording()), plain)
    weights = {name: each.numpy() for name, each in model.state_dict().items()}
    for row, tokens in enumerate(TEXT.tolist()):
        again = torch.from_numpy(forward(weights, config.to_dict(), tokens).logits)
        torch.testing.assert_close(again, plain[row])
    decoder, cache = Decoder(model), Cache(config, 3, torch.float64)
    lengths = [11, 1, 6]
    for row, n in enumerate(lengths):
        model(TEXT[row : row + 1, :n], OneRow(cache, row))
    for further in range(4):
        newest = [int(TEXT[row, n + further]) for row, n in enumerate(lengths)]
        for row, logits in enumerate(decoder.read(newest, cache)):
            torch.testing.assert_close(logits, plain[row, lengths[row] + further])


def test_it_is_kept_and_opened_again(config, model_of):
    model = model_of(config)
    again, _ = read_checkpoint(checkpoint_bytes(model))
    torch.testing.assert_close(again(TEXT), model(TEXT))


def test_it_learns(config):
    row = np.tile(np.arange(50, dtype=np.uint16), 40)
    dataset = Dataset(row, row, len(row), len(row), 1, 1, 50)
    settings = TrainingSettings(n_steps=30, n_batch=4, learning_rate=0.01, n_warmup_steps=2)
    reports = list(train(Transformer(config), dataset, settings))
    assert reports[-1].loss < 0.8 * reports[0].loss


def test_the_beginning_without_residuals_passes_gradients_on():
    config = replace(PLAIN, without=("residual",))
    model = Transformer(config)
    model(TEXT).square().mean().backward()
    assert all(weight.grad.abs().max() > 0 for weight in model.parameters())


def test_it_is_not_looked_into(config, model_of):
    with pytest.raises(SettingError, match="without"):
        look_inside(model_of(config), [1, 2, 3])


def test_a_model_without_norms_has_none_for_queries_either():
    with pytest.raises(SettingError, match="qk_norm"):
        replace(PLAIN, without=("norm",))
