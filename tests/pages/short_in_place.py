"""An engine that does short work in this process, at once."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from core.errors import GlassboxError
from core.jobs.engine import Engine
from core.jobs.short import ShortWork


def at_once(function: Callable[..., Any], *args: Any, **kwargs: Any) -> ShortWork[Any]:
    """Short work that is finished."""
    work: ShortWork[Any] = ShortWork(lambda _: None)
    work._future = Future()
    try:
        work._future.set_result(function(*args, **kwargs))
    except GlassboxError as error:
        work._future.set_exception(error)
    return work


class EngineAtOnce(Engine):
    """Does short work as `at_once` does."""

    def short(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> ShortWork[Any]:
        """Finished when it comes back."""
        return at_once(function, *args, **kwargs)
