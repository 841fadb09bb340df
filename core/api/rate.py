"""How often somebody may ask within a minute."""

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

REMEMBERED_ADDRESSES: Final = 2_000
WINDOW_S: Final = 60


class Rate:
    """Counts requests of the last minute.

    Args:
        per_minute: how many are let through.
        clock: seconds that never run backwards.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._moments: OrderedDict[str, deque[float]] = OrderedDict()

    def admits(self, who: str) -> bool:
        """Count one more request; False, and not counted, if there were too many already."""
        now = self._clock()
        moments = self._moments.setdefault(who, deque())
        self._moments.move_to_end(who)
        while len(self._moments) > REMEMBERED_ADDRESSES:
            self._moments.popitem(last=False)
        while moments and moments[0] <= now - WINDOW_S:
            moments.popleft()
        if len(moments) >= self.per_minute:
            return False
        moments.append(now)
        return True
