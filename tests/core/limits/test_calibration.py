"""Reliability and calibration error, on an example worked by hand."""

import pytest

from core.limits.confident.calibration import expected_calibration_error, reliability

# Two bins. Below a half: 0.2 wrong, 0.4 right, so 30 % sure and 50 % right: 0.2 apart.
# Above it: 0.5, 0.9, 1.0 with one right, so 80 % sure and 33.3 % right: 0.467 apart.
SURE = [0.2, 0.4, 0.5, 0.9, 1.0]
RIGHT = [False, True, False, False, True]


def test_the_bins_are_those_worked_out_by_hand():
    low, high = reliability(SURE, RIGHT, 2)
    assert (low.n, low.n_right, high.n, high.n_right) == (2, 1, 3, 1)
    assert low.confidence == pytest.approx(0.3) and high.confidence == pytest.approx(0.8)


def test_the_calibration_error_is_the_one_worked_out_by_hand():
    bins = reliability(SURE, RIGHT, 2)
    assert expected_calibration_error(bins) == pytest.approx((2 * 0.2 + 3 * (0.8 - 1 / 3)) / 5)


def test_sure_and_always_right_is_calibrated_and_always_wrong_is_as_far_off_as_can_be():
    assert expected_calibration_error(reliability([1.0] * 4, [True] * 4, 5)) == 0.0
    assert expected_calibration_error(reliability([1.0] * 4, [False] * 4, 5)) == 1.0


@pytest.mark.parametrize("n_agreeing", range(21))
def test_a_share_of_twenty_on_an_edge_lies_in_the_higher_bin(n_agreeing):
    (place,) = [n for n, one in enumerate(reliability([n_agreeing / 20], [True], 5)) if one.n]
    assert place == min(n_agreeing // 4, 4)


def test_what_is_no_share_is_refused():
    with pytest.raises(ValueError):
        reliability([1.2], [True], 5)
