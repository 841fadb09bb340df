"""Several threads without other bits: work of every shape is tried once, and the outcome kept.

Several threads may add the parts of a sum in another order, and then the last bits differ. Whether
they do depends on the processor, the library and the shapes of the matrices, but not on the numbers
in them. So the first batch of a shape is computed by one thread and by several, to no effect, and
all later ones of that shape may be computed by several if the bits were the same.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import astuple
from typing import Final

import torch
from torch import Tensor

from core.architecture.config import ModelConfig

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
        """Whether work on a batch of this shape gives the same bits with one thread and several.

        Args:
            shape: of the batch.
            n_threads: how many several are.
            work: computes all that an update depends on, and leaves nothing changed.
        """
        key = (self._about, shape, n_threads)
        if key not in _SAME:
            before, ends = torch.get_num_threads(), []
            try:
                for n in (1, n_threads):
                    torch.set_num_threads(n)
                    ends.append(work())
            finally:
                torch.set_num_threads(before)
            _SAME[key] = all(map(torch.equal, *ends))
        return _SAME[key]
