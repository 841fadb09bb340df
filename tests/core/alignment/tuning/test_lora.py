"""Low-rank adapters: no effect at first, the same merged or separate, and few parameters."""

import pytest
import torch

from core.alignment.tuning.lora import (
    AdaptedLinear,
    adapted,
    largest_rank,
    merged,
    n_trained,
    shapes,
    skeleton,
)
from core.errors import SettingError

TOKENS = torch.tensor([[3, 1, 4, 1, 5, 9, 2, 6]])


def moved(model):
    """The adapters as after some training: B is no longer zero."""
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for weight in filter(lambda each: each.requires_grad, model.parameters()):
            weight.normal_(0.0, 0.1, generator=generator)
    return model


def test_a_fresh_adapter_changes_nothing(config, model_of):
    model = model_of(config)
    torch.testing.assert_close(adapted(model, 3)(TOKENS), model(TOKENS))


def test_two_thin_matrices_worked_by_hand():
    layer = torch.nn.Linear(2, 2, bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
    thin = AdaptedLinear(layer, 1, torch.Generator().manual_seed(0))
    with torch.no_grad():
        thin.a.copy_(torch.tensor([[1.0, 2.0]]))  # reads x1 + 2 x2
        thin.b.copy_(torch.tensor([[1.0], [0.0]]))  # writes it, doubled, to the first position
    # x = (1, 1): 1 + 2 * (1 + 2) = 7 and 1.
    torch.testing.assert_close(thin(torch.tensor([1.0, 1.0])), torch.tensor([7.0, 1.0]))


def test_merged_equals_applied(config, model_of):
    model = moved(adapted(model_of(config), 3))
    plain = merged(model)
    assert not any(isinstance(each, AdaptedLinear) for each in plain.modules())
    torch.testing.assert_close(plain(TOKENS), model(TOKENS), rtol=1e-4, atol=1e-5)
    assert (plain(TOKENS) - adapted(model_of(config), 3)(TOKENS)).abs().max() > 0.01


def test_the_model_itself_is_left_alone(config, model_of):
    model = model_of(config)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    merged(moved(adapted(model, 2)))
    assert model.state_dict().keys() == before.keys()
    assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())
    assert all(weight.requires_grad for weight in model.parameters())


def test_only_the_adapters_learn_and_their_count_is_as_stated(config, model_of):
    model = adapted(model_of(config), 3)
    learning = [weight for weight in model.parameters() if weight.requires_grad]
    assert sum(weight.numel() for weight in learning) == n_trained(skeleton(config), 3)
    # qkv: 32 -> (4 + 2 * 2) * D, so 64 with heads of 8; r (d + k) = 3 * (64 + 32)
    found = next(one for one in shapes(skeleton(config), 3) if "qkv" in one.name).n_adapter
    assert found == {8: 288, 12: 384}[config.head_size]
    assert n_trained(skeleton(config), 0) == model_of(config).n_parameters


def test_what_the_adapter_adds_has_the_requested_rank(config, model_of):
    model = moved(adapted(model_of(config), 2))
    for layer in model.modules():
        if isinstance(layer, AdaptedLinear):
            assert torch.linalg.matrix_rank(layer.update) == 2


@pytest.mark.parametrize("rank", [0, -1, 33])
def test_an_impossible_rank_is_refused(config, model_of, rank):
    assert largest_rank(skeleton(config)) == 32
    with pytest.raises(SettingError):
        adapted(model_of(config), rank)
