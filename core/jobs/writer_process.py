"""The generation service's own process: every model that generates text does so here.

    python -m core.jobs.writer_process    (started by core.jobs.writer; speaks frames on its pipes)

Invariant: it exits when its standard input closes, so even a killed parent leaves no orphan.
If something goes wrong with one text, it is reported for that text; the others continue.
"""

import os
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from queue import Empty, SimpleQueue
from typing import Any, BinaryIO, Final

import torch

from core.architecture.weights import read_checkpoint
from core.data.text.bpe import Encoder
from core.inference.batching import ContinuousBatch, Step
from core.inference.sampling import SamplingSettings
from core.inference.scoring import score_text
from core.inference.text.condensed import condensed
from core.inference.text.words import Boundaries, WordReader
from core.inference.watermark import Watermark
from core.jobs.failures import described, log_unforeseen
from core.jobs.frames import read_frame, write_frame
from core.jobs.pace import Pace, ladder, use_threads

MOST_ROWS: Final = 32  # texts one model generates in parallel; further ones wait
CACHE_BYTES: Final = 256 * 2**20  # of keys and values, per model
MEMORY_BYTES: Final = 1024 * 2**20  # for all loaded models with their caches
LARGE_BYTES: Final = 64 * 2**20  # splitting a step across threads only slows smaller models down

Message = dict[str, Any]


@dataclass
class Text:
    """A text to be generated."""

    id: int
    model: str
    tokens: list[int]
    settings: SamplingSettings
    end_id: int | None
    with_logits: bool
    encoder: Encoder | None


def text_of(message: Message) -> Text:
    """The text a message asks for."""
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


@dataclass
class Look:
    """A look at the next words, after drawing one of them if a dart is given."""

    id: int
    model: str
    tokens: list[int]
    closed: bool
    settings: SamplingSettings
    dart: float | None
    encoder: bytes


def look_of(message: Message) -> Look:
    """The look a message asks for."""
    names = ("id", "model", "tokens", "closed", "dart", "encoder")
    temperature, top_k, top_p = message["filters"]
    settings = SamplingSettings(temperature=temperature, top_k=top_k, top_p=top_p)
    return Look(**{name: message[name] for name in names}, settings=settings)


@dataclass
class Score:
    """A text whose tokens are to be scored."""

    id: int
    model: str
    tokens: list[int]
    n_likeliest: int


def score_of(message: Message) -> Score:
    """The scores a message asks for."""
    return Score(**{name: message[name] for name in ("id", "model", "tokens", "n_likeliest")})


Wanted = Text | Look | Score


@lru_cache(maxsize=8)
def boundaries_of(data: bytes) -> Boundaries:
    """Where an encoder's words begin and end, computed once for all looks."""
    return Boundaries(encoder_of(data))


@lru_cache(maxsize=8)
def encoder_of(data: bytes) -> Encoder:
    """An encoder, parsed once for all texts."""
    return Encoder.from_bytes(data)


