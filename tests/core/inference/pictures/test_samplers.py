"""Samplers, on examples a human can check; against diffusers see tests/parity."""

import pytest
import torch

from core.errors import SettingError
from core.inference.pictures.samplers import SAMPLERS, Moment, ddim, ddpm, euler, sampler_of
from core.inference.pictures.schedules import Ends, mixed


def never():
    raise AssertionError("this sampler draws no chance")


@pytest.fixture
def ends():
    generator = torch.Generator().manual_seed(0)
    return Ends(*torch.randn(2, 2, 3, 4, 4, dtype=torch.float64, generator=generator))


def at(way, ends, time):
    return mixed(way, ends, torch.full((2,), time, dtype=torch.float64))


@pytest.mark.parametrize(("name", "step"), [("euler", euler), ("ddim", ddim)])
def test_with_the_true_ends_every_step_stays_on_the_way(name, step, ends):
    way = SAMPLERS[name].way
    found = step(at(way, ends, 0.8), ends, Moment(0.8, 0.3, never))
    torch.testing.assert_close(found, at(way, ends, 0.3))
    torch.testing.assert_close(step(found, ends, Moment(0.3, 0.0, never)), ends.picture)


def test_ddpm_ends_at_the_guess_and_adds_chance_before(ends):
    noisy = at("curved", ends, 0.5)
    torch.testing.assert_close(ddpm(noisy, ends, Moment(0.5, 0.0, never)), ends.picture)
    drawn = [ddpm(noisy, ends, Moment(0.5, 0.4, lambda s=s: torch.full_like(noisy, s)))
             for s in (-1.0, 0.0, 1.0)]  # fmt: skip
    assert (drawn[0] < drawn[1]).all() and (drawn[1] < drawn[2]).all()
    torch.testing.assert_close(drawn[0] + drawn[2], 2.0 * drawn[1])


def test_many_ddpm_draws_are_as_noisy_as_their_time_says():
    generator = torch.Generator().manual_seed(1)
    picture = torch.zeros(1, 3, 64, 64, dtype=torch.float64)
    noise = torch.randn(picture.shape, dtype=torch.float64, generator=generator)
    ends = Ends(picture, noise)
    time = torch.tensor([0.5], dtype=torch.float64)

    def chance():
        return torch.randn(picture.shape, dtype=torch.float64, generator=generator)

    found = ddpm(mixed("curved", ends, time), ends, Moment(0.5, 0.4, chance))
    wanted = float(mixed("curved", ends, torch.tensor([0.4], dtype=torch.float64)).std())
    assert float(found.std()) == pytest.approx(wanted, rel=0.03)


def test_times_run_evenly_down_to_the_picture():
    assert SAMPLERS["euler"].times(4) == [1.0, 0.75, 0.5, 0.25, 0.0]
    assert SAMPLERS["euler"].times(2, first=0.5) == [0.5, 0.25, 0.0]
    assert SAMPLERS["ddim"].times(3) == [1.0, 0.667, 0.333, 0.0]  # entries of a table of 1000


def test_an_unknown_sampler_is_refused():
    with pytest.raises(SettingError, match="sampler"):
        sampler_of("midpoint")
