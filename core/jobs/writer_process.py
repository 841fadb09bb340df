"""The generation service's own process: every model that writes, writes here.

    python -m core.jobs.writer_process    (started by core.jobs.writer; speaks frames on its pipes)

Invariant: it ends by itself when its standard input ends, so no killed parent leaves it behind.
Whatever goes wrong with one text is reported for that text; the others go on.
"""

import os
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from queue import Empty, SimpleQueue
from typing import Any, BinaryIO, Final

import torch

from core.architecture.weights import read_checkpoint
from core.data.bpe import Encoder
from core.errors import WritingFailed
from core.inference.batching import ContinuousBatch, Step
from core.inference.sampling import SamplingSettings
from core.inference.watermark import Watermark
from core.jobs.failures import described
from core.jobs.frames import read_frame, write_frame

MOST_ROWS: Final = 32  # texts that one model writes side by side; more wait
CACHE_BYTES: Final = 256 * 2**20  # of keys and values, for one model
MEMORY_BYTES: Final = 1024 * 2**20  # of all loaded models with their caches
LARGE_BYTES: Final = 64 * 2**20  # smaller models only lose by sharing a step among threads

Message = dict[str, Any]


@dataclass
class Text:
    """A text to be written."""

    id: int
    model: str
    tokens: list[int]
    settings: SamplingSettings
    end_id: int | None
    with_logits: bool
    encoder: Encoder | None


def text_of(message: Message) -> Text:
    """The text that a message asks for."""
    settings = dict(message["settings"])
    settings["stop"] = tuple(settings.get("stop", ()))
    if settings.get("watermark") is not None:
        settings["watermark"] = Watermark(**settings["watermark"])
    merges = message.get("encoder")
    return Text(
        **{name: message[name] for name in ("id", "model", "tokens", "end_id", "with_logits")},
        settings=SamplingSettings(**settings),
        encoder=None if merges is None else encoder_of(merges),
    )


@lru_cache(maxsize=8)
def encoder_of(data: bytes) -> Encoder:
    """An encoder, read once for all texts."""
    return Encoder.from_bytes(data)


class Loaded:
    """A model in memory, and the texts it writes."""

    def __init__(self, data: bytes) -> None:
        model, _ = read_checkpoint(data)
        config = model.config
        per_row = 8 * config.n_layers * config.n_context * config.n_kv_heads * config.head_size
        n_rows = max(1, min(MOST_ROWS, CACHE_BYTES // per_row))
        self.batch = ContinuousBatch(model, n_rows)
        n_weight_bytes = sum(weight.nbytes for weight in model.state_dict().values())
        self.is_large = n_weight_bytes > LARGE_BYTES
        self.n_bytes = n_rows * per_row + n_weight_bytes
        self.texts: dict[int, Text] = {}  # ticket -> text


class WritingRoom:
    """All texts under way and waiting, and the models that are loaded."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._send = send
        self._waiting: list[Text] = []
        self._loaded: OrderedDict[str, Loaded] = OrderedDict()  # least recently used first
        self._asked_for: set[str] = set()
        self._n_threads = 1  # that a large model may use

    @property
    def is_writing(self) -> bool:
        """Whether a step would bring anybody forward."""
        return any(loaded.texts for loaded in self._loaded.values())

    def take(self, message: Message) -> None:
        """Do what the parent asks."""
        match message["do"]:
            case "write":
                self._waiting.append(text_of(message))
            case "model":
                self._load(message["model"], message["data"])
            case "no_model":
                self._refuse(message["model"], message["error"])
            case "cancel":
                self._cancel(message["id"])
            case "threads":
                self._n_threads = message["n"]
        self._admit()

    def step(self) -> None:
        """Draw one token for every text under way."""
        for model, loaded in list(self._loaded.items()):
            if not loaded.texts:
                continue
            self._loaded.move_to_end(model)
            n_threads = self._n_threads if loaded.is_large else 1
            if torch.get_num_threads() != n_threads:
                torch.set_num_threads(n_threads)
            try:
                steps = loaded.batch.step()
            except WritingFailed as error:  # no step of this model would get any further
                self._drop(model, described(error))
                continue
            self._send({"tokens": [self._told(loaded, step) for step in steps]})
            for step in steps:
                if step.ending is not None:
                    del loaded.texts[step.ticket]
        self._admit()

    def _told(self, loaded: Loaded, step: Step) -> list[Any]:
        text, drawn = loaded.texts[step.ticket], step.drawn
        logits = drawn.logits.float().numpy().tobytes() if text.with_logits else None
        return [text.id, drawn.token, float(drawn.probs[drawn.token]), step.ending, logits]

    def _admit(self) -> None:
        """Let waiting texts join, in the order they came, wherever a row is free."""
        still_waiting = []
        for text in self._waiting:
            loaded = self._loaded.get(text.model)
            if loaded is None and text.model not in self._asked_for and self._has_room():
                self._asked_for.add(text.model)
                self._send({"need_model": text.model})
            if loaded is None or not loaded.batch.n_free:
                still_waiting.append(text)
                continue
            try:
                ticket = loaded.batch.join(text.tokens, text.settings, text.end_id, text.encoder)
                loaded.texts[ticket] = text
            except Exception as error:
                self._fail(text, described(error))
        self._waiting = still_waiting

    def _load(self, model: str, data: bytes | None) -> None:
        self._asked_for.discard(model)
        if data is None:
            return
        try:
            self._loaded[model] = Loaded(data)
            self._has_room(keep=model)
        except Exception as error:
            self._refuse(model, described(error))

    def _has_room(self, keep: str = "") -> bool:
        """Forget models that write nothing, the longest unused first, until all fit."""
        for model, loaded in list(self._loaded.items()):
            if self._n_bytes() <= MEMORY_BYTES:
                break
            if not loaded.texts and model != keep:
                del self._loaded[model]
        return self._n_bytes() <= MEMORY_BYTES

    def _n_bytes(self) -> int:
        return sum(loaded.n_bytes for loaded in self._loaded.values())

    def _refuse(self, model: str, error: Mapping[str, Any]) -> None:
        self._asked_for.discard(model)
        for text in [text for text in self._waiting if text.model == model]:
            self._waiting.remove(text)
            self._fail(text, error)

    def _drop(self, model: str, error: Mapping[str, Any]) -> None:
        for text in self._loaded.pop(model).texts.values():
            self._fail(text, error)

    def _cancel(self, id_: int) -> None:
        self._waiting = [text for text in self._waiting if text.id != id_]
        for loaded in self._loaded.values():
            for ticket in [ticket for ticket, text in loaded.texts.items() if text.id == id_]:
                loaded.batch.leave(ticket)
                del loaded.texts[ticket]

    def _fail(self, text: Text, error: Mapping[str, Any]) -> None:
        self._send({"failed": text.id, "error": dict(error)})


def serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Write until `incoming` ends; then this process ends."""
    inbox: SimpleQueue[Message] = SimpleQueue()

    def listen() -> None:
        while (message := read_frame(incoming)) is not None:
            inbox.put(message)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    room = WritingRoom(lambda message: write_frame(outgoing, message))
    with torch.inference_mode():
        while True:
            try:
                room.take(inbox.get(block=not room.is_writing))
                continue  # first hear everything there is to hear
            except Empty:
                pass
            room.step()


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints, prints elsewhere: the pipe belongs to the frames
    try:
        serve(sys.stdin.buffer, answers)
    except BrokenPipeError:  # nobody listens any more
        os._exit(0)
