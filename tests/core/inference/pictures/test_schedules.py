"""Two ways to noise that are one in different variables."""

import pytest
import torch

from core.inference.pictures.schedules import (
    N_TABLE,
    OBJECTIVES,
    WAY_OF,
    Ends,
    ends_of,
    kept_variances,
    mixed,
    on_way,
    same_ratio,
    shares,
    target,
)

TIMES = torch.tensor([0.001, 0.2, 0.5, 0.9, 0.99], dtype=torch.float64)


@pytest.fixture
def ends():
    generator = torch.Generator().manual_seed(0)
    picture, noise = torch.randn(2, 5, 3, 4, 4, dtype=torch.float64, generator=generator)
    return Ends(picture, noise)


def test_the_straight_way_mixes_by_the_clock(ends):
    time = torch.full((5,), 0.25, dtype=torch.float64)
    by_hand = 0.75 * ends.picture + 0.25 * ends.noise
    torch.testing.assert_close(mixed("straight", ends, time), by_hand)


def test_the_curved_way_follows_the_table_and_keeps_the_strength():
    of_picture, of_noise = shares("curved", torch.tensor([0.0, 0.001, 1.0], dtype=torch.float64))
    torch.testing.assert_close(of_picture**2 + of_noise**2, torch.ones(3, dtype=torch.float64))
    assert of_picture[0] == 1.0
    assert float(of_picture[1] ** 2) == pytest.approx(1.0 - 1e-4)  # one step of the table
    assert 0.0 < of_picture[2] < 0.01  # next to nothing is left of the picture
    assert (kept_variances().diff() < 0.0).all() and len(kept_variances()) == N_TABLE + 1


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_right_answer_gives_both_ends_back(objective, ends):
    noisy = mixed(WAY_OF[objective], ends, TIMES)
    found = ends_of(objective, target(objective, ends), noisy, TIMES)
    torch.testing.assert_close(found.picture, ends.picture, atol=1e-6, rtol=1e-6)
    torch.testing.assert_close(found.noise, ends.noise, atol=1e-6, rtol=1e-6)


def test_what_is_learned_is_the_direction_or_the_noise(ends):
    assert torch.equal(target("velocity", ends), ends.noise - ends.picture)
    assert torch.equal(target("noise", ends), ends.noise)


@pytest.mark.parametrize(("way", "other"), [("straight", "curved"), ("curved", "straight")])
def test_a_noisy_picture_of_one_way_is_one_of_the_other_at_another_time(way, other, ends):
    noisy = mixed(way, ends, TIMES)
    there, when = on_way(noisy, TIMES, way, other)
    # Between two entries of the table the ratio is found by interpolation.
    torch.testing.assert_close(there, mixed(other, ends, when), atol=1e-3, rtol=1e-3)
    back = same_ratio(when, other, way)
    torch.testing.assert_close(back, TIMES, atol=1e-3, rtol=0)


def test_at_entries_of_the_table_the_translation_is_exact(ends):
    times = torch.tensor([1, 77, 400, 900, 1000], dtype=torch.float64) / N_TABLE
    noisy = mixed("curved", ends, times)
    straight, when = on_way(noisy, times, "curved", "straight")
    torch.testing.assert_close(straight, mixed("straight", ends, when), atol=1e-12, rtol=1e-12)
    again, back = on_way(straight, when, "straight", "curved")
    torch.testing.assert_close(again, noisy, atol=1e-9, rtol=1e-9)
    torch.testing.assert_close(back, times, atol=1e-9, rtol=0)


def test_both_ways_begin_at_the_picture_and_end_in_noise():
    edges = torch.tensor([0.0, 1.0], dtype=torch.float64)
    assert same_ratio(edges, "curved", "straight")[0] == 0.0
    assert same_ratio(edges, "curved", "straight")[1] > 0.99
    torch.testing.assert_close(same_ratio(edges, "straight", "curved"), edges, atol=1e-3, rtol=0)


def test_a_time_on_the_same_way_stays_as_it_is(ends):
    assert on_way(ends.noise, TIMES, "curved", "curved") == (ends.noise, TIMES)
