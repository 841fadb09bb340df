"""Every format of packed numbers against llama.cpp's own library, with whatever a file may hold.

Their library packs only the simple formats, so blocks are random bytes: any byte is a valid one.
"""

import gguf
import numpy as np
import pytest

from core.data import gguf_file
from core.data.gguf_blocks import FORMATS
from core.data.gguf_file import open_gguf
from tests.gguf_files import SCALES, random_bytes

EXTREMES = np.array(
    [0.0, -0.0, 6e-8, -6e-8, 6e-5, 1.0, 65504.0, -65504.0, np.inf, -np.inf, np.nan],
    dtype=np.float16,
)
BY_NAME = {layout.name: (number, layout) for number, layout in FORMATS.items()}


def assert_same_bits(ours, theirs):
    """Also the sign of a zero; what is no number must be none on both sides."""
    assert ours.dtype == theirs.dtype == np.float32
    missing = np.isnan(theirs)
    np.testing.assert_array_equal(np.isnan(ours), missing)
    np.testing.assert_array_equal(ours.view(np.uint32)[~missing], theirs.view(np.uint32)[~missing])


def restored_by_both(name, blocks):
    number, layout = BY_NAME[name]
    with np.errstate(all="ignore"):
        theirs = gguf.dequantize(blocks, gguf.GGMLQuantizationType(number))
    return layout.restored(blocks.reshape(-1)), theirs.reshape(-1)


@pytest.mark.parametrize("name", BY_NAME)
def test_names_and_sizes_are_theirs(name):
    number, layout = BY_NAME[name]
    theirs = gguf.GGMLQuantizationType(number)
    assert theirs.name == name
    assert gguf.GGML_QUANT_SIZES[theirs] == (layout.n_numbers, layout.n_bytes)


@pytest.mark.parametrize("name", BY_NAME)
def test_any_bytes_are_restored_to_the_bit(name):
    blocks = random_bytes(name, 2_000, np.random.default_rng(0))
    assert_same_bits(*restored_by_both(name, blocks))


@pytest.mark.parametrize("name", SCALES)
def test_extreme_scales_are_restored_to_the_bit(name):
    fields = SCALES[name]
    pairs = np.array(np.meshgrid(*[EXTREMES] * len(fields))).reshape(len(fields), -1)
    blocks = random_bytes(name, pairs.shape[1], np.random.default_rng(1))
    for field, values in zip(fields, pairs, strict=True):
        blocks[:, field : field + 2] = values[:, None].view(np.uint8)
    ours, theirs = restored_by_both(name, blocks)
    assert np.isnan(theirs).any() and np.isfinite(theirs).any()
    assert_same_bits(ours, theirs)


@pytest.mark.parametrize("name", BY_NAME)
def test_a_tensor_read_in_parts_is_theirs_read_whole(name, tmp_path, monkeypatch):
    number, layout = BY_NAME[name]
    theirs_kind = gguf.GGMLQuantizationType(number)
    blocks = random_bytes(name, 3 * 7, np.random.default_rng(2))
    writer = gguf.GGUFWriter(tmp_path / "a.gguf", "llama")
    writer.add_tensor("t", blocks.reshape(3, -1), raw_dtype=theirs_kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    monkeypatch.setattr(gguf_file, "NUMBERS_AT_ONCE", 2 * layout.n_numbers + 1)
    ours = open_gguf(tmp_path / "a.gguf").read("t")
    (tensor,) = gguf.GGUFReader(tmp_path / "a.gguf").tensors
    with np.errstate(all="ignore"):
        theirs = gguf.dequantize(tensor.data, theirs_kind)
    assert ours.shape == theirs.shape == (3, 7 * layout.n_numbers)
    assert_same_bits(ours, theirs)
