"""What of a long prompt is still seen."""

import pytest

from core.inference.text.window import window_of


@pytest.mark.parametrize(("n", "n_cut"), [(1, 0), (8, 0), (9, 4), (12, 4), (13, 8)])
def test_the_beginning_is_cut_in_steps_of_half_a_window(n, n_cut):
    window = window_of(range(n), 8)
    assert window.cut == tuple(range(n_cut)) and window.seen == tuple(range(n_cut, n))
    assert len(window.seen) <= 8
