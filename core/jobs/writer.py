"""The generation service as the web process sees it: submit a text, get its tokens one by one.

Invariant: every submitted text ends, with an ending, a cancellation or a WritingFailed, even if the
process generating it dies.
"""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, TypeVar, cast

from core.errors import Busy, WritingFailed
from core.inference.sampling import SamplingSettings
from core.jobs.events import Mailbox
from core.jobs.failures import described, rebuilt
from core.jobs.frames import read_frame, write_frame
from core.jobs.interrupts import children_deaf_to_interrupts
from core.jobs.pace import n_cores

ROOT: Final = Path(__file__).resolve().parents[2]
MAX_OPEN: Final = 100  # texts in progress or waiting
SHORTEST_LIFE_S: Final = 5.0  # a process that dies younger is restarted only when needed
CLOSE_TIMEOUT_S: Final = 3.0

Ending = Literal["end", "length", "closed", "cancelled"]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Written:
    """One token of a text."""

    token: int
    probability: float  # of the token where it was drawn, after temperature and filters
    ending: Ending | None  # set with the last token
    logits: bytes | None  # V float32 logits before temperature and filters, if requested


class Writing:
    """A text being generated: iterate over it with `for` or `async for`, or `take` from it.

    Ending the iteration ends the generation.
    """

    def __init__(self, id_: int, model_id: str, cancel: Callable[["Writing"], None]) -> None:
        self.id = id_
        self.model_id = model_id
        self.process: subprocess.Popen[bytes] | None = None  # the one generating it
        self.ending: Ending | None = None
        self.box: Mailbox[Written] = Mailbox()
        self._cancel = cancel

    def cancel(self) -> None:
        """Stop generating; what was generated so far can still be taken."""
        self._cancel(self)

    def take(self, timeout_s: float | None = None) -> list[Written]:
        """Wait for tokens and take all there are; empty at the end."""
        return self.box.take(timeout_s)

    async def take_async(self, timeout_s: float | None = None) -> list[Written]:
        """The same for asyncio."""
        return await self.box.take_async(timeout_s)

    def __iter__(self) -> Iterator[Written]:
        try:
            yield from self.box
        finally:
            self.cancel()

    async def __aiter__(self) -> AsyncIterator[Written]:
        try:
            async for written in self.box:
                yield written
        finally:
            self.cancel()


W = TypeVar("W", bound=Writing)


class Looking(Writing):
    """A look at a text: one answer instead of many tokens."""

    found: dict[str, Any] | None = None

    async def answer(self) -> dict[str, Any]:
        """Wait for what was seen; `Writer.look` and `Writer.score` say what that is.

        Raises:
            WritingFailed: the model cannot answer, or the process has ended.
        """
        await self.take_async()  # nothing comes, or an error
        return self._answer()

    def answer_here(self) -> dict[str, Any]:
        """The same, for a thread that may block."""
        self.take()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        if self.found is None:
            raise WritingFailed("the text was not read", reason="cancelled")
        return self.found


