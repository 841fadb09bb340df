"""A model in fewer bytes computes what its restored weights compute, and its bytes are counted."""

from dataclasses import replace

import pytest
import torch

from core.errors import SettingError
from core.inference.cache import Cache
from core.inference.decoder import Decoder
from core.inference.generate import generate
from core.inference.packed import (
    MANY,
    BfloatMatrix,
    Int4Matrix,
    Int8Matrix,
    in_precision,
    weight_bytes,
)
from core.inference.sampling import SamplingSettings

SMALL = ("bfloat16", "int8", "int4")


def weight(n=48, k=64):
    return torch.randn(n, k, generator=torch.Generator().manual_seed(5))


@pytest.mark.parametrize("made", [BfloatMatrix, Int8Matrix, Int4Matrix])
@pytest.mark.parametrize("n_rows", [1, 3, MANY + 1])
def test_a_product_is_that_of_the_restored_numbers(made, n_rows):
    matrix, x = made(weight()), torch.randn(n_rows, 64, generator=torch.Generator().manual_seed(6))
    expected = x.bfloat16().float() @ matrix.restored().t()
    assert (matrix.multiply(x) - expected).abs().max() < 1e-2 * expected.abs().max()


@pytest.mark.parametrize("made", [BfloatMatrix, Int8Matrix, Int4Matrix])
def test_without_its_kernel_a_matrix_is_the_same_numbers(made, monkeypatch):
    with_kernel = made(weight())
    monkeypatch.setattr("core.inference.packed._runs", lambda *_: False)
    without = made(weight())
    assert made is BfloatMatrix or not without.native
    exact, rounded = without.restored(), with_kernel.restored()
    torch.testing.assert_close(exact, rounded, rtol=0.004, atol=0.0)  # half a step of bfloat16
    x = torch.ones(1, 64)
    torch.testing.assert_close(without.multiply(x), with_kernel.multiply(x), rtol=0.02, atol=0.1)


@pytest.mark.parametrize("made", [BfloatMatrix, Int8Matrix])
def test_rows_are_those_of_the_restored_table(made):
    table, ids = made(weight()), torch.tensor([[3, 7], [0, 3]])
    torch.testing.assert_close(table.rows(ids), table.restored()[ids])


@pytest.mark.parametrize("precision", SMALL)
def test_bytes_are_counted_on_the_tensors(config, model_of, precision):
    model = model_of(config)
    assert weight_bytes(model) == 4 * model.n_parameters
    n = {"bfloat16": 2.0, "int8": 1.0, "int4": 0.6}[precision]
    packed = in_precision(model, precision)
    assert n * model.n_parameters < weight_bytes(packed) < (n + 0.9) * model.n_parameters
    assert all(weight.dtype == torch.float32 for weight in model.parameters())


@pytest.mark.parametrize("precision", SMALL)
def test_written_alone_or_side_by_side_it_reads_as_its_own_forward_pass(
    config, model_of, precision
):
    model, text = in_precision(model_of(config), precision), [4, 9, 1, 30, 22, 8]
    with torch.inference_mode():
        whole = model(torch.tensor([text]))[0]
    decoder = Decoder(model)
    for n_texts in (1, 2):
        cache = Cache(config, n_texts, model.dtype)
        for place, token in enumerate(text):
            logits = decoder.read([token] * n_texts, cache)
            most = whole.abs().max()
            assert (logits - whole[place]).abs().max() < 0.03 * most


def test_8_bits_change_a_model_less_than_4(config, model_of):
    model, text = model_of(config), torch.tensor([[4, 9, 1, 30, 22, 8]])
    with torch.inference_mode():
        exact = model(text)
        moved = {
            precision: float((in_precision(model, precision)(text) - exact).norm())
            for precision in ("int8", "int4")
        }
    assert 0.0 < moved["int8"] < moved["int4"]


def test_a_row_that_blocks_do_not_fill_stays_at_16_bits(config, model_of):
    odd = replace(config, n_channels=40, n_head_channels=None, rope_divisors=None)
    packed = in_precision(model_of(odd), "int4")
    settings = SamplingSettings(temperature=0.0, max_tokens=3)
    assert len(list(generate(packed, [1, 2], settings))) == 3
    assert {type(block.attention.qkv.matrix) for block in packed.blocks} == {BfloatMatrix}


def test_float32_is_the_model_itself_and_others_are_refused(config, model_of):
    model = model_of(config)
    assert in_precision(model, "float32") is model
    with pytest.raises(SettingError):
        in_precision(model, "int3")
