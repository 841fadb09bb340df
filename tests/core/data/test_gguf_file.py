"""A GGUF file says where its numbers lie; whatever it says is checked before it is believed."""

import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.gguf_file import open_gguf
from core.errors import TruncatedModel, UnfitRows, UnknownPacking, UnreadableWeights
from tests.small_gguf import LIST, STRING, gguf_bytes, string

HALF_ONE = np.float16(0.5).tobytes()
NIBBLES = bytes(low + 16 * (15 - low) for low in range(16))  # 0 .. 15, then 15 .. 0
UP_AND_DOWN = np.r_[0:16, 15:-1:-1]
# Of eight groups the scales are 1 2 3 4 33 34 35 36 and what is taken away 0 1 2 3 20 21 22 23:
# the second halves are 32 + 1 to 4 and 16 + 4 to 7, and those tens lie in the upper two bits.
EIGHT_SCALES = np.array([1, 2, 3, 4, 33, 34, 35, 36])
EIGHT_LEASTS = np.array([0, 1, 2, 3, 20, 21, 22, 23])
PACKED_SCALES = bytes(
    [*(2 << 6 | x for x in (1, 2, 3, 4)), *(1 << 6 | x for x in (0, 1, 2, 3))]
    + [least << 4 | scale for scale, least in ((1, 4), (2, 5), (3, 6), (4, 7))]
)


def opened(tmp_path, data):
    (tmp_path / "a.gguf").write_bytes(data)
    return open_gguf(tmp_path / "a.gguf")


