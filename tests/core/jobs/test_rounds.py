"""The fair queue."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.jobs.rounds import (
    OVERHEAD_S,
    ROOM,
    ROUND_S,
    SHORTEST_TURN_S,
    TURN_S,
    Rounds,
    turn_seconds,
)


def anything(run_id: str) -> bool:
    return True


def test_newcomers_come_before_the_second_turn_of_anybody():
    rounds = Rounds()
    rounds.arrive("anna")
    assert rounds.next(anything, 1) == "anna"
    rounds.back("anna")
    rounds.arrive("ben")
    rounds.arrive("cleo")
    assert [rounds.place(run) for run in ("anna", "ben", "cleo")] == [0, 1, 2]
    assert [rounds.next(anything, 1) for _ in range(4)] == ["ben", "cleo", "anna", None]


def test_a_run_that_is_waited_for_jumps_the_circle():
    rounds = Rounds()
    for run in ("anna", "ben"):
        rounds.back(run)
    rounds.back("cleo", first=True)
    assert rounds.next(anything, 1) == "cleo"
    rounds.hurry("ben")
    assert rounds.next(anything, 1) == "ben"


def test_a_slot_only_gets_runs_that_suit_it():
    rounds = Rounds()
    rounds.back("anna")
    rounds.back("ben")
    assert rounds.next(lambda run: run == "ben", 1) == "ben"
    assert rounds.next(lambda run: run == "ben", 1) is None


def test_a_run_without_room_waits_in_its_place_until_another_leaves():
    rounds = Rounds()
    for n in range(ROOM + 1):
        rounds.arrive(str(n))
    for _ in range(ROOM):
        rounds.back(rounds.next(anything, 1) or "")
    assert rounds.next(anything, 1) == "0"  # not the one still waiting
    rounds.back("0")
    assert rounds.place(str(ROOM)) == 1
    rounds.leave("3")
    assert rounds.next(anything, 1) == str(ROOM)


@given(st.integers(1, ROOM), st.integers(1, 500))
def test_nobody_gets_two_turns_more_than_anybody_else(n_runs: int, n_turns: int):
    rounds, turns = Rounds(), Counter({str(n): 0 for n in range(n_runs)})
    for n in range(n_runs):
        rounds.arrive(str(n))
    for _ in range(n_turns):
        run = rounds.next(anything, 1)
        assert run is not None
        turns[run] += 1
        rounds.back(run)
    assert max(turns.values()) - min(turns.values()) <= 1


@pytest.mark.parametrize(("n_runs", "n_slots"), [(1, 1), (30, 1), (30, 2), (32, 1), (200, 4)])
def test_a_round_stays_within_its_limit(n_runs: int, n_slots: int):
    turn_s = turn_seconds(n_runs, n_slots)
    n_per_slot = min(ROOM, -(-n_runs // n_slots))
    assert 0 < turn_s <= TURN_S
    assert n_per_slot * (turn_s + OVERHEAD_S) <= ROUND_S + 1e-9 or turn_s == TURN_S


def test_a_first_turn_that_others_wait_behind_is_one_piece_of_work():
    assert turn_seconds(30, 1, is_waited_for=True) == SHORTEST_TURN_S
    assert turn_seconds(30, 1) > SHORTEST_TURN_S
