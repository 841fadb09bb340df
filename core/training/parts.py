"""Work in parts: several threads take whole parts of it, and no bit depends on how many they are.

Several threads inside torch may add the terms of a sum in another order, and they wait for each
other at every product. So the work is cut into parts by the recipe alone, each part is computed by
one thread from beginning to end, and what comes of the parts is put together in their order.
"""

from bisect import bisect_left
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, partial
from typing import Final, Generic, TypeVar

import torch
from torch import Tensor

T = TypeVar("T")
R = TypeVar("R")

_AT_ONCE: Final = ContextVar("threads that may take parts", default=1)


@contextmanager
def computing_with(n: int) -> Iterator[None]:
    """Let torch compute with so many threads while inside."""
    before = torch.get_num_threads()
    torch.set_num_threads(n)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def shared_out() -> Iterator[None]:
    """While inside, torch computes with one thread, and as many as it had before take parts."""
    before = _AT_ONCE.set(torch.get_num_threads())
    try:
        with computing_with(1):
            yield
    finally:
        _AT_ONCE.reset(before)


@cache
def _threads(n: int) -> ThreadPoolExecutor:
    """So many threads that take parts, kept for the next time."""
    return ThreadPoolExecutor(n, thread_name_prefix="parts")


def in_parts(work: Callable[[T], R], parts: Sequence[T]) -> list[R]:
    """What comes of each part, in their order.

    Args:
        work: computes one part, and changes nothing that another part reads. It sets what torch
            keeps for each thread (`no_grad`, say) itself.
        parts: shared out where `shared_out` allows it; else done one after another.
    """
    at_once = min(_AT_ONCE.get(), len(parts))
    each = _threads(at_once).map if at_once > 1 else map
    return list(each(work, parts))


def in_pieces(
    work: Callable[[T], R], parts: Sequence[T], n_together: int, stage: str = ""
) -> Generator[str, None, list[R]]:
    """The same, so many parts to a piece of work; yields the stage's name after each piece."""
    found: list[R] = []
    for first in range(0, len(parts), n_together):
        found += in_parts(work, parts[first : first + n_together])
        yield stage
    return found


def cut(lengths: Sequence[int], n_parts: int) -> list[list[int]]:
    """Deal rows to parts that take about equally long.

    Rows of a part are padded to the longest of them, so the longest come together: less padding is
    computed, and the parts with the longer rows have fewer of them.

    Args:
        lengths: of the rows, each at least 1.
        n_parts: at most so many parts; with 1 the rows keep their order.

    Returns:
        The places of the rows of each part, the longest first.
    """
    if n_parts == 1:
        return [list(range(len(lengths)))]
    order = sorted(range(len(lengths)), key=lambda row: -lengths[row])

    def filled(size: int) -> list[list[int]]:
        """Parts of at most so many tokens, padding included."""
        parts, rest = [], order
        while rest:
            n_rows = max(1, size // lengths[rest[0]])
            parts.append(rest[:n_rows])
            rest = rest[n_rows:]
        return parts

    sizes = range(1, lengths[order[0]] * len(lengths) + 1)
    enough = bisect_left(sizes, True, key=lambda size: len(filled(size)) <= n_parts)
    return filled(sizes[enough])


def evenly(n_rows: int, n_parts: int) -> list[slice]:
    """At most so many runs of rows that lie side by side, all about equally long."""
    n = max(1, -(-n_rows // n_parts))
    return [slice(first, first + n) for first in range(0, n_rows, n)]


@dataclass(frozen=True)
class Part(Generic[T]):
    """What came of one part of a step.

    Args:
        loss: () what it adds to the step's loss.
        gradients: what it adds to the gradient of each weight; None: nothing.
        found: what else was measured.
    """

    loss: Tensor
    gradients: tuple[Tensor | None, ...]
    found: T


Asked = Callable[[], tuple[Tensor, T]]
"""Asks a model of a part of a step: the part's share of the loss, and what else is measured."""


def differentiated(weights: Sequence[Tensor], parts: Sequence[Asked[T]]) -> list[Part[T]]:
    """Loss and gradients of every part of a step.

    Args:
        weights: that learn; not changed.
        parts: of the step.
    """
    return in_parts(partial(_differentiated, weights), parts)


def _differentiated(weights: Sequence[Tensor], asked: Asked[T]) -> Part[T]:
    loss, found = asked()
    return Part(loss.detach(), torch.autograd.grad(loss, weights, allow_unused=True), found)


def add_up(weights: Sequence[Tensor], parts: Iterable[Part[T]]) -> None:
    """Add the gradients of some parts to the weights' own, in the parts' order."""
    for part in parts:
        for weight, gradient in zip(weights, part.gradients, strict=True):
            if gradient is not None:
                weight.grad = gradient if weight.grad is None else weight.grad + gradient
