"""Strangers' picture files, standardised in a process that can be killed, one after the other.

Whatever a file does to its reader, the others are kept: the process answers after every file, and
where it dies or hangs, another one goes on behind that file. The child is this module run as a
program; pixels come back, never an image object.
"""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

import numpy as np

from core.data.pictures.standardising.standardise import Standard, Standardised, standardise
from core.data.pictures.standardising.steps import Step
from core.data.pictures.standardising.unpacking import (
    LIMIT_PICTURES,
    Received,
    short_name,
    too_many,
    unpacked,
)
from core.data.untrusted import limit_memory
from core.errors import (
    InputError,
    OutOfTime,
    ReadingFailed,
    UnreadablePicture,
)

FILE_LIMIT_S: Final = 10.0  # for one file; a telephone's largest takes about two
TOTAL_LIMIT_S: Final = 120.0  # for all of them
MEMORY_LIMIT_BYTES: Final = 3 * 2**29  # 1.5 GB; LIMIT_PIXELS in RGBA, three times over

_ROOT: Final = Path(__file__).resolve().parents[4]  # where `-m core.data...` resolves
File = tuple[str, bytes]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What became of one file: a standard picture, or the error that says why not.

    Args:
        name: the file's, without folders.
        caption: as an archive had it, or empty.
        standardised: the picture, if it could be read.
        problem: the reason, if not.
        file: which of the files handed over it was in, counted from 0.
    """

    name: str
    caption: str = ""
    standardised: Standardised | None = None
    problem: InputError | None = None
    file: int = 0


def standardise_untrusted(
    files: Sequence[File],
    standard: Standard | None = None,
    *,
    n_views: int = 0,
    on_progress: Callable[[int], None] | None = None,
    file_limit_s: float = FILE_LIMIT_S,
    total_limit_s: float = TOTAL_LIMIT_S,
    memory_bytes: int = MEMORY_LIMIT_BYTES,
) -> list[Outcome]:
    """Every file, and every file of every archive among them, made standard.

    Args:
        files: names and bytes.
        standard: what each picture shall be.
        n_views: of how many files a small picture is kept of every step.
        on_progress: called with the number of files done.
        file_limit_s, total_limit_s: seconds for one file, and for all of them.
        memory_bytes: address space of the child; unlimited on Windows.

    Returns:
        One outcome a file, in their order; behind LIMIT_PICTURES of them the rest are refused.
    """
    standard = standard or Standard()
    place = _Place(files, [])
    ends_at = time.monotonic() + total_limit_s
    while place.file < len(files):
        header = {
            "size": standard.size,
            "fit": standard.fit,
            "n_views": n_views,
            "skip": place.n_inside,
            "n_before": len(place.outcomes),
            "memory_bytes": memory_bytes,
        }
        for answer in _answers(header, files[place.file :], file_limit_s, ends_at):
            place.take(answer)
            if on_progress is not None and "reading" not in answer:
                on_progress(len(place.outcomes))
        if place.file == len(files):
            break
        if time.monotonic() >= ends_at:
            place.run_out(int(total_limit_s))
        else:
            place.step_over(int(file_limit_s))
    return place.outcomes


@dataclass(slots=True)
class _Place:
    """How far the children have come: so many files, and so many pictures inside the next one."""

    files: Sequence[File]
    outcomes: list[Outcome]
    file: int = 0
    n_inside: int = 0
    reading: str = ""

    def take(self, answer: dict[str, Any]) -> None:
        """One line of a child's: it begins a picture, is done with it, or with a whole file."""
        if "reading" in answer:
            self.reading = answer["reading"]
        elif "through" in answer:
            self.file, self.n_inside, self.reading = self.file + 1, 0, ""
        else:
            self.outcomes.append(replace(_outcome(answer), file=self.file))
            self.n_inside, self.reading = self.n_inside + 1, ""

    def step_over(self, limit_s: int) -> None:
        """A child died or hung: go on behind the picture that it was reading.

        Where it was reading none, an archive killed it: go on behind the whole archive.
        """
        name = self.reading or short_name(self.files[self.file][0])
        message = f"{name} could not be read in {limit_s} s"
        problem = ReadingFailed(message, name=name, limit_s=limit_s)
        self.outcomes.append(Outcome(name, problem=problem, file=self.file))
        if self.reading:
            self.n_inside, self.reading = self.n_inside + 1, ""
        else:
            self.file, self.n_inside = self.file + 1, 0

    def run_out(self, limit_s: int) -> None:
        """There is no time left for any of the rest."""
        for file, (name, _) in enumerate(self.files[self.file :], start=self.file):
            message = f"no time was left for {name}"
            problem = OutOfTime(message, name=short_name(name), limit_s=limit_s)
            self.outcomes.append(Outcome(problem.values["name"], problem=problem, file=file))
        self.file = len(self.files)


