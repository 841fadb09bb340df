"""Measurements in a process of their own; what was found stays with the visitor."""

from collections.abc import Callable, Sequence
from typing import Any, Final, ParamSpec, TypeVar, cast

import streamlit as st

from core.inference import timing
from core.inference.timing import InPrecision, MemorySpeed, Spread, TextTimes
from core.services import services
from pages.inference.cost.opened import Opened
from pages.inference.writing import watched
from pages.kit.catalogue import Words
from pages.kit.numbers import significant, with_extremes
from pages.kit.short_work import finished

N_ROUNDS: Final = 5
BUDGET_S: Final = 6.0  # for a round that is repeated
N_LONG: Final = 60  # tokens of the long prompt
N_BATCH_TOKENS: Final = 16

P = ParamSpec("P")
T = TypeVar("T")
Seen = Callable[[tuple[Any, ...]], object]


def kept(what: str, opened: Opened) -> Any | None:
    """What was measured of this model with this sentence, None if it was not."""
    return _all().get((what, opened.key, opened.tokens if what == "text" else ()))


def has_timed() -> bool:
    """Whether this visit has timed a text, of whichever model."""
    return any(what == "text" for what, *_ in _all())


def _keep(what: str, opened: Opened, found: T) -> T:
    _all()[(what, opened.key, opened.tokens if what == "text" else ())] = found
    return found


def _all() -> dict[tuple[Any, ...], Any]:
    found = st.session_state.setdefault("_costs", {})
    return cast(dict[tuple[Any, ...], Any], found)


def text(opened: Opened, t: Words, seen: Seen | None = None) -> TextTimes:
    """The sentence read and continued; `seen` draws what has come so far."""
    source = opened.source()
    found = _run(
        t,
        "text",
        seen,
        timing.time_text,
        source,
        opened.tokens,
        opened.n_tokens,
        N_ROUNDS,
        BUDGET_S,
    )
    return _keep("text", opened, found)


def long_prompt(opened: Opened, t: Words) -> TextTimes:
    """The same with a prompt of N_LONG tokens of the held-out text."""
    n = min(N_LONG, opened.config.n_context - 8)
    prompt = list(opened.held_out())[:n]
    return _run(t, "long", None, timing.time_text, opened.source(), prompt, 8, N_ROUNDS, BUDGET_S)


def batches(opened: Opened, t: Words) -> dict[int, Spread]:
    """Several texts side by side."""
    n = min(N_BATCH_TOKENS if not opened.is_large else 4, opened.n_tokens)
    found = _run(
        t,
        "batches",
        None,
        timing.time_batches,
        opened.source(),
        opened.tokens,
        n,
        N_ROUNDS,
        BUDGET_S,
    )
    return _keep("batches", opened, found)


def precisions(opened: Opened, t: Words) -> tuple[list[InPrecision], int, int]:
    """Every precision, and how many tokens and letters the loss is of."""
    held_out = opened.held_out()
    n = opened.n_tokens if not opened.is_large else 12
    rows = _run(
        t,
        "precisions",
        None,
        timing.time_precisions,
        opened.source(),
        opened.tokens,
        held_out,
        n,
        N_ROUNDS if not opened.is_large else 3,
    )
    return _keep("precisions", opened, (rows, len(held_out) - 1, opened.n_letters(held_out)))


def memory(opened: Opened, model_bytes: int, t: Words) -> list[MemorySpeed]:
    """The speed of the memory."""
    found = _run(t, "memory", None, timing.time_memory, model_bytes, N_ROUNDS)
    return _keep("memory", opened, found)


def _run(
    t: Words,
    key: str,
    seen: Seen | None,
    function: Callable[..., T],
    *args: object,
) -> T:
    """In the short lane, with a bar and a button that ends it."""
    with watched(t, f"cost_{key}") as tell:
        work = services().engine.short(function, *args)

        def both(share: float) -> None:
            """Move the bar, and show what has been measured so far."""
            if seen is not None and work.progress:
                seen(work.progress)
            tell(share)

        return finished(work, both)


def spread(found: Spread, t: Words, digits: int = 3, factor: float = 1.0) -> str:
    """A median with the smallest and the largest, without a unit."""
    middle, low, high = (
        significant(factor * each, t.lang, digits) for each in (found.median, found.low, found.high)
    )
    return with_extremes(middle, low, high)


def per_second(seconds: Sequence[float]) -> Spread:
    """Times of one token each as tokens a second."""
    return Spread.of([1.0 / each for each in seconds])
