"""Marking: right answers follow from figures."""

import pytest

from core.learning.marking import estimated, ranked, shuffled, the_false_one


@pytest.mark.parametrize(
    ("answer", "verdict"), [(20, "right"), (30, "right"), (19.9, "low"), (30.1, "high")]
)
def test_an_estimate_may_be_as_far_off_as_the_tolerance(answer, verdict):
    assert estimated(answer, 25, 5) == verdict


def test_a_step_of_a_slider_that_is_not_exact_still_counts():
    assert estimated(0.1 + 0.2, 0.4, 0.1) == "right"  # 0.30000000000000004 and 0.4


def test_names_are_ranked_by_their_figures_and_not_at_all_if_two_are_equal():
    assert ranked({"b": 2.0, "c": 3.0, "a": 1.0}) == ("a", "b", "c")
    assert ranked({"a": 1.0, "b": 1.0}) == ()


def test_exactly_one_claim_has_to_be_false():
    assert the_false_one({"a": True, "b": False, "c": True}) == "b"
    assert the_false_one({"a": True, "b": True}) == ""
    assert the_false_one({"a": False, "b": False}) == ""


@pytest.mark.parametrize("salt", [str(n) for n in range(30)])
def test_the_order_shown_is_never_the_right_one_and_always_the_same(salt):
    for names in (("a", "b", "c"), ("c", "a", "b"), ("x", "y")):
        shown = shuffled(names, salt)
        assert sorted(shown) == sorted(names) and tuple(shown) != names
        assert shuffled(names, salt) == shown
