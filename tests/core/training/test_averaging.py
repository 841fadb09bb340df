"""Branches and their mean: by hand, as an invariant, and against torch's own averaging."""

import dataclasses

import pytest
import torch
from torch.optim.swa_utils import AveragedModel

from core.architecture.transformer import Transformer
from core.training.averaging import branch, mean_of
from core.training.settings import TrainingSettings

SETTINGS = TrainingSettings(n_steps=3, n_batch=2, n_warmup_steps=0)


def test_every_weight_is_the_mean_of_that_weight(config):
    models = [Transformer(config, seed=seed) for seed in (0, 1)]
    for model, value in zip(models, (1.0, 4.0), strict=True):
        for weight in model.parameters():
            torch.nn.init.constant_(weight, value)
    assert all((weight == 2.5).all() for weight in mean_of(models).parameters())
    assert all((weight == 1.0).all() for weight in models[0].parameters())  # unchanged


def test_the_mean_is_torchs(config):
    models = [Transformer(config, seed=seed) for seed in range(3)]
    theirs = AveragedModel(models[0])
    for model in models:
        theirs.update_parameters(model)
    for our_weight, their_weight in zip(
        mean_of(models).parameters(), theirs.module.parameters(), strict=True
    ):
        torch.testing.assert_close(our_weight, their_weight)


def test_the_mean_of_one_model_is_that_model(config):
    model = Transformer(config, seed=0)
    for ours, given in zip(mean_of([model]).parameters(), model.parameters(), strict=True):
        assert torch.equal(ours, given)


def test_a_branch_continues_in_its_own_order_and_leaves_its_origin_alone(config, dataset):
    model = Transformer(config, seed=0)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    told = []
    one = branch(model, dataset, SETTINGS.changed(seed=1), told.append)
    again = branch(model, dataset, SETTINGS.changed(seed=1))
    other = branch(model, dataset, SETTINGS.changed(seed=2))
    assert [report.step for report in told] == [1, 2, 3]
    for name, weight in before.items():
        assert torch.equal(model.state_dict()[name], weight)
        assert torch.equal(one.state_dict()[name], again.state_dict()[name])
    assert any((one.state_dict()[name] != other.state_dict()[name]).any() for name in before)
    assert any((one.state_dict()[name] != before[name]).any() for name in before)


def test_only_models_with_the_same_config_have_a_mean(config):
    wider = dataclasses.replace(config, n_layers=config.n_layers + 1)
    with pytest.raises(ValueError):
        mean_of([Transformer(config, seed=0), Transformer(wider, seed=0)])
    with pytest.raises(ValueError):
        mean_of([])
