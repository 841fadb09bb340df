"""Our blocks of 8 and 4 bits against the `gguf` library's, number by number."""

import gguf
import numpy as np
import pytest
import torch

from core.inference.quantization import quantize


@pytest.mark.parametrize("n_bits", [8, 4])
@pytest.mark.parametrize("spread", [1e-3, 1.0, 30.0])
def test_blocks_are_those_of_the_library(n_bits, spread):
    weight = spread * torch.randn(64, 256, generator=torch.Generator().manual_seed(n_bits))
    weight[3] = 0.0
    kind = {8: gguf.GGMLQuantizationType.Q8_0, 4: gguf.GGMLQuantizationType.Q4_0}[n_bits]
    packed = gguf.quants.quantize(weight.numpy(), kind)
    theirs = gguf.quants.dequantize(packed, kind)
    small = quantize(weight, n_bits)
    ours = small.restored().numpy()
    np.testing.assert_array_equal(ours, theirs)
    n_blocks = small.scales.numel()
    ours_bytes = n_blocks * 2 + small.integers.numel() * n_bits // 8
    assert ours_bytes == packed.nbytes
