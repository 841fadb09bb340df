"""Only the factors of products with weight matrices are rounded."""

import pytest
import torch
from torch.nn.functional import linear

from core.training.precision import multiplying_in, precision_of


def test_a_factor_keeps_eight_significant_bits_inside_and_all_outside():
    x, weight = torch.tensor([[1.0 + 2**-9]]), torch.tensor([[1.0]])  # nine bits after the first
    assert linear(x, weight).item() == 1.0 + 2**-9
    with multiplying_in("bfloat16"):
        assert linear(x, weight).item() == 1.0
        assert (x * weight).item() == 1.0 + 2**-9
    with multiplying_in("float32"):
        assert linear(x, weight).item() == 1.0 + 2**-9


def test_the_product_and_the_gradients_come_back_in_float32():
    x = torch.ones(2, 3)
    weight = torch.ones(4, 3, requires_grad=True)
    with multiplying_in("bfloat16"):
        product = linear(x, weight, None)
    product.sum().backward()
    assert product.dtype == weight.grad.dtype == torch.float32
    assert weight.grad.tolist() == [[2.0] * 3] * 4


def test_a_whole_model_changes_by_less_than_a_hundredth(fresh_model):
    tokens = torch.arange(10)[None]
    model = fresh_model()
    exact = model(tokens)
    with multiplying_in("bfloat16"):
        rounded = model(tokens)
    assert not torch.equal(exact, rounded)
    torch.testing.assert_close(rounded, exact, atol=0.01 * exact.abs().max().item(), rtol=0.0)


@pytest.mark.parametrize("asked", ["float32", "bfloat16"])
def test_what_is_asked_for_is_used(asked):
    assert precision_of(asked) == asked


def test_auto_is_one_of_the_two():
    assert precision_of("auto") in ("float32", "bfloat16")
