"""Our samplers' steps against diffusers' schedulers, on the same noisy pictures and answers."""

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, DDPMScheduler, FlowMatchEulerDiscreteScheduler

from core.inference.pictures.samplers import SAMPLERS, Moment
from core.inference.pictures.schedules import N_TABLE, ends_of, kept_variances

SHAPE = (2, 3, 8, 8)
WITHIN = {"atol": 1e-5, "rtol": 0}


def normal(seed):
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(seed))


def never():
    raise AssertionError("this sampler draws no chance")


@pytest.fixture(params=[10, 50, 1000])
def n_steps(request):
    return request.param


def test_euler_takes_diffusers_flow_matching_steps():
    n_steps, sampler = 10, SAMPLERS["euler"]
    theirs = FlowMatchEulerDiscreteScheduler()
    theirs.set_timesteps(sigmas=list(np.linspace(1.0, 1.0 / n_steps, n_steps)))
    times = sampler.times(n_steps)
    ours_noisy = theirs_noisy = normal(0)
    for step, name in enumerate(theirs.timesteps):
        answer = normal(step + 1)
        time = torch.full((2,), times[step])
        ends = ends_of("velocity", answer, ours_noisy, time)
        ours_noisy = sampler.step(ours_noisy, ends, Moment(times[step], times[step + 1], never))
        theirs_noisy = theirs.step(answer, name, theirs_noisy).prev_sample
        torch.testing.assert_close(ours_noisy, theirs_noisy, **WITHIN)


def table_of(scheduler):
    return scheduler(
        num_train_timesteps=N_TABLE,
        beta_start=1e-4,
        beta_end=0.02,
        beta_schedule="linear",
        clip_sample=False,
        timestep_spacing="trailing",
    )


@pytest.mark.parametrize("name", ["ddim", "ddpm"])
def test_the_table_is_diffusers(name):
    theirs = table_of({"ddim": DDIMScheduler, "ddpm": DDPMScheduler}[name])
    ours = kept_variances()[1:].float()
    torch.testing.assert_close(ours, theirs.alphas_cumprod, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("name", ["ddim", "ddpm"])
def test_the_times_are_diffusers(name, n_steps):
    theirs = table_of({"ddim": DDIMScheduler, "ddpm": DDPMScheduler}[name])
    theirs.set_timesteps(n_steps)
    ours = [round(time * N_TABLE) - 1 for time in SAMPLERS[name].times(n_steps)[:-1]]
    assert ours == theirs.timesteps.tolist()


def one_step(theirs, name, n_steps, step, noisy, answer):
    """The step of ours; only its first quantities are in float32, as diffusers has them."""
    times = SAMPLERS[name].times(n_steps)
    time = torch.full((2,), times[step], dtype=torch.float64)
    ends = ends_of("noise", answer, noisy, time)
    chance = lambda: normal(99)  # noqa: E731 - one draw, shared with theirs
    return SAMPLERS[name].step(noisy, ends, Moment(times[step], times[step + 1], chance))


@pytest.mark.parametrize("step_share", [0.3, 0.6, 0.9, 1.0])
def test_ddim_takes_diffusers_steps(n_steps, step_share):
    theirs = table_of(DDIMScheduler)
    theirs.set_timesteps(n_steps)
    step = min(n_steps - 1, round(step_share * n_steps))
    noisy, answer = normal(0).double(), normal(1).double()
    ours = one_step(theirs, "ddim", n_steps, step, noisy, answer)
    expected = theirs.step(answer, theirs.timesteps[step], noisy).prev_sample
    torch.testing.assert_close(ours, expected.double(), **WITHIN)


@pytest.mark.parametrize("step_share", [0.3, 0.6, 0.9, 1.0])
def test_ddpm_takes_diffusers_steps(n_steps, step_share, monkeypatch):
    theirs = table_of(DDPMScheduler)
    theirs.set_timesteps(n_steps)
    monkeypatch.setattr(
        "diffusers.schedulers.scheduling_ddpm.randn_tensor", lambda *_, **__: normal(99)
    )
    step = min(n_steps - 1, round(step_share * n_steps))
    noisy, answer = normal(0).double(), normal(1).double()
    ours = one_step(theirs, "ddpm", n_steps, step, noisy, answer)
    expected = theirs.step(answer, theirs.timesteps[step], noisy).prev_sample
    torch.testing.assert_close(ours, expected.double(), **WITHIN)
