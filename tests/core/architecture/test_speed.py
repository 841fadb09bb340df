"""The machine's speed is timed, and it is its own."""

import numpy as np
import psutil
import pytest
import torch

from core.architecture import speed


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_what_is_timed_is_a_speed_with_its_spread(dtype):
    before = torch.get_num_threads()
    found = speed.measured_speed(dtype)
    assert 3 <= len(found.flops_per_s) <= speed.N_TIMED
    assert 1e7 < min(found.flops_per_s) <= found.typical <= max(found.flops_per_s) < 1e15
    assert found.n_threads == before == torch.get_num_threads()


def test_a_slower_clock_gives_a_lower_speed(monkeypatch):
    ticks = iter(np.arange(0.0, 1000.0, 0.5))  # every look at it is half a second later
    monkeypatch.setattr(speed.time, "perf_counter", lambda: float(next(ticks)))
    found = speed.measured_speed()
    assert len(found.flops_per_s) == 3  # no more: it takes too long
    assert found.typical == 2 * speed.SIDE**3 / 0.5


def test_the_memory_is_that_of_this_machine():
    assert speed.memory_bytes() == psutil.virtual_memory().total
