"""What a token costs, timed: reading a prompt, writing, the cache, batches, precisions, memory.

Every time is wall clock, taken several times, since other programs run on the same machine; nobody
is told a single one without the spread. All of it runs in a process of its own, on one thread.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import psutil
import torch

from core.architecture.text.pretrained import load_pretrained
from core.architecture.transformer import Transformer
from core.architecture.weights import read_checkpoint
from core.errors import TooLittleMemory
from core.inference.cache import Cache
from core.inference.decoder import Decoder
from core.inference.packed import PRECISIONS, Packed, Precision, in_precision, weight_bytes
from core.inference.surprise import token_losses

OnProgress = Callable[..., object]
N_CONTEXT: Final = 512
"""of a model on disk; room for longer texts would only take memory"""
BATCHES: Final = (1, 2, 4, 8, 16, 32)
SMALLEST_READ: Final = 1_000_000
LARGEST_READ: Final = 1_000_000_000
PIECE: Final = 128
"""tokens of a held-out text that are read together"""
ROW: Final = 1_000
"""numbers in a row of the matrix that is read for the memory's speed"""


def _silent(*_: object) -> None:
    """Nobody is watching."""


@dataclass(frozen=True)
class Spread:
    """Several measurements of one thing.

    Args:
        median, low, high: the middle one, the smallest, the largest.
        n: how many.
    """

    median: float
    low: float
    high: float
    n: int

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Of at least one."""
        return cls(statistics.median(values), min(values), max(values), len(values))


@dataclass(frozen=True)
class Source:
    """A model on its way to the process that measures.

    Args:
        weights: a checkpoint's bytes, or where a published model lies on this machine.
    """

    weights: bytes | Path

    def open(self) -> Transformer:
        """The model, in float32."""
        if isinstance(self.weights, bytes):
            return read_checkpoint(self.weights)[0]
        return _published(self.weights)


@lru_cache(maxsize=1)
def _published(path: Path) -> Transformer:
    return load_pretrained(path, N_CONTEXT)


@dataclass(frozen=True)
class TextTimes:
    """One text read and continued, several times.

    Args:
        n_prompt: tokens of the prompt.
        prefill_s: for each round, until all of them were read together.
        decode_s: for each round, for each further token, until it was read and the next one known.
        tokens: what was written, greedily.
        cache_bytes: of all keys and values after the prompt and after every token, counted on the
            filled part of the real tensors.
        weight_bytes: of the model's own tensors.
        without_s: for the first of these tokens, how long each takes when the whole text is read
            again and nothing is kept.
        computing: share of the time of the rounds in which the processor worked on this; the rest
            went to other programs.
    """

    n_prompt: int
    prefill_s: list[float]
    decode_s: list[list[float]]
    tokens: list[int]
    cache_bytes: list[int]
    weight_bytes: int
    without_s: list[float]
    computing: float

    @property
    def best_rate(self) -> float:
        """Tokens a second of the best round: other programs can only slow one down."""
        return len(self.tokens) / min(sum(times) for times in self.decode_s)

    @property
    def prefill(self) -> Spread:
        """Seconds for the whole prompt."""
        return Spread.of(self.prefill_s)

    @property
    def per_token(self) -> Spread:
        """Seconds for one further token, over all tokens and rounds."""
        return Spread.of([each for one in self.decode_s for each in one])

    @property
    def of_each(self) -> list[float]:
        """Seconds for every token, the median over the rounds."""
        return [statistics.median(times) for times in zip(*self.decode_s, strict=True)]


@torch.inference_mode()
def time_text(
    source: Source,
    prompt: Sequence[int],
    n_tokens: int,
    n_rounds: int,
    budget_s: float,
    on_progress: OnProgress = _silent,
) -> TextTimes:
    """Read a prompt at once, write token by token, then do the same without keeping anything.

    Args:
        source: the model.
        prompt: at least one token; with `n_tokens` it must fit into the context.
        n_tokens: to write, at least one.
        n_rounds: at most so many times, at least one; fewer if the budget is used up.
        budget_s: for the rounds, and once more for the part without a cache.
        on_progress: called with the share done, the seconds of the prompt, and those of every
            token of this round so far.
    """
    model = source.open()
    decoder, begun = Decoder(model), time.perf_counter()
    prefill_s: list[float] = []
    decode_s: list[list[float]] = []
    tokens: list[int] = []
    sizes: list[int] = []
    read = torch.tensor([list(prompt)])
    model(read, Cache(model.config, dtype=model.dtype), only_last=True)  # warms up
    worked = -time.process_time()
    for turn in range(n_rounds):
        if turn and time.perf_counter() - begun > budget_s:
            break
        cache, tokens, times = Cache(model.config, dtype=model.dtype), [], []
        before = time.perf_counter()
        newest = int(model(read, cache, only_last=True)[0, 0].argmax())
        prefill_s.append(time.perf_counter() - before)
        sizes = [filled_bytes(cache)]
        for n in range(n_tokens):
            tokens.append(newest)
            before = time.perf_counter()
            newest = int(decoder.read([newest], cache)[0].argmax())
            times.append(time.perf_counter() - before)
            sizes.append(filled_bytes(cache))
            share = 0.7 * (turn + (n + 1) / n_tokens) / n_rounds
            on_progress(share, prefill_s[-1], list(times))
        decode_s.append(times)
    worked += time.process_time()
    computing = worked / (sum(prefill_s) + sum(map(sum, decode_s)))
    without_s: list[float] = []
    begun = time.perf_counter()
    for n in range(n_tokens):
        if time.perf_counter() - begun > budget_s:
            break
        text = torch.tensor([[*prompt, *tokens[: n + 1]]])
        before = time.perf_counter()
        int(model(text, only_last=True)[0, 0].argmax())
        without_s.append(time.perf_counter() - before)
        on_progress(0.7 + 0.3 * (n + 1) / n_tokens, prefill_s[-1], decode_s[-1])
    return TextTimes(
        len(prompt),
        prefill_s,
        decode_s,
        tokens,
        sizes,
        weight_bytes(model),
        without_s,
        min(1.0, computing),
    )


def filled_bytes(cache: Cache, row: int = 0) -> int:
    """Bytes of the keys and values of one text, counted on the filled part of the tensors."""
    n = cache.lengths[row]
    return sum(layer[row, :n].nbytes for layer in cache.keys + cache.values)


@torch.inference_mode()
def time_batches(
    source: Source,
    prompt: Sequence[int],
    n_tokens: int,
    n_rounds: int,
    budget_s: float,
    on_progress: OnProgress = _silent,
) -> dict[int, Spread]:
    """Tokens a second of all texts together, for every number of texts side by side.

    The sizes take turns, so that other work on the machine is unkind to all of them.

    Args:
        source, prompt, n_tokens, n_rounds, budget_s: as in `time_text`.
        on_progress: called with the share done.
    """
    model = source.open()
    decoder, begun = Decoder(model), time.perf_counter()
    rates: dict[int, list[float]] = {size: [] for size in BATCHES}
    n_done, read = 0, torch.tensor([list(prompt)])
    for turn in range(n_rounds):
        if turn and time.perf_counter() - begun > budget_s:
            break
        for size in BATCHES:
            cache = Cache(model.config, size, model.dtype)
            newest = model(read.expand(size, -1), cache, only_last=True)[:, 0].argmax(-1).tolist()
            seconds = 0.0
            for _ in range(n_tokens):
                before = time.perf_counter()
                newest = decoder.read(newest, cache).argmax(-1).tolist()
                seconds += time.perf_counter() - before
                on_progress((n_done + 0.5) / (n_rounds * len(BATCHES)))
            rates[size].append(size * n_tokens / seconds)
            n_done += 1
    return {size: Spread.of(found) for size, found in rates.items()}


@dataclass(frozen=True)
class InPrecision:
    """A model in one precision.

    Args:
        precision: of the weights.
        weight_bytes: they take, scales included.
        native: whether products are computed with them as they are.
        tokens_per_s: written alone.
        loss_nats: sum over the held-out text.
        tokens: what it writes, greedily.
    """

    precision: Precision
    weight_bytes: int
    native: bool
    tokens_per_s: Spread
    loss_nats: float
    tokens: list[int]


@torch.inference_mode()
def time_precisions(
    source: Source,
    prompt: Sequence[int],
    held_out: Sequence[int],
    n_tokens: int,
    n_rounds: int,
    on_progress: OnProgress = _silent,
) -> list[InPrecision]:
    """The model in every precision: its bytes, its speed, its loss, and what it writes.

    Args:
        source, prompt, n_tokens, n_rounds: as in `time_text`; all rounds are done.
        held_out: text it has not learned from, for the loss.
        on_progress: called with the share done.
    """
    model = source.open()
    _check_room(model)
    n_steps = len(PRECISIONS) * (2 + n_rounds)
    n_done, losses = 0, []
    models, written = {}, {}
    rates: dict[Precision, list[float]] = {precision: [] for precision in PRECISIONS}
    for precision in PRECISIONS:
        models[precision] = in_precision(model, precision)
        on_progress((n_done := n_done + 1) / n_steps)
        losses.append(_loss(models[precision], held_out, on_progress, n_done / n_steps))
        on_progress((n_done := n_done + 1) / n_steps)
    for _ in range(n_rounds):
        for precision, one in models.items():
            rate, written[precision] = _written(one, prompt, n_tokens)
            rates[precision].append(rate)
            on_progress((n_done := n_done + 1) / n_steps)
    return [
        InPrecision(
            precision,
            weight_bytes(one),
            one.native if isinstance(one, Packed) else True,
            Spread.of(rates[precision]),
            loss,
            written[precision],
        )
        for (precision, one), loss in zip(models.items(), losses, strict=True)
    ]


def _check_room(model: Transformer) -> None:
    """Refuse what would not fit: all precisions are in memory side by side."""
    needed, free = weight_bytes(model), psutil.virtual_memory().available
    if needed > free:
        raise TooLittleMemory(
            f"the precisions need {needed / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB are free",
            needed_gb=round(needed / 1e9, 1),
            free_gb=round(free / 1e9, 1),
        )


def _loss(model: Transformer, tokens: Sequence[int], on_progress: OnProgress, done: float) -> float:
    """Nats over all tokens but the first, in pieces so that it can be stopped between them."""
    total, step = 0.0, min(PIECE, model.config.n_context)
    for start in range(0, len(tokens) - 1, step):
        total += float(token_losses(model, tokens[start : start + step + 1]).double().sum())
        on_progress(done)
    return total


def _written(model: Transformer, prompt: Sequence[int], n_tokens: int) -> tuple[float, list[int]]:
    """Tokens a second without the reading of the prompt, and the tokens."""
    decoder, cache = Decoder(model), Cache(model.config, dtype=model.dtype)
    newest = int(model(torch.tensor([list(prompt)]), cache, only_last=True)[0, 0].argmax())
    tokens, seconds = [], 0.0
    for _ in range(n_tokens):
        tokens.append(newest)
        before = time.perf_counter()
        newest = int(decoder.read([newest], cache)[0].argmax())
        seconds += time.perf_counter() - before
    return n_tokens / seconds, tokens


@dataclass(frozen=True)
class MemorySpeed:
    """How fast so many bytes are read again and again.

    Args:
        n_bytes: of the matrix.
        read: bytes a second, in a product of matrix and vector, which reads every number once.
        copied: the same while copying, read and written counted.
    """

    n_bytes: int
    read: Spread
    copied: Spread


@torch.inference_mode()
def time_memory(
    model_bytes: int, n_rounds: int, on_progress: OnProgress = _silent
) -> list[MemorySpeed]:
    """The speed of the memory, for what fits into a cache and for what does not.

    The last size exceeds every cache: its speed is the bandwidth of the memory itself.

    Args:
        model_bytes: one of the sizes.
        n_rounds: measurements a size.
        on_progress: called with the share done.
    """
    largest = min(LARGEST_READ, psutil.virtual_memory().available // 6)
    usual = (SMALLEST_READ, 10 * SMALLEST_READ, 100 * SMALLEST_READ)
    sizes = sorted({*(size for size in usual if size < largest), largest})
    if SMALLEST_READ < model_bytes < largest:
        sizes = sorted({*sizes, model_bytes})
    vector, found = torch.ones(ROW), []
    for place, size in enumerate(sizes):
        matrix = torch.ones(max(1, size // (4 * ROW)), ROW)
        target = torch.empty_like(matrix)
        n_times = max(1, 100 * SMALLEST_READ // size)  # the clock is too coarse for one of a few
        reads, copies = [], []
        for turn in range(n_rounds):
            reads.append(_rate(lambda m=matrix: torch.mv(m, vector), n_times, matrix.nbytes))  # type: ignore[misc]
            copies.append(
                _rate(lambda m=matrix, c=target: c.copy_(m), n_times, 2 * matrix.nbytes)  # type: ignore[misc]
            )
            on_progress((place + (turn + 1) / n_rounds) / len(sizes))
        found.append(MemorySpeed(matrix.nbytes, Spread.of(reads), Spread.of(copies)))
    return found


def _rate(work: Callable[[], object], n_times: int, n_bytes: int) -> float:
    begun = time.perf_counter()
    for _ in range(n_times):
        work()
    return n_times * n_bytes / (time.perf_counter() - begun)


def bytes_per_token(model_bytes: int, table_bytes: int, is_tied: bool, cache_bytes: int) -> int:
    """Bytes that are read for one token of one text.

    Every matrix once, and the cache. The table of the tokens counts as a matrix where the logits
    are read from it; otherwise only one of its rows is looked up.

    Args:
        model_bytes: of all weights.
        table_bytes: of the table of the tokens alone.
        is_tied: whether it also gives the logits.
        cache_bytes: of the text's keys and values.

    Source: Pope et al. 2022, "Efficiently Scaling Transformer Inference", arXiv:2211.05102,
        section 2; Williams et al. 2009, "Roofline", doi:10.1145/1498765.1498785.
    """
    return model_bytes - (0 if is_tied else table_bytes) + cache_bytes
