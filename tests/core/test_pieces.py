"""Work in pieces: all of them are done, and what it ends with is handed on."""

import pytest

from core.pieces import outcome_of


def test_every_piece_is_done_once_and_the_outcome_returned():
    done = []

    def work():
        for n in range(3):
            done.append(n)
            yield n
        return "over"

    assert outcome_of(work()) == "over"
    assert done == [0, 1, 2]


def test_work_without_a_piece_still_has_an_outcome_and_errors_pass():
    def work(divisor):
        return 6 // divisor
        yield

    assert outcome_of(work(3)) == 2
    with pytest.raises(ZeroDivisionError):
        outcome_of(work(0))
