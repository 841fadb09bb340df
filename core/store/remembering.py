"""What one reader asks several times within a moment, read once.

A page asks a dozen times what is on a bench. While it remembers, an answer holds until anything is
written through the same database object; what another process writes is seen a moment later.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from core.store.database import Database


class _OnDatabase(Protocol):
    _database: Database


P = ParamSpec("P")
T = TypeVar("T")
Part = TypeVar("Part", bound=_OnDatabase)
Asked = Callable[Concatenate[Part, P], T]

_MEMORY: ContextVar[dict[Any, tuple[int, Any]] | None] = ContextVar("remembered", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Remember answers on this thread until the block ends."""
    token = _MEMORY.set({})
    try:
        yield
    finally:
        _MEMORY.reset(token)


def remembered(read: Asked[Part, P, T]) -> Asked[Part, P, T]:
    """A reading method of a part of the store that is asked once in a block of `remembering`.

    Its arguments must be hashable and its answer must not be changed by who asks; a list is copied.
    """

    @wraps(read)
    def asked(part: Part, /, *args: P.args, **named: P.kwargs) -> T:
        memory = _MEMORY.get()
        if memory is None:
            return read(part, *args, **named)
        key = (read, part, args, tuple(sorted(named.items())))
        written = part._database.n_written  # before reading: what is written meanwhile is read anew
        if key not in memory or memory[key][0] != written:
            memory[key] = (written, read(part, *args, **named))
        answer = memory[key][1]
        return cast(T, list(answer) if isinstance(answer, list) else answer)

    return asked
