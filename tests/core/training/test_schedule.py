"""The learning rate rises, stays and falls to zero."""

import pytest

from core.training.schedule import rate_share


def test_ten_steps_with_three_of_warm_up_and_half_of_decay():
    shares = [rate_share(step, 10, n_warmup_steps=3, decay_share=0.5) for step in range(10)]
    assert shares == pytest.approx([0.25, 0.5, 0.75, 1, 1, 1, 0.8, 0.6, 0.4, 0.2])


def test_after_the_plan_nothing_moves():
    assert rate_share(10, 10, 0, 0.5) == 0.0
    assert rate_share(99, 10, 0, 0.0) == 0.0


def test_without_warm_up_and_decay_the_rate_stays_at_its_peak():
    assert {rate_share(step, 5, 0, 0.0) for step in range(5)} == {1.0}


@pytest.mark.parametrize("decay_share", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("n_warmup_steps", [0, 5, 500])
def test_the_share_is_above_zero_and_at_most_one(n_warmup_steps, decay_share):
    shares = [rate_share(step, 40, n_warmup_steps, decay_share) for step in range(40)]
    assert 0.0 < min(shares) <= max(shares) <= 1.0