def _answers(
    header: dict[str, Any], files: Sequence[File], file_limit_s: float, ends_at: float
) -> Iterator[dict[str, Any]]:
    """The child's lines as they come, until it ends or has to be killed."""
    child = subprocess.Popen(
        [sys.executable, "-m", "core.data.pictures.standardising.untrusted"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},  # address space
    )
    assert child.stdin is not None and child.stdout is not None
    lines: queue.Queue[bytes] = queue.Queue()
    threads = [
        threading.Thread(target=_send, args=(child.stdin, header, files), daemon=True),
        threading.Thread(target=_receive, args=(child.stdout, lines), daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        while True:
            patience = min(file_limit_s, ends_at - time.monotonic())
            line = lines.get(timeout=max(patience, 0.0))
            if not line:
                return
            yield json.loads(line)
    except queue.Empty:
        return
    finally:
        child.kill()
        for thread in threads:
            thread.join()
        child.stdout.close()
        child.wait()


def _send(pipe: IO[bytes], header: dict[str, Any], files: Sequence[File]) -> None:
    listed = [[name, len(data)] for name, data in files]
    try:
        pipe.write(json.dumps(header | {"files": listed}).encode() + b"\n")
        for _, data in files:
            pipe.write(data)
        pipe.close()
    except (BrokenPipeError, OSError, ValueError):
        pass  # the child is gone; whoever waits for its answers will see


def _receive(pipe: IO[bytes], lines: "queue.Queue[bytes]") -> None:
    for line in pipe:
        lines.put(line)
    lines.put(b"")


def _outcome(answer: dict[str, Any]) -> Outcome:
    """What the child said of one file."""
    if "error" in answer:
        error = answer["error"]
        kind: type[InputError] = _KINDS.get(error["key"], UnreadablePicture)
        problem = kind(error["message"], **error["values"])
        return Outcome(answer["name"], answer["caption"], problem=problem)
    size = answer["size"]
    pixels = np.frombuffer(b64decode(answer["pixels"]), np.uint8).reshape(size, size, 3)
    steps = tuple(Step(name, changed, values, b64decode(view))
                  for name, changed, values, view in answer["steps"])  # fmt: skip
    done = Standardised(pixels, steps, b64decode(answer["arrived"]))
    return Outcome(answer["name"], answer["caption"], done)


_KINDS: Final[dict[str, type[InputError]]] = {
    ReadingFailed.key: ReadingFailed,
    UnreadablePicture.key: UnreadablePicture,
    **{kind.key: kind for kind in UnreadablePicture.__subclasses__()},
}


def main() -> None:
    """The child process: files from stdin, one line of JSON about each to stdout."""
    header = json.loads(sys.stdin.buffer.readline())
    limit_memory(header["memory_bytes"])
    standard = Standard(header["size"], header["fit"])
    n, skip = header["n_before"], header["skip"]
    for name, n_bytes in header["files"]:
        for received in islice(unpacked(name, sys.stdin.buffer.read(n_bytes)), skip, None):
            _tell({"reading": received.name})
            _tell(_answer(received, standard, n < header["n_views"], n >= LIMIT_PICTURES))
            n += 1
        _tell({"through": name})
        skip = 0


def _answer(received: Received, standard: Standard, views: bool, beyond: bool) -> dict[str, Any]:
    about = {"name": received.name, "caption": received.caption}
    try:
        if received.problem is not None:
            raise received.problem
        if beyond:
            raise too_many(received.name)
        done = standardise(received.name, received.data, standard, views)
    except MemoryError:
        error: InputError = ReadingFailed(
            "out of memory", name=received.name, limit_s=int(FILE_LIMIT_S)
        )
        return about | {"error": _described(error)}
    except UnreadablePicture as error:
        return about | {"error": _described(error)}
    return about | {
        "size": standard.size,
        "pixels": b64encode(done.pixels.tobytes()).decode(),
        "steps": [[s.name, s.changed, s.values, b64encode(s.view).decode()] for s in done.steps],
        "arrived": b64encode(done.arrived).decode(),
    }


def _described(error: InputError) -> dict[str, Any]:
    return {"key": error.key, "message": str(error), "values": error.values}


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
