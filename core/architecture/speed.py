"""How fast this machine computes: the matrix product of a Transformer, timed."""

import time
from dataclasses import dataclass
from statistics import median
from typing import Final

import psutil
import torch

SIDE: Final = 768  # rows and columns of both matrices
N_TIMED: Final = 15
LONGEST_S: Final = 1.0  # fewer repetitions on a machine that is slow or busy


@dataclass(frozen=True)
class Speed:
    """What was timed.

    Args:
        flops_per_s: floating-point operations per second, each repetition's own.
        n_threads: that computed it.
    """

    flops_per_s: tuple[float, ...]
    n_threads: int

    @property
    def typical(self) -> float:
        """The median of all repetitions."""
        return median(self.flops_per_s)


def measured_speed(dtype: torch.dtype = torch.float32) -> Speed:
    """Multiply two matrices of SIDE by SIDE numbers, N_TIMED times.

    A product of two n × n matrices is n² sums of n products: 2 n³ operations. Training a model gets
    less out of a machine than this: it also loads, normalises and updates.

    Args:
        dtype: of the numbers.
    """
    left, right = torch.rand(SIDE, SIDE).to(dtype), torch.rand(SIDE, SIDE).to(dtype)
    out, n_operations = torch.empty(SIDE, SIDE, dtype=dtype), 2 * SIDE**3
    torch.matmul(left, right, out=out)  # the first one also loads the library's code
    found: list[float] = []
    begun = time.perf_counter()
    while len(found) < N_TIMED and (len(found) < 3 or time.perf_counter() - begun < LONGEST_S):
        started = time.perf_counter()
        torch.matmul(left, right, out=out)
        found.append(n_operations / (time.perf_counter() - started))
    return Speed(tuple(found), torch.get_num_threads())


def memory_bytes() -> int:
    """The memory of this machine, all of it."""
    return int(psutil.virtual_memory().total)
