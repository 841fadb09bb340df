"""A GGUF file, as llama.cpp reads it: metadata and tensors of a published model in one file.

The file may come from anywhere. Every count, length and offset is held against the bytes that are
there before anything is made from it, and no two tensors may share bytes, so a forged header costs
no more memory than the file is long. The gguf library's own reader does not check: 45 forged bytes
keep it busy until memory is full. A parity test holds this reader against it.

Source: the format's specification, github.com/ggml-org/ggml/blob/master/docs/gguf.md.
"""

import mmap
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.data.gguf_blocks import FORMATS, Format, format_name
from core.errors import TruncatedModel, UnfitRows, UnknownPacking, UnreadableWeights

MAGIC: Final = b"GGUF"
VERSIONS: Final = (2, 3)  # version 1 had shorter counts and is hardly found any more
DEFAULT_ALIGNMENT: Final = 32
LARGEST_ALIGNMENT: Final = 2**16
MOST_ENTRIES: Final = 10_000
MOST_TENSORS: Final = 10_000
MOST_STRINGS: Final = 4_000_000  # in one list; the largest vocabularies have 256,000 tokens
LONGEST_NAME: Final = 1_000
MOST_AXES: Final = 4
NUMBERS_AT_ONCE: Final = 2**18  # restored at a time: reading needs little more than its result
KNOWN: Final = ", ".join(layout.name for layout in FORMATS.values())

