"""How many threads work on one thing: the number that was faster a moment ago, tried again later.

Two threads are faster than one only while two cores are free. Beside a single other busy program
they wait for each other at every product, and a step takes several times as long as with one. No
setting knows that beforehand and it changes while a run goes on, so it is measured: on the pieces
of work themselves, in the order in which they would be done anyway. A choice changes when
something is computed, never what: see `Program.same_with_threads`.
"""

import os
import time
from collections import deque
from collections.abc import Callable
from statistics import mean
from typing import Final

import psutil

N_TIMED: Final = 3  # pieces by which a number of threads is judged
LOSES_BY: Final = 1.03  # a change is worth it from here on
SUDDENLY: Final = 1.3  # so much slower than before, and the other number is tried at once
HOPELESS: Final = 2.0  # a trial so much slower than what is known ends after one piece
HOPELESS_BELOW: Final = 1.3  # the same of fewer threads: they need not be started first
FIRST_TRIAL_S: Final = 0.2
SOONEST_TRIAL_S: Final = 2.0
LATEST_TRIAL_S: Final = 30.0
FREE_CORE: Final = 0.6  # so much of a second core must be idle before a second thread is tried


def n_cores() -> int:
    """The number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def idle_cores() -> float:
    """Cores of this machine that did nothing since the last call, all programs counted."""
    share = 1.0 - psutil.cpu_percent(interval=None) / 100.0
    return float(share * (psutil.cpu_count() or 1))


def ladder(n_most: int) -> list[int]:
    """The numbers of threads that are tried: 1, 2, 4 and so on, up to all."""
    powers = [2**power for power in range(n_most.bit_length()) if 2**power < n_most]
    return [*powers, n_most]


def use_threads(n_threads: int) -> None:
    """Let torch compute with so many threads from here on."""
    import torch  # the processes that compute preload it; the web process never gets here

    if torch.get_num_threads() != n_threads:
        torch.set_num_threads(n_threads)


class Pace:
    """Chooses the number of threads for a row of pieces of work of the same kind.

    It begins with one, and now and then tries the next higher or lower number on a few pieces.

    Args:
        clock: seconds that only grow.
        idle: cores that are free, as `idle_cores` counts them.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        idle: Callable[[], float] = idle_cores,
    ) -> None:
        self._clock = clock
        self._idle = idle
        self._chosen = 1
        self._tried: int | None = None  # what a trial that is under way tries
        self._times: dict[int, deque[float]] = {}  # threads -> seconds of their last pieces
        self._n_pieces = 0  # of this trial
        self._upwards = True  # where the next trial looks
        self._waits_s = SOONEST_TRIAL_S
        self._trial_at = clock() + FIRST_TRIAL_S

    def threads(self, n_most: int) -> int:
        """How many threads take the next piece: from 1 to n_most."""
        if n_most < max(self._chosen, self._tried or 1):  # fewer are allowed than before
            self._chosen, self._tried = 1, None
        if self._tried is None and self._clock() >= self._trial_at:
            self._tried, self._n_pieces = self._candidate(ladder(n_most)), 0
        return self._tried or self._chosen

    def _candidate(self, steps: list[int]) -> int | None:
        """What is worth a trial now; None: nothing, and not for a while."""
        place = steps.index(self._chosen) if self._chosen in steps else 0
        higher = steps[place + 1] if place + 1 < len(steps) else None
        lower = steps[place - 1] if place else None
        if higher and self._idle() < FREE_CORE * (higher - self._chosen):
            higher = None
        found = (higher or lower) if self._upwards else (lower or higher)
        self._upwards = not self._upwards
        if found is None or not self._times.get(self._chosen):
            self._trial_at = self._clock() + SOONEST_TRIAL_S / 2
            return None
        return found

    def took(self, n_threads: int, seconds: float) -> None:
        """Note how long a piece took with so many threads, as `threads` had said."""
        if n_threads == self._tried:
            self._judge(n_threads, seconds)
        elif n_threads == self._chosen:
            self._note(seconds)

    def _timed(self, n_threads: int) -> deque[float]:
        return self._times.setdefault(n_threads, deque(maxlen=N_TIMED))

    def _note(self, seconds: float) -> None:
        """A piece done in the chosen way."""
        known = self._timed(self._chosen)
        if known and seconds > SUDDENLY * mean(known):
            # Others have begun to work, or it was a hiccup: fewer threads will tell.
            soon = self._clock() + SOONEST_TRIAL_S / 4
            self._trial_at, self._waits_s = min(self._trial_at, soon), SOONEST_TRIAL_S
            self._upwards = False
        known.append(seconds)

    def _judge(self, n_threads: int, seconds: float) -> None:
        """A piece of a trial; the first one also starts the threads, so it counts only if lost."""
        known, tried = mean(self._timed(self._chosen)), self._timed(n_threads)
        limit = HOPELESS if n_threads > self._chosen else HOPELESS_BELOW
        hopeless = seconds > limit * known
        self._n_pieces += 1
        if self._n_pieces == 1:
            tried.clear()
        else:
            tried.append(seconds)
        if self._n_pieces <= N_TIMED and not hopeless:
            return
        self._tried = None
        won = not hopeless and LOSES_BY * mean(tried) < known
        if won:
            self._chosen, self._upwards = n_threads, n_threads > self._chosen
        self._waits_s = SOONEST_TRIAL_S if won else min(LATEST_TRIAL_S, 2.0 * self._waits_s)
        self._trial_at = self._clock() + self._waits_s