class Loaded:
    """A model in memory, and the texts it is generating."""

    def __init__(self, data: bytes) -> None:
        model, _ = read_checkpoint(data)
        config = model.config
        per_row = 8 * config.n_layers * config.n_context * config.n_kv_heads * config.head_size
        n_rows = max(1, min(MOST_ROWS, CACHE_BYTES // per_row))
        self.batch = ContinuousBatch(model, n_rows)
        self._words: tuple[bytes, WordReader] | None = None
        n_weight_bytes = sum(weight.nbytes for weight in model.state_dict().values())
        self.is_large = n_weight_bytes > LARGE_BYTES
        self.n_bytes = n_rows * per_row + n_weight_bytes
        self.texts: dict[int, Text] = {}  # ticket -> text
        self._paces: dict[int, Pace] = {}  # texts at once -> how they advance fastest
        self._same: dict[tuple[int, int], bool] = {}  # texts, threads -> whether bits stay the same

    def step(self, n_most: int) -> list[Step]:
        """Draw one token for every text, by as many threads as are faster; same bits as with one.

        Args:
            n_most: threads that a large model may use.
        """
        n_rows = self.batch.n_active
        if not self.is_large or self.batch.slides or not self._same_with(ladder(n_most)[1:]):
            use_threads(1)
            return self.batch.step()
        pace = self._paces.setdefault(n_rows, Pace())
        n_threads = pace.threads(n_most)
        use_threads(n_threads)
        began = time.monotonic()
        steps = self.batch.step()
        pace.took(n_threads, time.monotonic() - began)
        return steps

    def _same_with(self, numbers: Sequence[int]) -> bool:
        n_rows = self.batch.n_active
        for n in numbers:
            if (n_rows, n) not in self._same:
                self._same[n_rows, n] = self.batch.same_with_threads(n)
        return all(self._same[n_rows, n] for n in numbers)

    def words(self, encoder: bytes) -> WordReader:
        """The reader of whole words with this model; created at the first look."""
        if self._words is None or self._words[0] != encoder:
            self._words = encoder, WordReader(self.batch.model, boundaries_of(encoder))
            self.n_bytes += self._words[1].n_bytes
        return self._words[1]


class WritingRoom:
    """All texts in progress or waiting, and the loaded models."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._send = send
        self._waiting: list[Wanted] = []
        self._loaded: OrderedDict[str, Loaded] = OrderedDict()  # least recently used first
        self._asked_for: set[str] = set()
        self._n_threads = 1  # threads a large model may use

    @property
    def is_writing(self) -> bool:
        """Whether a step would advance any text."""
        return any(loaded.texts for loaded in self._loaded.values())

    def take(self, message: Message) -> None:
        """Handle a message from the parent."""
        match message["do"]:
            case "write":
                self._waiting.append(text_of(message))
            case "words":
                self._waiting.append(look_of(message))
            case "score":
                self._waiting.append(score_of(message))
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
        """Draw one token for every text in progress."""
        for model, loaded in list(self._loaded.items()):
            if not loaded.texts:
                continue
            self._loaded.move_to_end(model)
            try:
                steps = loaded.step(self._n_threads)
            except BaseException as error:  # further steps of this model would fail too
                log_unforeseen("a step of a model", error)
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
        """Let waiting texts join, in order of arrival, wherever a row is free."""
        still_waiting = []
        use_threads(1)  # what is read at once has any length, so its bits could not be promised
        for text in self._waiting:
            loaded = self._loaded.get(text.model)
            if loaded is None and text.model not in self._asked_for and self._has_room():
                self._asked_for.add(text.model)
                self._send({"need_model": text.model})
            if loaded is None or (isinstance(text, Text) and not loaded.batch.n_free):
                still_waiting.append(text)
                continue
            try:
                if isinstance(text, Look):
                    self._send({"looked": text.id, "found": looked(loaded, text)})
                    continue
                if isinstance(text, Score):
                    self._send({"looked": text.id, "found": scored(loaded, text)})
                    continue
                ticket = loaded.batch.join(text.tokens, text.settings, text.end_id, text.encoder)
                loaded.texts[ticket] = text
            except BaseException as error:  # a library's panic is no Exception
                log_unforeseen("a text", error)
                self._fail(text, described(error))
        self._waiting = still_waiting

    def _load(self, model: str, data: bytes | None) -> None:
        self._asked_for.discard(model)
        if data is None:
            return
        try:
            self._loaded[model] = Loaded(data)
            self._has_room(keep=model)
        except BaseException as error:
            log_unforeseen("loading a model", error)
            self._refuse(model, described(error))

    def _has_room(self, keep: str = "") -> bool:
        """Unload idle models, least recently used first, until everything fits."""
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

    def _fail(self, text: Wanted, error: Mapping[str, Any]) -> None:
        self._send({"failed": text.id, "error": dict(error)})


def looked(loaded: Loaded, look: Look) -> Message:
    """The next words, preceded by the word that the dart drew, if any."""
    reader = loaded.words(look.encoder)
    boundaries, tokens, closed, drawn = reader.boundaries, look.tokens, look.closed, None
    if look.dart is not None:
        word = reader.draw(tokens, look.settings, look.dart, closed=closed)
        text = boundaries.text(word.tokens)
        drawn = {"tokens": list(word.tokens), "text": text, "at": word.at}
        tokens, closed = [*tokens, *word.tokens], True
    return {"drawn": drawn, "tree": condensed(reader.read(tokens, closed=closed))}


def scored(loaded: Loaded, score: Score) -> Message:
    """The log-probability of every token but the first, and the alternatives to it."""
    found = score_text(loaded.batch.model, score.tokens, score.n_likeliest)
    ids, logprobs = found.likeliest.tolist(), found.likeliest_logprobs.tolist()
    likeliest = [list(zip(*both, strict=True)) for both in zip(ids, logprobs, strict=True)]
    return {"logprobs": found.logprobs.tolist(), "likeliest": likeliest}


def serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Generate until `incoming` ends; then this process exits."""
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
                continue  # first process everything that has arrived
            except Empty:
                pass
            room.step()


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # stray prints go elsewhere: the pipe is for frames only
    try:
        serve(sys.stdin.buffer, answers)
    except BrokenPipeError:  # the parent is gone
        os._exit(0)