class Writer:
    """The generating process, and all its texts. Safe to use from any thread."""

    def __init__(self, others_at_work: Callable[[], bool] = lambda: False) -> None:
        """
        Args:
            others_at_work: whether runs train on this machine; then one thread is used, else all.
        """
        self.others_at_work = others_at_work
        self._lock = threading.RLock()
        self._pipe_lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._born_at = 0.0
        self._open: dict[int, Writing] = {}
        self._models: dict[int, Callable[[], bytes]] = {}  # text -> function that reads its model
        self._n_threads = 0  # as last sent to the process
        self._n_writings = 0
        self._closed = False

    @property
    def n_active(self) -> int:
        """Texts in progress or waiting."""
        return len(self._open)

    def start(self) -> None:
        """Start the process if it is not running; it needs a moment, texts wait for it."""
        with self._lock:
            if self._closed or (self._process is not None and self._process.poll() is None):
                return
            with children_deaf_to_interrupts():
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "core.jobs.writer_process"],
                    cwd=ROOT,
                    env={
                        **os.environ,
                        "OMP_WAIT_POLICY": "PASSIVE",
                    },  # no thread spins while waiting
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            self._born_at, self._n_threads = time.monotonic(), 0
            reader = threading.Thread(
                target=self._read, args=(self._process,), name="writer", daemon=True
            )
            reader.start()

    def close(self) -> None:
        """Stop the process; texts in progress fail."""
        with self._lock:
            self._closed = True
            process, self._process = self._process, None
        if process is None:
            return
        with self._pipe_lock, suppress(OSError):
            cast(BinaryIO, process.stdin).close()  # this makes it exit
        try:
            process.wait(CLOSE_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def write(
        self,
        model_id: str,
        model: Callable[[], bytes],
        tokens: Sequence[int],
        settings: SamplingSettings,
        *,
        end_id: int | None = None,
        with_logits: bool = False,
        encoder: bytes | None = None,
    ) -> Writing:
        """Continue a text.

        Args:
            model_id: the checkpoint's id; equal ids are equal models.
            model: returns its bytes; called, on another thread, only if the model is not loaded.
            tokens: the text so far, at least one token.
            settings: how and how much to sample; `stop` is left to whoever decodes the tokens.
            end_id: the token after which to stop.
            with_logits: whether each token carries the logits it was drawn from.
            encoder: an Encoder's bytes; needed if the settings constrain the text to a schema.

        Returns:
            the tokens as they are drawn. Errors of the model or the process are raised from it.

        Raises:
            Busy: too many texts are being generated.
        """
        message = {
            "do": "write",
            "tokens": [int(token) for token in tokens],
            "settings": asdict(settings),
            "end_id": end_id,
            "with_logits": with_logits,
            "encoder": encoder,
        }
        return self._ask(Writing, model_id, model, message)

    def look(
        self,
        model_id: str,
        model: Callable[[], bytes],
        tokens: Sequence[int],
        settings: SamplingSettings,
        encoder: bytes,
        *,
        closed: bool = False,
        dart: float | None = None,
    ) -> Looking:
        """Look at the next words, as core.inference.text.words; with a dart, draw one first.

        Args:
            model_id: the checkpoint's id; equal ids are equal models.
            model: returns its bytes; called, on another thread, only if the model is not loaded.
            tokens: the text so far, at least one token.
            settings: how to sample; only temperature, top-k and top-p matter.
            encoder: an Encoder's bytes.
            closed: whether the last word of the text is complete.
            dart: in [0, 1); None draws nothing.

        Returns:
            "drawn", the word that was drawn, and "tree", what may follow it.

        Raises:
            Busy: too many texts are being generated.
        """
        message = {
            "do": "words",
            "tokens": [int(token) for token in tokens],
            "filters": settings.filters,
            "encoder": encoder,
            "closed": closed,
            "dart": dart,
        }
        return self._ask(Looking, model_id, model, message)

    def score(
        self,
        model_id: str,
        model: Callable[[], bytes],
        tokens: Sequence[int],
        n_likeliest: int = 0,
    ) -> Looking:
        """Let a model say how likely each token of a text is, as core.inference.scoring.

        Args:
            model_id: the checkpoint's id; equal ids are equal models.
            model: returns its bytes; called, on another thread, only if the model is not loaded.
            tokens: the text.
            n_likeliest: alternatives to each token.

        Returns:
            "logprobs" of every token but the first, and "likeliest": for each of them the
            alternatives, as pairs of id and logprob.

        Raises:
            Busy: too many texts are being generated.
        """
        message = {
            "do": "score",
            "tokens": [int(token) for token in tokens],
            "n_likeliest": n_likeliest,
        }
        return self._ask(Looking, model_id, model, message)

    def _ask(
        self, kind: type[W], model_id: str, model: Callable[[], bytes], message: dict[str, Any]
    ) -> W:
        """Send a request to the process and return the object on which its answer arrives."""
        with self._lock:
            if len(self._open) >= MAX_OPEN:
                raise Busy(f"{MAX_OPEN} texts are being written", n_waiting=MAX_OPEN)
            self._n_writings += 1
            writing = kind(self._n_writings, model_id, self._cancel)
            self._open[writing.id] = writing
            self._models[writing.id] = model
            self.start()
            process = writing.process = self._process
        self._set_threads(process)
        if not self._send(process, {**message, "id": writing.id, "model": model_id}):
            self._end(writing.id, _died())
        return writing

    def _cancel(self, writing: Writing) -> None:
        if self._open.get(writing.id) is writing:
            self._send(self._process, {"do": "cancel", "id": writing.id})
            writing.ending = "cancelled"
            self._end(writing.id)

    def _end(self, id_: int, error: BaseException | None = None) -> None:
        with self._lock:
            writing = self._open.pop(id_, None)
            self._models.pop(id_, None)
        if writing is not None:
            writing.box.close(error)

    def _send(self, process: "subprocess.Popen[bytes] | None", message: dict[str, Any]) -> bool:
        """Send a message. False if it did not get out; the reader will notice the death too."""
        try:
            with self._pipe_lock:
                if process is None:
                    return False
                write_frame(cast(BinaryIO, process.stdin), message)
            return True
        except (OSError, ValueError):  # a broken or already closed pipe
            return False

    def _set_threads(self, process: "subprocess.Popen[bytes] | None") -> None:
        n_threads = 1 if self.others_at_work() else n_cores()
        if n_threads != self._n_threads:
            self._n_threads = n_threads
            self._send(process, {"do": "threads", "n": n_threads})

    def _read(self, process: "subprocess.Popen[bytes]") -> None:
        """Distribute what arrives from one process until it ends; then start the next."""
        pipe = cast(BinaryIO, process.stdout)
        while (message := read_frame(pipe)) is not None:
            self._take(process, message)
        process.wait()
        for end in (pipe, cast(BinaryIO, process.stdin)):
            with suppress(OSError):
                end.close()
        with self._lock:
            lost = [id_ for id_, writing in self._open.items() if writing.process is process]
            young = time.monotonic() - self._born_at < SHORTEST_LIFE_S
            closed = self._closed
        for id_ in lost:
            self._end(id_, _died())
        if not closed:
            log.error("the process that writes has died with code %s", process.returncode)
            if not young:
                self.start()

    def _take(self, process: "subprocess.Popen[bytes]", message: dict[str, Any]) -> None:
        for id_, token, probability, ending, logits in message.get("tokens", ()):
            writing = self._open.get(id_)
            if writing is None:
                continue
            writing.box.put(Written(token, probability, ending, logits))
            if ending is not None:
                writing.ending = ending
                self._end(id_)
        if "looked" in message:
            looking = self._open.get(message["looked"])
            if isinstance(looking, Looking):
                looking.found = message["found"]
                self._end(looking.id)
        if "failed" in message:
            self._end(message["failed"], rebuilt(message["error"]))
        if "need_model" in message:
            args = (process, message["need_model"])
            threading.Thread(target=self._bring, args=args, daemon=True).start()
        self._set_threads(process)

    def _bring(self, process: "subprocess.Popen[bytes]", model_id: str) -> None:
        """Read a model's bytes and send them to the process."""
        with self._lock:
            wanted = [id_ for id_, writing in self._open.items() if writing.model_id == model_id]
            sources = [self._models[id_] for id_ in wanted]
        try:
            data = sources[0]() if sources else None  # None: everybody who wanted it is gone
            self._send(process, {"do": "model", "model": model_id, "data": data})
        except Exception as error:
            failure = {"do": "no_model", "model": model_id, "error": described(error)}
            self._send(process, failure)


def _died() -> WritingFailed:
    reason = "the process that writes has ended"
    return WritingFailed(reason, reason=reason)
