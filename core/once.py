"""Something computed once, for everybody who asks: those who come meanwhile wait for it."""

import threading
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from cachetools import LRUCache, cached

P = ParamSpec("P")
T = TypeVar("T")


def once(n_kept: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep what a function returned, by its arguments; the results used longest ago are given up.

    `functools.lru_cache` would let thirty people who come before the first is done compute the same
    thing thirty times. What raises is not kept: the next one tries again.

    Args:
        n_kept: results.
    """

    def kept(function: Callable[P, T]) -> Callable[P, T]:
        results: LRUCache[Any, T] = LRUCache(n_kept)
        found: Callable[P, T] = cached(results, condition=threading.Condition())(function)
        return found

    return kept
