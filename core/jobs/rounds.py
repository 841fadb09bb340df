"""Whose turn it is: a fair queue for a room full of people.

Invariant: runs that have not had a first turn come before all others, in order of arrival; after
that all take turns in a circle. So everybody's loss starts moving early and nobody is left out.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

TURN_S: Final = 0.5  # length of a turn when few are waiting
ROUND_S: Final = 5.0  # nobody waits longer than this for the next turn
OVERHEAD_S: Final = 0.02  # a turn's trip to the worker and back
SHORTEST_TURN_S: Final = 0.01  # a program does at least one piece of work in any turn
OPENING_TURNS: Final = 2  # one piece of work each while others wait, enough to see a loss move

ROOM: Final = 32  # runs that take turns in one slot; further ones wait for a place


class Rounds:
    """The runs that want turns. Not thread-safe: the engine holds its own lock."""

    def __init__(self) -> None:
        self._newcomers: deque[str] = deque()  # no turn yet
        self._circle: deque[str] = deque()  # the next one comes first
        self._inside: set[str] = set()  # have had a turn and want more; in flight or in the circle

    @property
    def n_inside(self) -> int:
        """The number of runs taking turns."""
        return len(self._inside)

    @property
    def newcomers(self) -> list[str]:
        """Runs waiting for their first turn, in order."""
        return list(self._newcomers)

    def arrive(self, run_id: str) -> None:
        """Queue for a first turn."""
        self._newcomers.append(run_id)

    def back(self, run_id: str, first: bool = False) -> None:
        """Queue for the next turn; `first` jumps the queue, for quick turns that are waited for."""
        if run_id in self._circle or run_id in self._newcomers:
            return
        self._inside.add(run_id)
        if first:
            self._circle.appendleft(run_id)
        else:
            self._circle.append(run_id)

    def hurry(self, run_id: str) -> None:
        """Move a run in the circle to the front."""
        if run_id in self._circle:
            self._circle.remove(run_id)
            self._circle.appendleft(run_id)

    def leave(self, run_id: str) -> None:
        """Request no more turns."""
        self._inside.discard(run_id)
        for queue in (self._newcomers, self._circle):
            if run_id in queue:
                queue.remove(run_id)

    def next(self, suits: Callable[[str], bool], n_slots: int) -> str | None:
        """Remove and return the run whose turn it is, among those that suit a slot."""
        if self._newcomers and self.n_inside < ROOM * n_slots:
            run_id = self._newcomers.popleft()
            self._inside.add(run_id)
            return run_id
        for run_id in self._circle:
            if suits(run_id):
                self._circle.remove(run_id)
                return run_id
        return None

    def place(self, run_id: str) -> int:
        """How many first turns are due up to and including this run's; 0: it has had its own."""
        return self._newcomers.index(run_id) + 1 if run_id in self._newcomers else 0


def turn_seconds(n_runs: int, n_slots: int, is_waited_for: bool = False) -> float:
    """How long a turn may be if a round of all runs must stay within ROUND_S.

    Args:
        n_runs: runs that take turns or wait for their first.
        n_slots: turns running at the same time.
        is_waited_for: it is one of OPENING_TURNS, and others are waiting for theirs.
    """
    if is_waited_for:
        return SHORTEST_TURN_S
    n_per_slot = -(-n_runs // max(1, n_slots))
    share = ROUND_S / max(1, min(n_per_slot, ROOM)) - OVERHEAD_S
    return max(SHORTEST_TURN_S, min(TURN_S, share))
