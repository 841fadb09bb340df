"""Computing once for everybody: those who come meanwhile wait, and failures are not kept."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.once import once


def test_those_who_come_while_it_is_computed_wait_for_the_same_result():
    begun, may_go_on, n_runs = threading.Event(), threading.Event(), []

    @once(4)
    def slow(key):
        n_runs.append(key)
        begun.set()
        assert may_go_on.wait(10)
        return object()

    with ThreadPoolExecutor(8) as people:
        first = people.submit(slow, "a")
        assert begun.wait(10)
        others = [people.submit(slow, "a") for _ in range(7)]
        may_go_on.set()
        found = [one.result(10) for one in (first, *others)]
    assert n_runs == ["a"]
    assert all(one is found[0] for one in found)


def test_another_question_does_not_wait():
    may_go_on = threading.Event()

    @once(4)
    def answer(key):
        assert key != "slow" or may_go_on.wait(10)
        return key

    with ThreadPoolExecutor(2) as people:
        slow = people.submit(answer, "slow")
        assert people.submit(answer, "quick").result(10) == "quick"
        assert not slow.done()
        may_go_on.set()
        assert slow.result(10) == "slow"


def test_what_fails_is_tried_again():
    tries = []

    @once(1)
    def once_refused(key):
        tries.append(key)
        if len(tries) == 1:
            raise ValueError(key)
        return key

    with pytest.raises(ValueError, match="a"):
        once_refused("a")
    assert once_refused("a") == once_refused("a") == "a"
    assert len(tries) == 2


def test_what_was_used_longest_ago_is_given_up():
    computed = []

    @once(2)
    def square(n):
        computed.append(n)
        return n * n

    assert [square(n) for n in (1, 2, 1, 3, 1, 2)] == [1, 4, 1, 9, 1, 4]
    assert computed == [1, 2, 3, 2]
