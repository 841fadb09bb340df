"""Messages on a pipe between two processes: four bytes of length, then MessagePack.

Invariant: a frame is data, never code, and a pipe that ends in mid-frame counts as ended.
"""

from collections.abc import Mapping
from typing import Any, BinaryIO, Final

import msgpack

N_LENGTH_BYTES: Final = 4


def write_frame(pipe: BinaryIO, message: Mapping[str, Any]) -> None:
    """Send one message.

    Raises:
        OSError: the reader is gone.
    """
    data: bytes = msgpack.packb(message)
    pipe.write(len(data).to_bytes(N_LENGTH_BYTES, "big") + data)
    pipe.flush()


def read_frame(pipe: BinaryIO) -> dict[str, Any] | None:
    """Wait for one message; None at the end of the pipe."""
    length = pipe.read(N_LENGTH_BYTES)
    if len(length) < N_LENGTH_BYTES:
        return None
    n_bytes = int.from_bytes(length, "big")
    data = pipe.read(n_bytes)
    if len(data) < n_bytes:
        return None
    message: dict[str, Any] = msgpack.unpackb(data, strict_map_key=False)
    return message
