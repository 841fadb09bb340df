"""Several threads without other bits: work of a shape is tried once, and the outcome kept.

Several threads may add the parts of a sum in another order, and then the last bits differ. Whether
they do depends on the processor, the library and the shapes of the matrices, but not on the numbers
in them. So a batch of each shape is computed once by one thread and once by several, to no effect,
and all later ones of that shape may be computed by several if the bits were the same.

To try a shape takes as long as two steps, and several threads save a third of one: it is tried only
once a shape has come so often that it is likely to come as often again.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import astuple
from typing import Final

import torch
from torch import Tensor

from core.architecture.config import ModelConfig

SEEN_BEFORE: Final = 5  # times that a shape has come before it is tried
_SEEN: Final[Counter[Hashable]] = Counter()
_SAME: Final[dict[Hashable, bool]] = {}  # of all runs in this process: a shape is tried once


class Rehearsal:
    """What is known of one kind of work on models of one plan.

    Args:
        kind: of the work, the way of multiplying included; equal kinds do equal operations.
        config: the models' plan.
    """

    def __init__(self, kind: str, config: ModelConfig) -> None:
        self._about = kind, astuple(config)

    def same(self, shape: Hashable, n_threads: int, work: Callable[[], Sequence[Tensor]]) -> bool:
        """Whether work on a batch of this shape gives the same bits with one thread and several;
        False, too, while the shape has not come often enough to be tried.

        Args:
            shape: of the batch.
            n_threads: how many several are.
            work: computes all that an update depends on, and leaves nothing changed.
        """
        key = (self._about, shape, n_threads)
        if key not in _SAME:
            _SEEN[key] += 1
            if _SEEN[key] <= SEEN_BEFORE:
                return False
            before, ends = torch.get_num_threads(), []
            try:
                for n in (1, n_threads):
                    torch.set_num_threads(n)
                    ends.append(work())
            finally:
                torch.set_num_threads(before)
            _SAME[key] = all(map(torch.equal, *ends))
        return _SAME[key]
