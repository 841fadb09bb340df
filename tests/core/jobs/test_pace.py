"""The choice of threads, on machines whose speeds are given by a table instead of a clock."""

from dataclasses import dataclass, field

import pytest

from core.jobs.pace import Pace, ladder


@dataclass
class Machine:
    """Pieces of work take as long here as the table says for a number of threads."""

    seconds: dict[int, float]
    idle: float = 1.0
    now: float = 0.0
    done: list[int] = field(default_factory=list)

    def pace(self) -> Pace:
        return Pace(clock=lambda: self.now, idle=lambda: self.idle)

    def work(self, pace: Pace, n_pieces: int, n_most: int = 2) -> float:
        """Let pieces be done; returns how many a second."""
        began = self.now
        for _ in range(n_pieces):
            n_threads = pace.threads(n_most)
            self.done.append(n_threads)
            self.now += self.seconds[n_threads]
            pace.took(n_threads, self.seconds[n_threads])
        return n_pieces / (self.now - began)


@pytest.mark.parametrize(
    ("n_most", "steps"), [(1, [1]), (2, [1, 2]), (6, [1, 2, 4, 6]), (8, [1, 2, 4, 8])]
)
def test_threads_are_tried_by_doubling(n_most: int, steps: list[int]):
    assert ladder(n_most) == steps


def test_two_threads_are_kept_where_they_are_faster():
    machine = Machine({1: 0.09, 2: 0.064})
    pace = machine.pace()
    assert machine.work(pace, 1000) > 0.97 / 0.064
    assert machine.done[0] == 1


@pytest.mark.parametrize("idle", [0.0, 1.0])
def test_one_thread_is_kept_where_two_wait_for_each_other(idle: float):
    machine = Machine({1: 0.09, 2: 0.37}, idle=idle)
    assert machine.work(machine.pace(), 1000) > 0.95 / 0.09


def test_a_program_that_starts_beside_it_is_answered_within_a_second_or_two():
    machine = Machine({1: 0.09, 2: 0.064})
    pace = machine.pace()
    machine.work(pace, 500)
    assert machine.done[-1] == 2
    machine.seconds, machine.idle = {1: 0.09, 2: 0.37}, 0.0
    machine.work(pace, 10)
    assert machine.done[-1] == 1
    assert machine.work(pace, 500) > 0.95 / 0.09


def test_a_core_that_becomes_free_is_found():
    machine = Machine({1: 0.09, 2: 0.37}, idle=0.0)
    pace = machine.pace()
    machine.work(pace, 200)
    assert set(machine.done) == {1}
    machine.seconds, machine.idle = {1: 0.09, 2: 0.064}, 1.0
    machine.work(pace, 60)
    assert machine.done[-1] == 2


def test_the_best_number_between_one_and_all_is_found():
    machine = Machine({1: 0.1, 2: 0.06, 4: 0.04, 8: 0.2}, idle=7.0)
    pace = machine.pace()
    machine.work(pace, 1000, n_most=8)
    assert machine.done.count(4) > 900


def test_where_only_one_is_allowed_now_one_works():
    machine = Machine({1: 0.09, 2: 0.064})
    pace = machine.pace()
    machine.work(pace, 100)
    machine.work(pace, 5, n_most=1)
    assert machine.done[-5:] == [1] * 5
