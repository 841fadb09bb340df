"""Picture files from anywhere, opened in a process of its own that is killed when its time is up.

The child is this module run as a program. It knows neither torch nor the app, and only JSON and
grey levels come back.
"""

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from core.data.untrusted import limit_memory
from core.errors import ReadingFailed, UnreadablePicture
from core.postprocessing.pictures.formats import LARGEST_BYTES, Opened, opened

TIME_LIMIT_S: Final = 10.0
MEMORY_LIMIT_BYTES: Final = 2**30

_ROOT: Final = Path(__file__).resolve().parents[3]


def opened_safely(
    data: bytes, limit_s: float = TIME_LIMIT_S, memory_bytes: int = MEMORY_LIMIT_BYTES
) -> Opened:
    """Like `opened`, but in a child process.

    Args:
        data: the file's bytes.
        limit_s: seconds before the child is killed.
        memory_bytes: address space the child may use; unlimited on Windows.

    Raises:
        UnreadablePicture: as `opened`.
        ReadingFailed: a limit was reached.
    """
    if not 0 < len(data) <= LARGEST_BYTES:  # do not pipe what will be refused anyway
        opened(data)
    command = [sys.executable, "-m", "core.postprocessing.pictures.strangers", str(memory_bytes)]
    failed = ReadingFailed("the picture could not be read", name="", limit_s=limit_s)
    try:
        child = subprocess.run(
            command, input=data, capture_output=True, timeout=limit_s, cwd=_ROOT, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise failed from error
    if child.returncode != 0:
        raise failed
    answer: dict[str, Any] = json.loads(child.stdout)
    if "error" in answer:
        raise UnreadablePicture(answer["error"], **answer["values"])
    pixels = np.frombuffer(base64.b64decode(answer["pixels"]), np.uint8)
    height, width, _ = answer["shape"]
    clear = None
    if answer["clear"]:
        bits = np.frombuffer(base64.b64decode(answer["clear"]), np.uint8)
        clear = np.unpackbits(bits, count=height * width).astype(np.bool_).reshape(height, width)
    return Opened(pixels.reshape(answer["shape"]), answer["format"], answer["record"], clear)


def main() -> None:
    """The child process: read a file from stdin, write what it holds to stdout."""
    limit_memory(int(sys.argv[1]))
    answer: dict[str, Any]
    try:
        found = opened(sys.stdin.buffer.read())
        answer = {
            "pixels": _text(found.pixels),
            "shape": found.pixels.shape,
            "format": found.format,
            "record": found.record,
            "clear": "" if found.clear is None else _text(np.packbits(found.clear)),
        }
    except UnreadablePicture as error:
        answer = {"error": str(error), "values": error.values}
    sys.stdout.write(json.dumps(answer))


def _text(numbers: npt.NDArray[np.uint8]) -> str:
    return base64.b64encode(numbers.tobytes()).decode()


if __name__ == "__main__":
    main()
