"""How GGUF files pack numbers: as floats, or in blocks of small integers that share a scale.

Simple formats have 32 numbers in a block, with a scale of its own as a float16. The K formats and
IQ4_XS have 256, in groups of 16 or 32: a group's scale is a small integer itself, and one float16
for the whole block, `d`, says what it stands for; so it is with `least`, which is added or taken
away afterwards. All is computed in float32 and in llama.cpp's order, so that no bit differs.

A format is refused by its name if it is not in `FORMATS`; none is approximated.

Source: the structs in github.com/ggml-org/llama.cpp, ggml/src/ggml-common.h, and `dequantize_row_*`
    in ggml/src/ggml-quants.c.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 32
LARGE_BLOCK: Final = 256
# What a 4-bit integer stands for in the IQ4 formats: closer together around zero, where most
# weights are.
UNEVEN: Final = np.array(
    [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113], dtype=np.float32
)
Bytes = NDArray[np.uint8]
Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Format:
    """One way of packing numbers."""

    name: str
    n_numbers: int
    """numbers in a block; 1 for plain floats"""
    n_bytes: int
    """bytes of a block"""
    unpacked: Callable[[Bytes], Numbers]
    """(blocks, n_bytes) bytes -> as many rows of numbers"""

    def restored(self, stored: Bytes) -> Numbers:
        """The numbers of whole blocks in float32, exactly as llama.cpp computes them.

        Args:
            stored: the bytes of the blocks, one after the other.

        Raises:
            ValueError: the last block is not whole.
        """
        with np.errstate(invalid="ignore", over="ignore"):  # a damaged scale may be infinite
            return self.unpacked(stored.reshape(-1, self.n_bytes)).reshape(-1)


# Floats


def _float32(blocks: Bytes) -> Numbers:
    return blocks.view("<f4").astype(np.float32, copy=False)


def _float16(blocks: Bytes) -> Numbers:
    return np.ascontiguousarray(blocks).view("<f2").astype(np.float32)


def _bfloat16(blocks: Bytes) -> Numbers:
    """A bfloat16 is the upper half of a float32."""
    return (blocks.view("<u2").astype(np.uint32) << 16).view(np.float32)


# Small integers out of bytes


def _fields(blocks: Bytes, *sizes: int) -> list[Bytes]:
    """Cut every block into its fields of so many bytes."""
    return np.split(blocks, np.cumsum(sizes)[:-1].tolist(), axis=1)


def _integers(packed: Bytes, n_bits: int, together: int) -> Bytes:
    """Unpack integers of 1, 2 or 4 bits.

    Of `together` bytes the lowest bits of all come first, then the next bits of all, and so on;
    then the next bytes follow.

    Args:
        packed: (blocks, bytes), a multiple of `together` bytes.
        n_bits: of one integer.
        together: bytes.

    Returns:
        (blocks, bytes * 8 / n_bits)
    """
    shifts = np.arange(0, 8, n_bits, dtype=np.uint8)[:, None]
    groups = packed.reshape(len(packed), -1, 1, together)
    return ((groups >> shifts) & np.uint8(2**n_bits - 1)).reshape(len(packed), -1)


def _joined(low: Bytes, high: Bytes, n_bits: int) -> Bytes:
    """Integers out of their lowest `n_bits` and what lies above."""
    return low | high << np.uint8(n_bits)


def _times(scales: Numbers, numbers: NDArray[np.generic]) -> Numbers:
    """Every group of numbers by its own scale.

    Args:
        scales: (blocks, groups)
        numbers: (blocks, groups * numbers of a group)

    Returns:
        (blocks, groups, numbers of a group)
    """
    groups = numbers.reshape(*scales.shape, -1)
    return scales[:, :, None] * groups.astype(np.float32)


def _signed(integers: Bytes, zero: int) -> NDArray[np.int8]:
    """Integers whose `zero` stands for 0."""
    return integers.astype(np.int8) - np.int8(zero)


# Blocks of 32, each with a scale


def _q8_0(blocks: Bytes) -> Numbers:
    """number = scale * integer, from -128 to 127."""
    scale, integers = _fields(blocks, 2, 32)
    return _times(_float16(scale), integers.view(np.int8))


def _q4_0(blocks: Bytes) -> Numbers:
    """number = scale * (integer - 8), the integer from 0 to 15."""
    scale, integers = _fields(blocks, 2, 16)
    return _times(_float16(scale), _signed(_integers(integers, 4, 16), 8))


def _q4_1(blocks: Bytes) -> Numbers:
    """number = scale * integer + least, the integer from 0 to 15."""
    scale, least, integers = _fields(blocks, 2, 2, 16)
    return _times(_float16(scale), _integers(integers, 4, 16)) + _float16(least)[:, :, None]


def _q5_0(blocks: Bytes) -> Numbers:
    """number = scale * (integer - 16), the integer from 0 to 31; its highest bits lie apart."""
    scale, high, low = _fields(blocks, 2, 4, 16)
    integers = _joined(_integers(low, 4, 16), _integers(high, 1, 1), 4)
    return _times(_float16(scale), _signed(integers, 16))


def _q5_1(blocks: Bytes) -> Numbers:
    """number = scale * integer + least, the integer from 0 to 31; its highest bits lie apart."""
    scale, least, high, low = _fields(blocks, 2, 2, 4, 16)
    integers = _joined(_integers(low, 4, 16), _integers(high, 1, 1), 4)
    return _times(_float16(scale), integers) + _float16(least)[:, :, None]


def _iq4_nl(blocks: Bytes) -> Numbers:
    """number = scale * what the integer stands for."""
    scale, integers = _fields(blocks, 2, 16)
    return _times(_float16(scale), UNEVEN[_integers(integers, 4, 16)])


# Blocks of 256, whose groups have scales that are integers themselves


def _q2_k(blocks: Bytes) -> Numbers:
    """16 groups of 16: number = d * scale * integer - d_least * least.

    Integers have 2 bits; scale and least have 4 and share a byte.
    """
    both, integers, d, d_least = _fields(blocks, 16, 64, 2, 2)
    scale, least = _float16(d) * (both & 15), _float16(d_least) * (both >> 4)
    return _times(scale, _integers(integers, 2, 32)) - least[:, :, None]


def _q3_k(blocks: Bytes) -> Numbers:
    """16 groups of 16: number = d * (scale - 32) * (integer - 4).

    Integers have 3 bits and scales 6; the highest bit, and the two highest bits, lie apart.
    """
    high, low, scale_low, scale_high, d = _fields(blocks, 32, 64, 8, 4, 2)
    integers = _joined(_integers(low, 2, 32), _integers(high, 1, 32), 2)
    scales = _joined(_integers(scale_low, 4, 8), _integers(scale_high, 2, 4), 4)
    return _times(_float16(d) * _signed(scales, 32), _signed(integers, 4))


def _q4_k(blocks: Bytes) -> Numbers:
    """8 groups of 32: number = d * scale * integer - d_least * least, the integer of 4 bits."""
    d, d_least, both, integers = _fields(blocks, 2, 2, 12, 128)
    scale, least = _scales_and_leasts(d, d_least, both)
    return _times(scale, _integers(integers, 4, 32)) - least[:, :, None]


def _q5_k(blocks: Bytes) -> Numbers:
    """As Q4_K, with integers of 5 bits, whose highest lie apart."""
    d, d_least, both, high, low = _fields(blocks, 2, 2, 12, 32, 128)
    scale, least = _scales_and_leasts(d, d_least, both)
    integers = _joined(_integers(low, 4, 32), _integers(high, 1, 32), 4)
    return _times(scale, integers) - least[:, :, None]


def _scales_and_leasts(d: Bytes, d_least: Bytes, both: Bytes) -> tuple[Numbers, Numbers]:
    """What Q4_K and Q5_K multiply by and take away, for 8 groups.

    Both are integers of 6 bits. Those of the first four groups fill the lower bits of four bytes
    each. Those of the last four have their lower 4 bits in the last four bytes, scale below least;
    their upper 2 bits fill the gaps of the first eight.
    """
    scale, least, low = _fields(both, 4, 4, 4)
    low_scale, low_least = _fields(_integers(low, 4, 4), 4, 4)
    scales = np.hstack([scale & 63, _joined(low_scale, scale >> np.uint8(6), 4)])
    leasts = np.hstack([least & 63, _joined(low_least, least >> np.uint8(6), 4)])
    return _float16(d) * scales, _float16(d_least) * leasts


def _q6_k(blocks: Bytes) -> Numbers:
    """16 groups of 16: number = d * scale * (integer - 32), the scale from -128 to 127.

    Integers have 6 bits, whose two highest lie apart.
    """
    low, high, scales, d = _fields(blocks, 128, 64, 16, 2)
    integers = _joined(_integers(low, 4, 64), _integers(high, 2, 32), 4)
    return _times(_float16(d) * scales.view(np.int8), _signed(integers, 32))


def _iq4_xs(blocks: Bytes) -> Numbers:
    """8 groups of 32: number = d * (scale - 32) * what the integer stands for.

    Scales have 6 bits, whose two highest lie apart.
    """
    d, scale_high, scale_low, integers = _fields(blocks, 2, 2, 4, 128)
    scales = _joined(_integers(scale_low, 4, 1), _integers(scale_high, 2, 1), 4)
    return _times(_float16(d) * _signed(scales, 32), UNEVEN[_integers(integers, 4, 16)])


FORMATS: Final = {  # by the number that stands in the file
    0: Format("F32", 1, 4, _float32),
    1: Format("F16", 1, 2, _float16),
    2: Format("Q4_0", BLOCK, 18, _q4_0),
    3: Format("Q4_1", BLOCK, 20, _q4_1),
    6: Format("Q5_0", BLOCK, 22, _q5_0),
    7: Format("Q5_1", BLOCK, 24, _q5_1),
    8: Format("Q8_0", BLOCK, 34, _q8_0),
    10: Format("Q2_K", LARGE_BLOCK, 84, _q2_k),
    11: Format("Q3_K", LARGE_BLOCK, 110, _q3_k),
    12: Format("Q4_K", LARGE_BLOCK, 144, _q4_k),
    13: Format("Q5_K", LARGE_BLOCK, 176, _q5_k),
    14: Format("Q6_K", LARGE_BLOCK, 210, _q6_k),
    20: Format("IQ4_NL", BLOCK, 18, _iq4_nl),
    23: Format("IQ4_XS", LARGE_BLOCK, 136, _iq4_xs),
    30: Format("BF16", 1, 2, _bfloat16),
}
_OTHER_NAMES: Final = {
    9: "Q8_1",
    15: "Q8_K",
    16: "IQ2_XXS",
    17: "IQ2_XS",
    18: "IQ3_XXS",
    19: "IQ1_S",
    21: "IQ3_S",
    22: "IQ2_S",
    24: "I8",
    25: "I16",
    26: "I32",
    27: "I64",
    28: "F64",
    29: "IQ1_M",
    34: "TQ1_0",
    35: "TQ2_0",
    39: "MXFP4",
    40: "NVFP4",
}


def format_name(number: int) -> str:
    """What llama.cpp calls a format, for a message; its number if it has none that we know."""
    known = FORMATS.get(number)
    return known.name if known else _OTHER_NAMES.get(number, f"format {number}")
