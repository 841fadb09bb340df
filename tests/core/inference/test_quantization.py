"""Weights in small integers: on numbers that one can check by hand, and what always holds."""

import pytest
import torch

from core.errors import SettingError
from core.inference.quantization import quantize


def test_eight_bits_by_hand():
    # The largest size, 2.54, is 127 steps of 0.02.
    small = quantize(torch.tensor([[2.54, -1.0, 0.011, 0.0]]), 8, None, torch.float32)
    assert small.integers.tolist() == [[127, -50, 1, 0]]
    torch.testing.assert_close(small.scales, torch.tensor([[0.02]]))
    torch.testing.assert_close(small.restored(), torch.tensor([[2.54, -1.0, 0.02, 0.0]]))


def test_four_bits_by_hand():
    # -8 has the largest size and becomes 0; 8 stands for nothing, and 15 is the end of the line.
    small = quantize(torch.tensor([[-8.0, 0.0, 3.4, 7.9]]), 4, 4, torch.float32)
    assert small.integers.tolist() == [[0, 8, 11, 15]]
    assert small.restored().tolist() == [[-8.0, 0.0, 3.0, 7.0]]


@pytest.mark.parametrize(("n_bits", "steps"), [(8, 127), (4, 8)])
def test_no_number_moves_by_more_than_a_step_of_its_block(n_bits, steps):
    weight = torch.randn(16, 96, generator=torch.Generator().manual_seed(1))
    small = quantize(weight, n_bits, 32, torch.float32)
    step = weight.view(16, 3, 32).abs().amax(-1) / steps
    moved = (small.restored() - weight).view(16, 3, 32).abs().amax(-1)
    # 4 bits have one step less on the side that the largest number is not on.
    assert (moved <= step * (0.5001 if n_bits == 8 else 1.0001)).all()


def test_smaller_blocks_lose_less_where_there_is_an_outlier():
    weight = torch.randn(8, 128, generator=torch.Generator().manual_seed(2))
    weight[:, 0] = 40.0
    lost = [
        float((quantize(weight, 4, n, torch.float32).restored() - weight).norm())
        for n in (32, 64, None)
    ]
    assert lost == sorted(lost) and lost[0] < lost[-1]


def test_nothing_stays_nothing():
    assert not quantize(torch.zeros(2, 32), 4).restored().any()
    assert not quantize(torch.zeros(2, 32), 8).restored().any()


@pytest.mark.parametrize(("n_bits", "n_block"), [(3, 32), (8, 30), (4, 0)])
def test_impossible_formats_are_refused(n_bits, n_block):
    with pytest.raises(SettingError):
        quantize(torch.zeros(2, 64), n_bits, n_block)