STRING: Final = 8
LIST: Final = 9
SCALARS: Final = {  # the number of a type -> how it is stored
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """Where a tensor lies in the file, and how."""

    shape: tuple[int, ...]
    """as in torch, the fastest axis last"""
    format: Format
    """how its numbers are packed"""
    start: int
    """its first byte in the file"""

    @property
    def n_bytes(self) -> int:
        """Bytes it takes in the file."""
        return prod(self.shape) // self.format.n_numbers * self.format.n_bytes


@dataclass(frozen=True)
class GgufFile:
    """What the header of a GGUF file says; the tensors stay on disk until they are read."""

    path: Path
    metadata: Mapping[str, Any]
    """numbers, strings, and lists of them"""
    tensors: Mapping[str, StoredTensor]

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every tensor, as in torch."""
        return {name: tensor.shape for name, tensor in self.tensors.items()}

    def read(self, name: str) -> NDArray[np.float32]:
        """One tensor in float32, of its shape.

        Raises:
            KeyError: there is no such tensor.
            UnreadableWeights: the file has changed since its header was read.
        """
        tensor = self.tensors[name]
        layout = tensor.format
        numbers = np.empty(prod(tensor.shape), dtype=np.float32)
        step = NUMBERS_AT_ONCE // layout.n_numbers * layout.n_numbers
        try:
            with self.path.open("rb") as file:
                file.seek(tensor.start)
                for first in range(0, len(numbers), step):
                    part = numbers[first : first + step]
                    n_bytes = len(part) // layout.n_numbers * layout.n_bytes
                    stored = np.frombuffer(file.read(n_bytes), dtype=np.uint8)
                    if len(stored) != n_bytes:
                        raise _cut_short(name, layout)
                    part[:] = layout.restored(stored)
        except OSError as error:
            raise _unreadable("it cannot be opened any more") from error
        return numbers.reshape(tensor.shape)


def open_gguf(path: Path) -> GgufFile:
    """Read the header of a GGUF file.

    Args:
        path: of the file.

    Raises:
        UnreadableWeights: it is no GGUF file, is cut short, contradicts itself, or packs its
            tensors in a format that is not read here.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise _unreadable("this is not a GGUF file")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _header(path, _Cursor(data, len(MAGIC)))
    except (OSError, ValueError) as error:
        raise _unreadable("it cannot be opened") from error


class _Cursor:
    """Reads a file's bytes one after the other and refuses to go beyond their end."""

    def __init__(self, data: mmap.mmap, position: int) -> None:
        self.data = data
        self.position = position

    def numbers(self, layout: str) -> tuple[Any, ...]:
        """Little-endian numbers, packed as `struct` names them."""
        start = self.position
        self.skip(struct.calcsize(f"<{layout}"))
        return struct.unpack_from(f"<{layout}", self.data, start)

    def string(self) -> str:
        """Text after its length in bytes."""
        return self.strings(1)[0]

    def strings(self, n: int) -> list[str]:
        """So many texts, each after its length; in one go, as a vocabulary has fifty thousand."""
        position, end = self.position, len(self.data)
        found = []
        for _ in range(n):
            start = position + 8
            position = start + int.from_bytes(self.data[position:start], "little")
            if position > end:
                raise _cut_off()
            # A few published vocabularies hold broken UTF-8; they spell a token's bytes in letters.
            found.append(self.data[start:position].decode("utf-8", "replace"))
        self.position = position
        return found

    def skip(self, n_bytes: int) -> None:
        """Go on by so many bytes."""
        if n_bytes > len(self.data) - self.position:
            raise _cut_off()
        self.position += n_bytes


def _header(path: Path, cursor: _Cursor) -> GgufFile:
    (version,) = cursor.numbers("I")
    if version not in VERSIONS:
        raise _unreadable(f"its format has version {version}; versions 2 and 3 can be read")
    n_tensors, n_entries = cursor.numbers("QQ")
    if n_tensors > MOST_TENSORS or n_entries > MOST_ENTRIES:
        raise _unreadable(f"it says it has {n_tensors} tensors and {n_entries} entries")
    metadata = _distinct(n_entries, lambda: (_name(cursor), _value(cursor)))
    places = _distinct(n_tensors, lambda: (_name(cursor), _place(cursor)))
    alignment = metadata.get("general.alignment", DEFAULT_ALIGNMENT)
    if type(alignment) is not int or not 1 <= alignment <= LARGEST_ALIGNMENT:
        raise _unreadable(f"its tensors are aligned to {alignment!r} bytes")
    first = -(-cursor.position // alignment) * alignment  # tensors begin at the next multiple
    tensors = {
        name: _stored(name, shape, number, first + offset, len(cursor.data))
        for name, (shape, number, offset) in places.items()
    }
    in_order = sorted(tensors.values(), key=lambda tensor: tensor.start)
    if any(one.start + one.n_bytes > next.start for one, next in pairwise(in_order)):
        raise _unreadable("two tensors share the same bytes")
    return GgufFile(path, metadata, tensors)


def _distinct(n: int, read: Callable[[], tuple[str, Any]]) -> dict[str, Any]:
    """So many named things, none of them twice."""
    found: dict[str, Any] = {}
    for _ in range(n):
        name, thing = read()
        if name in found:
            raise _unreadable(f"{name!r} occurs twice")
        found[name] = thing
    return found


def _name(cursor: _Cursor) -> str:
    name = cursor.string()
    if len(name) > LONGEST_NAME:
        raise _unreadable(f"a name has {len(name)} characters")
    return name


def _value(cursor: _Cursor) -> Any:
    (kind,) = cursor.numbers("I")
    if kind == STRING:
        return cursor.string()
    if kind in SCALARS:
        return cursor.numbers(SCALARS[kind])[0]
    if kind != LIST:
        raise _unreadable(f"an entry is of the unknown type {kind}")
    kind, n = cursor.numbers("IQ")
    if kind == STRING:
        if n > min(MOST_STRINGS, (len(cursor.data) - cursor.position) // 8):  # a length takes 8
            raise _unreadable(f"it says it has a list of {n} strings")
        return cursor.strings(n)
    if kind not in SCALARS:
        raise _unreadable(f"a list holds the unknown type {kind}")
    start, layout = cursor.position, np.dtype(SCALARS[kind]).newbyteorder("<")
    cursor.skip(n * layout.itemsize)
    return np.frombuffer(cursor.data[start : cursor.position], dtype=layout)


def _place(cursor: _Cursor) -> tuple[tuple[int, ...], int, int]:
    """Shape, number of the format and offset of one tensor, as the header says."""
    (n_axes,) = cursor.numbers("I")
    if not 1 <= n_axes <= MOST_AXES:
        raise _unreadable(f"a tensor has {n_axes} axes")
    shape = cursor.numbers(f"{n_axes}Q")
    number, offset = cursor.numbers("IQ")
    return shape[::-1], number, offset  # stored with the fastest axis first


def _stored(
    name: str, shape: tuple[int, ...], number: int, start: int, n_bytes: int
) -> StoredTensor:
    if number not in FORMATS:
        raise _refused(
            UnknownPacking,
            f"{name} is stored as {format_name(number)}; {KNOWN} can be read",
            tensor=name,
            format=format_name(number),
            known=KNOWN,
        )
    layout = FORMATS[number]
    if min(shape) < 1:
        raise _unreadable(f"{name} cannot have the shape {list(shape)}")
    if shape[-1] % layout.n_numbers:
        raise _refused(
            UnfitRows,
            f"{name} has rows of {shape[-1]} numbers, and {layout.name} packs {layout.n_numbers}",
            tensor=name,
            format=layout.name,
            n=shape[-1],
            block=layout.n_numbers,
        )
    tensor = StoredTensor(shape, layout, start)
    if start + tensor.n_bytes > n_bytes:
        raise _cut_short(name, layout)
    return tensor


def _cut_short(name: str, layout: Format) -> UnreadableWeights:
    reason = f"it is cut short: {name}, stored as {layout.name}, would end after its last byte"
    return _refused(TruncatedModel, reason, tensor=name, format=layout.name)


def _cut_off() -> UnreadableWeights:
    return _unreadable("it is cut short or says it is longer than it is")


def _unreadable(reason: str) -> UnreadableWeights:
    return _refused(UnreadableWeights, reason)


def _refused(kind: type[UnreadableWeights], reason: str, **values: object) -> UnreadableWeights:
    return kind(f"the GGUF file cannot be read: {reason}", reason=reason, **values)
