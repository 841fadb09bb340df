"""Step 1 in progress: the engine prepares texts, and the result goes to the visitor's bench.

Invariant: whatever was started is stored and placed on the bench even if its page is closed; a
reload finds it again. One visitor prepares one thing, or a pair, at a time.
"""

import threading
from collections.abc import Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import streamlit as st

from core.errors import GlassboxError
from core.modality import TEXT
from pages.kit.catalogue import Words
from pages.kit.components.clock import look_again

if TYPE_CHECKING:
    from core.jobs.preparing import Made, Order
    from core.jobs.short import ShortWork
    from core.services import Services
    from core.store import Lane

LOOK_EVERY_S: Final = 0.4
# Where on the bar each phase begins; a small world must be generated first, a text is there.
BEGINS: Final = {"tell": 0.0, "clean": 0.4, "learn": 0.6, "encode": 0.75}


@dataclass(frozen=True)
class Task:
    """One lane to prepare.

    Args:
        order: what to do.
        arrived: the bytes of the supplied corpus, None for the small world.
        lane: where the result is placed.
    """

    order: "Order"
    arrived: bytes | None = None
    lane: "Lane" = "a"


@dataclass
class _Book:
    """What is in progress in this process, and what went wrong, by owner."""

    works: dict[str, list["ShortWork[Made]"]] = field(default_factory=dict)
    errors: dict[str, GlassboxError] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)


_book: Final = _Book()


def begin(services: "Services", owner: str, tasks: Sequence[Task]) -> None:
    """Prepare and place on the bench; what already exists is only placed.

    Raises:
        Busy: too much is waiting already.
    """
    from core.jobs import preparing

    with _book.lock:
        stop(owner)
        _book.errors.pop(owner, None)
        for task in tasks:
            found = preparing.find(services.store, owner, task.order, task.arrived)
            if found is not None:
                services.store.benches.put(owner, task.lane, found.dataset.id, "dataset")
                continue
            work = services.engine.short(preparing.make, task.order, task.arrived)
            _book.works.setdefault(owner, []).append(work)
            work.when_done(lambda work=work, task=task: _finish(services, owner, task, work))  # type: ignore[misc]


def begin_pair(services: "Services", owner: str, task: Task) -> None:
    """Two lanes that differ in one switch: copies are removed in a and stay in b."""
    order = task.order
    both: tuple[tuple[Lane, bool], ...] = (("a", True), ("b", False))
    services.store.benches.fork(owner, TEXT, "data", "duplicates", True, False)
    begin(
        services,
        owner,
        [
            replace(
                task,
                lane=lane,
                order=replace(order, cleaning=replace(order.cleaning, duplicates=removed)),
            )
            for lane, removed in both
        ],
    )


def under_way(owner: str) -> list["ShortWork[Made]"]:
    """What is currently being prepared for an owner."""
    with _book.lock:
        return list(_book.works.get(owner, []))


def stop(owner: str) -> None:
    """Cancel what is in progress; what is on the bench stays as it is."""
    for work in under_way(owner):
        work.stop()


def error_of(owner: str) -> GlassboxError | None:
    """What went wrong with the last preparation, until the next one begins."""
    return _book.errors.get(owner)


def _finish(services: "Services", owner: str, task: Task, work: "ShortWork[Made]") -> None:
    """On an engine thread: store what was made and place it on the bench."""
    from core.jobs import preparing

    error: GlassboxError | None = None
    try:
        made = work.result()
        kept = preparing.keep(services.store, owner, task.order, made, task.arrived)
        services.store.benches.put(owner, task.lane, kept.dataset.id, "dataset")
    except CancelledError:
        pass
    except GlassboxError as failure:
        error = failure
    except Exception as failure:  # nobody would ever see it on this thread
        error = GlassboxError(str(failure))
    with _book.lock:
        works = _book.works.get(owner, [])
        if work in works:
            works.remove(work)
        if not works:
            _book.works.pop(owner, None)
        if error is not None:
            _book.errors[owner] = error


@st.fragment
def progress(t: Words, owner: str) -> None:
    """How far the preparation is, with a stop button; reruns the page once it is over."""
    works = under_way(owner)
    if not works:
        st.rerun()
    share, phase = _furthest(works)
    with st.container(key="gb_preparing", horizontal=True, vertical_alignment="bottom"):
        st.progress(share, text=_phase_words(t, phase))
        st.button(t("data.stop"), key="data_stop", on_click=stop, args=(owner,))
    look_again("preparing", LOOK_EVERY_S)


def _furthest(works: "Sequence[ShortWork[Made]]") -> tuple[float, str]:
    """How much of everything is done, in [0, 1], and the phase of the first one started."""
    shares, phases = [], [""]
    for work in works:
        phase, done = work.progress or ("", 0.0)
        ends = [*BEGINS.values(), 1.0]
        at = BEGINS.get(phase, 0.0)
        following = next((end for end in ends if end > at), 1.0)
        shares.append(at + (following - at) * done if phase else 0.0)
        phases.append(phase)
    return min(1.0, sum(shares) / len(shares)), next((p for p in phases if p), "")


def _phase_words(t: Words, phase: str) -> str:
    return {
        "": t("data.phase_waiting"),
        "tell": t("data.phase_tell"),
        "clean": t("data.phase_clean"),
        "learn": t("data.phase_learn"),
        "encode": t("data.phase_encode"),
    }[phase]
