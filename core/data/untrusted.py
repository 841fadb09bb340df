"""Reads strangers' files in a separate process with limits on time and memory.

Whatever a file does to its reader, it does to a child process that is killed when its time is
up. Only JSON comes back: documents, or the error's key and values. The child is this module run
as a program; it imports neither torch nor anything from the app.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from core.data.text.documents import Document
from core.data.text.files import LIMIT_BYTES, Reading, read_file
from core.data.text.mail import mail_text
from core.errors import InputError, ReadingFailed

TIME_LIMIT_S: Final = 20.0
MAIL_LIMIT_S: Final = 5.0  # a genuine mail takes milliseconds
MEMORY_LIMIT_BYTES: Final = 2**30  # a table of 20 MB needs about a third of this

_ROOT: Final = Path(__file__).resolve().parents[2]  # where `-m core.data.untrusted` resolves


def read_untrusted(
    name: str,
    data: bytes,
    limit_s: float = TIME_LIMIT_S,
    memory_bytes: int = MEMORY_LIMIT_BYTES,
) -> list[Document]:
    """The documents in a file, read in a child process; see `read_file_untrusted`."""
    return list(read_file_untrusted(name, data, limit_s, memory_bytes).documents)


def read_file_untrusted(
    name: str,
    data: bytes,
    limit_s: float = TIME_LIMIT_S,
    memory_bytes: int = MEMORY_LIMIT_BYTES,
) -> Reading:
    """Like `read_file`, but in a child process.

    Args:
        name: the file's name.
        data: its bytes.
        limit_s: seconds before the child is killed.
        memory_bytes: address space the child may use; unlimited on Windows, which has no such limit
            for a single process.

    Raises:
        InputError: as in `read_file`, or `ReadingFailed` if a limit was reached.
    """
    if len(data) > LIMIT_BYTES:  # do not pipe what will be refused anyway
        read_file(name, data)
    answer = _in_a_child("file", name, data, limit_s, memory_bytes)
    documents = tuple(Document(*each) for each in answer.pop("documents"))
    return Reading(documents, **answer)


def read_mail_untrusted(name: str, data: bytes, limit_s: float = MAIL_LIMIT_S) -> str:
    """Like `mail_text`, but in a child process.

    Args:
        name: the file's name.
        data: its bytes.
        limit_s: seconds before the child is killed.

    Raises:
        InputError: as in `mail_text`, or `ReadingFailed` if a limit was reached.
    """
    return str(_in_a_child("mail", name, data, limit_s, MEMORY_LIMIT_BYTES)["text"])


def _in_a_child(
    kind: str, name: str, data: bytes, limit_s: float, memory_bytes: int
) -> dict[str, Any]:
    """The child's answer: a reading as a JSON object.

    Raises:
        InputError: the child's own, or `ReadingFailed` if it reached a limit.
    """
    header = {"kind": kind, "name": name, "memory_bytes": memory_bytes}
    request = json.dumps(header).encode() + b"\n" + data
    command = [sys.executable, "-m", "core.data.untrusted"]
    try:
        # `run` kills the child on a timeout and on any other exit from here.
        child = subprocess.run(
            command, input=request, capture_output=True, timeout=limit_s, cwd=_ROOT, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _failed(name, limit_s) from error
    if child.returncode != 0:
        raise _failed(name, limit_s)
    answer: dict[str, Any] = json.loads(child.stdout)
    if "error" in answer:
        raise _rebuild(answer["error"])
    return answer


def _failed(name: str, limit_s: float) -> ReadingFailed:
    return ReadingFailed(f"{name} could not be read in {limit_s} s", name=name, limit_s=limit_s)


def _rebuild(error: dict[str, Any]) -> InputError:
    """The error the child raised, of the same class, with the same values."""
    kinds: list[type[InputError]] = [InputError, *InputError.__subclasses__()]
    classes = {kind.key: kind for kind in kinds}
    return classes[error["key"]](error["message"], **error["values"])


def _file(name: str, data: bytes) -> dict[str, Any]:
    reading = read_file(name, data)
    answer = {field.name: getattr(reading, field.name) for field in fields(Reading)}
    answer["documents"] = [(d.text, d.lang, d.kind, d.source) for d in reading.documents]
    return answer


def _mail(name: str, data: bytes) -> dict[str, Any]:
    return {"text": mail_text(name, data)}


READERS: Final[dict[str, Callable[[str, bytes], dict[str, Any]]]] = {"file": _file, "mail": _mail}
"""What the child can read, by the kind the parent requests."""


def main() -> None:
    """The child process: read the request from stdin, write the answer to stdout."""
    header = json.loads(sys.stdin.buffer.readline())
    limit_memory(header["memory_bytes"])
    answer: dict[str, Any]
    try:
        answer = READERS[header["kind"]](header["name"], sys.stdin.buffer.read())
    except InputError as error:
        answer = {"error": {"key": error.key, "message": str(error), "values": error.values}}
    sys.stdout.buffer.write(json.dumps(answer).encode())


def limit_memory(n_bytes: int) -> None:
    """Limit the address space of this process, where the operating system supports it."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (n_bytes, n_bytes))


if __name__ == "__main__":
    main()