def test_metadata_and_tensors_come_back(tmp_path):
    metadata = {"a": 3, "b": "käse", "c": True, "d": 0.5, "e": ["x", ""], "f": [1, -2]}
    tensor = ("t", (2, 3), 0, np.arange(6, dtype="<f4").tobytes())
    file = opened(tmp_path, gguf_bytes(metadata, [tensor, ("u", (1,), 0, b"\0\0\x80\x3f")]))
    assert {name: file.metadata[name] for name in "abcde"} == {n: metadata[n] for n in "abcde"}
    assert file.metadata["f"].tolist() == [1, -2]
    np.testing.assert_array_equal(file.read("t"), [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(file.read("u"), [1])
    assert file.shapes == {"t": (2, 3), "u": (1,)}


@pytest.mark.parametrize(
    ("number", "stored", "numbers"),
    [
        (1, np.array([0.5, -2], dtype="<f2").tobytes(), [0.5, -2]),
        (30, b"\x80\x3f\x00\xc0", [1, -2]),  # the upper halves of 1 and -2 in float32
        (8, HALF_ONE + np.arange(-16, 16, dtype=np.int8).tobytes(), np.arange(-16, 16) / 2),
        (2, HALF_ONE + NIBBLES, (UP_AND_DOWN - 8) / 2),
        (3, HALF_ONE + np.float16(7).tobytes() + NIBBLES, UP_AND_DOWN / 2 + 7),
        # the first sixteen numbers have their fifth bit set, in two bytes of their own
        (6, HALF_ONE + b"\xff\xff\0\0" + NIBBLES, (np.r_[0:16, -1:-17:-1]) / 2),
        (
            12,
            HALF_ONE + np.float16(3).tobytes() + PACKED_SCALES + NIBBLES * 8,
            np.concatenate(
                [
                    EIGHT_SCALES[i] / 2 * np.tile(UP_AND_DOWN[16 * (i % 2) :][:16], 2)
                    - 3 * EIGHT_LEASTS[i]
                    for i in range(8)
                ]
            ),
        ),
        # sixteen groups of sixteen; lower halves all 5, upper two bits all 2: the integer 37 - 32
        (
            14,
            b"\x55" * 128 + b"\xaa" * 64 + np.arange(-8, 8, dtype=np.int8).tobytes() + HALF_ONE,
            np.repeat(np.arange(-8, 8) * 5 / 2, 16),
        ),
    ],
)
def test_a_block_by_hand(tmp_path, number, stored, numbers):
    file = opened(tmp_path, gguf_bytes({}, [("t", (len(numbers),), number, stored)]))
    np.testing.assert_array_equal(file.read("t"), np.asarray(numbers, dtype=np.float32))


FOUR = ("t", (4,), 0, b"\0" * 16)
FORGED = {
    "empty": (b"", "cannot be opened|not a GGUF"),
    "another kind": (b"PK\3\4" + b"\0" * 100, "not a GGUF"),
    "only the magic": (b"GGUF", "cut short"),
    "version 1": (gguf_bytes({}, version=1), "version 1"),
    "big-endian": (gguf_bytes({}, version=3 << 24), "version"),
    "entries": (gguf_bytes({}, n_entries=2**60), "entries"),
    "tensors": (gguf_bytes({}, n_tensors=2**60), "tensors"),
    "missing entries": (gguf_bytes({}, n_entries=9), "cut short"),
    "long name": (gguf_bytes({"a" * 5000: 1}), "5000"),
    "twice": (gguf_bytes({}, [FOUR, FOUR]), "occurs twice"),
    "alignment": (gguf_bytes({"general.alignment": 0}), "aligned"),
    "shared bytes": (gguf_bytes({}, [FOUR, ("u", (4,), 0, b"", 8)]), "share the same bytes"),
    "no axes": (gguf_bytes({}, [("t", (), 0, b"")]), "0 axes"),
    "many axes": (gguf_bytes({}, [("t", (1,) * 9, 0, b"")]), "9 axes"),
    "empty axis": (gguf_bytes({}, [("t", (4, 0), 0, b"")]), "shape"),
    "huge": (gguf_bytes({}, [("t", (2**40, 2**40), 0, b"")]), "cut short"),
    "overflow": (gguf_bytes({}, [("t", (2**63, 2), 0, b"")]), "cut short"),
    "far away": (gguf_bytes({}, [("t", (4,), 0, b"", 2**63)]), "cut short"),
    "half a block": (gguf_bytes({}, [("t", (48,), 8, b"\0" * 64)]), "48 numbers.*Q8_0 packs 32"),
    "half a large block": (gguf_bytes({}, [("t", (2, 128), 12, b"\0" * 160)]), "Q4_K packs 256"),
    "a large block cut short": (gguf_bytes({}, [("t", (512,), 14, b"\0" * 416)]), "t, .* Q6_K"),
    "another format": (gguf_bytes({}, [("t", (256,), 34, b"\0" * 54)]), "TQ1_0"),
    "unheard of": (gguf_bytes({}, [("t", (256,), 999, b"\0" * 210)]), "format 999"),
    "a string": (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2**62), "cut short"),
}
for kind, layout in (("bytes", 0), ("strings", STRING), ("lists", LIST)):
    entry = string("a") + struct.pack("<IIQ", LIST, layout, 2**60)
    forged = b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + entry
    FORGED[f"list of {kind}"] = (forged, "cut short|list")


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_file_is_refused_with_a_reason_and_costs_no_memory(tmp_path, name):
    data, reason = FORGED[name]
    tracemalloc.start()
    with pytest.raises(UnreadableWeights, match=reason):
        opened(tmp_path, data)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_a_file_that_ends_anywhere_is_refused(tmp_path):
    whole = gguf_bytes({"a": 3, "b": ["x", "y"], "c": "z"}, [FOUR, ("u", (2,), 0, b"\0" * 8)])
    n_padding = 24  # after the last tensor's 8 bytes
    opened(tmp_path, whole[:-n_padding])
    for n_bytes in range(len(whole) - n_padding):
        with pytest.raises(UnreadableWeights):
            opened(tmp_path, whole[:n_bytes])


def test_reading_needs_little_more_memory_than_its_result(tmp_path):
    shape, n_blocks = (1024, 2048), 1024 * 2048 // 256
    file = opened(tmp_path, gguf_bytes({}, [("t", shape, 12, b"\1" * 144 * n_blocks)]))
    tracemalloc.start()
    result = file.read("t")
    assert tracemalloc.get_traced_memory()[1] < result.nbytes + 4_000_000
    tracemalloc.stop()


K_FORMATS = gguf_bytes(
    {"a": "b"},
    [("t", (2, 256), 12, b"\1" * 288), ("u", (256,), 14, b"\2" * 210)],
)


@settings(max_examples=200, deadline=None)
@given(
    place=st.integers(0, len(K_FORMATS) - 1),
    forged=st.binary(min_size=1, max_size=8),
    length=st.integers(0, len(K_FORMATS)),
)
def test_bytes_forged_anywhere_end_in_numbers_or_in_a_reason(
    place, forged, length, tmp_path_factory
):
    data = K_FORMATS[:place] + forged + K_FORMATS[place + len(forged) :]
    try:
        file = opened(tmp_path_factory.mktemp("forged"), data[: max(length, place)])
        for name, shape in file.shapes.items():
            assert file.read(name).shape == shape
    except UnreadableWeights as error:
        assert error.values["reason"]


def test_what_does_not_fit_is_told_by_name(tmp_path):
    for tensor, kind, told in (
        (("t", (256,), 34, b""), UnknownPacking, {"tensor": "t", "format": "TQ1_0"}),
        (("t", (2, 192), 14, b""), UnfitRows, {"format": "Q6_K", "n": 192, "block": 256}),
        (("t", (9, 512), 12, b"\0" * 144), TruncatedModel, {"tensor": "t", "format": "Q4_K"}),
    ):
        with pytest.raises(kind) as error:
            opened(tmp_path, gguf_bytes({}, [tensor]))
        assert told.items() <= error.value.values.items()


def test_a_file_that_shrank_after_its_header_was_read_is_refused(tmp_path):
    whole = gguf_bytes({}, [("t", (64,), 0, b"\0" * 256)])
    file = opened(tmp_path, whole)
    file.path.write_bytes(whole[:-100])
    with pytest.raises(UnreadableWeights, match="cut short"):
        file.read("t")
