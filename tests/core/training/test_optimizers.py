"""Muon: equal lengths in every direction, and which optimiser gets which weight."""

import pytest
import torch
from torch import nn

from core.training.optimizers import Muon, orthogonalise
from core.training.text.next_token import stacked_matrices
from core.training.updating import hidden_matrices


def test_a_diagonal_gradient_becomes_almost_the_identity():
    # 30 and 4 are the lengths of its two directions; afterwards both are about 1.
    found = orthogonalise(torch.tensor([[30.0, 0.0], [0.0, 4.0]]))
    assert 0.65 < found[0, 0] < 1.25
    assert 0.65 < found[1, 1] < 1.25
    assert found[0, 1] == found[1, 0] == 0.0


def test_one_application_of_the_polynomial_by_hand():
    # s = 0.6 and 0.8 after division by the norm 5: p(s) = 3.4445 s - 4.7750 s^3 + 2.0315 s^5
    found = orthogonalise(torch.diag(torch.tensor([3.0, 4.0])), n_iterations=1)
    torch.testing.assert_close(found.diagonal(), torch.tensor([1.193269, 0.976482]))


@pytest.mark.parametrize("shape", [(8, 8), (24, 8), (8, 32)])
def test_singular_values_end_near_one_and_directions_stay(shape):
    gradient = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    found = orthogonalise(gradient)
    lengths = torch.linalg.svdvals(found)
    assert 0.6 < lengths.min() <= lengths.max() < 1.25
    u, _, v = torch.linalg.svd(gradient, full_matrices=False)
    turned_back = u.T @ found @ v.T  # diagonal, if found has the same directions
    torch.testing.assert_close(turned_back, torch.diag(turned_back.diagonal()), atol=1e-4, rtol=0.0)


def test_scale_does_not_matter_and_zero_stays_zero():
    gradient = torch.randn(4, 6, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(orthogonalise(gradient * 1e4), orthogonalise(gradient))
    assert orthogonalise(torch.zeros(3, 5)).abs().max() == 0.0


def test_many_matrices_together_give_the_same_as_each_alone():
    gradients = torch.randn(3, 5, 4, generator=torch.Generator().manual_seed(3))
    together = orthogonalise(gradients)
    for one, gradient in zip(together, gradients, strict=True):
        torch.testing.assert_close(one, orthogonalise(gradient))


def test_muon_moves_every_direction_by_the_learning_rate():
    weight = nn.Parameter(torch.zeros(6, 6))
    muon = Muon({"weight": weight})
    weight.grad = torch.randn(6, 6, generator=torch.Generator().manual_seed(4)) * 50.0
    muon.step(learning_rate=0.1)
    moved = torch.linalg.svdvals(weight.detach())
    assert 0.06 < moved.min() <= moved.max() < 0.125


def test_matrices_stacked_in_one_weight_are_orthogonalised_separately():
    generator = torch.Generator().manual_seed(6)
    weight = nn.Parameter(torch.zeros(9, 3))
    weight.grad = torch.randn(9, 3, generator=generator)
    Muon({"weight": weight}, n_stacked={"weight": 3}).step(learning_rate=0.1)
    for part, gradient in zip(weight.detach().chunk(3), weight.grad.chunk(3), strict=True):
        alone = nn.Parameter(torch.zeros(3, 3))
        alone.grad = gradient.clone()
        Muon({"weight": alone}).step(learning_rate=0.1)
        torch.testing.assert_close(part, alone.detach())


def test_muon_reduces_the_loss():
    target = torch.randn(4, 4, generator=torch.Generator().manual_seed(5))
    weight = nn.Parameter(torch.zeros(4, 4))
    muon = Muon({"weight": weight})
    for step in range(200):
        weight.grad = (weight - target).detach()
        muon.step(learning_rate=0.1 * (1 - step / 200))
    torch.testing.assert_close(weight.detach(), target, atol=0.05, rtol=0.0)


def test_a_matrix_without_gradient_only_follows_its_momentum():
    weight = nn.Parameter(torch.ones(2, 2))
    muon = Muon({"weight": weight})
    muon.step(learning_rate=0.1)
    assert weight.detach().tolist() == [[1.0, 1.0], [1.0, 1.0]]


@pytest.mark.parametrize("family", ["tied", "untied", "learned"])
def test_only_matrices_inside_the_blocks_are_hidden(fresh_model, family):
    model = fresh_model(
        tied=family == "tied", positions="learned" if family == "learned" else "rotary"
    )
    names = hidden_matrices(model)
    assert len(names) == 2 * 4  # qkv, out, up, down in each of two blocks
    assert all(name.startswith("blocks.") for name in names)
    assert all(weight.ndim == 2 for weight in names.values())


@pytest.mark.parametrize(("n_kv_heads", "n_stacked"), [(2, 3), (1, 4)])
def test_queries_keys_and_values_are_counted_as_matrices_of_one_size(
    fresh_model, n_kv_heads, n_stacked
):
    model = fresh_model(n_kv_heads=n_kv_heads)
    found = stacked_matrices(model)
    assert list(found.values()) == [n_stacked] * 2
    for name in found:
        rows, columns = hidden_matrices(model)[name].shape
        assert rows == n_stacked * n_kv_heads * 8
        assert columns == 16
