"""Agreement between people: on counts that can be checked by hand, and at its ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.alignment.preferring.between import agreement_between

CLICKS = some.tuples(*[some.integers(0, 12)] * 3)


def test_two_judges_who_agree_on_one_pair_of_two_agree_by_half():
    found = agreement_between([(2, 0, 0), (1, 1, 0)])
    assert (found.share, found.n_pairs, found.n_clicks) == (0.5, 2, 4)
    assert found.kappa == 0.0  # a coin would agree as often
    assert found.share_span is None  # two pairs say nothing about how sure that is


def test_three_of_four_who_choose_the_one_answer():
    found = agreement_between([(3, 1, 0)])
    assert found.share == pytest.approx(0.5)  # 3 of the 6 couples agree


def test_all_agree_and_all_are_divided():
    same = agreement_between([(5, 0, 0), (0, 5, 0)] * 5)
    assert (same.share, same.kappa, same.kappa_span) == (1.0, 1.0, (1.0, 1.0))
    divided = agreement_between([(1, 1, 0)] * 10)
    assert divided.share == 0.0 and divided.kappa == -1.0


def test_what_nobody_else_judged_says_nothing():
    assert agreement_between([]) is None
    assert agreement_between([(1, 0, 0), (0, 0, 1), (0, 0, 0)]) is None


def test_where_everything_is_bad_chance_explains_everything():
    found = agreement_between([(0, 0, 4)] * 6)
    assert found.share == 1.0 and found.kappa is None and found.kappa_span is None


@given(some.lists(CLICKS, min_size=1, max_size=12))
def test_which_answer_is_called_the_one_makes_no_difference(counts):
    turned = [(b, a, bad) for a, b, bad in counts]
    one, other = agreement_between(counts), agreement_between(turned)
    if one is None:
        assert other is None
        return
    assert one.share == pytest.approx(other.share) and 0.0 <= one.share <= 1.0
    assert one.kappa == pytest.approx(other.kappa)
    if one.share_span:
        assert one.share_span[0] <= one.share_span[1]
