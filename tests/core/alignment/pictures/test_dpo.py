"""Of two pictures the better one becomes likelier: worked by hand, by autograd, by differences."""

import copy
import math

import pytest
import torch

from core.alignment.pictures.dpo import (
    PicturePairs,
    drift,
    noisy_times,
    pair_loss,
    picture_dpo_loss,
    reference_errors,
    squared_errors,
)
from core.architecture.pictures import Denoiser, DenoiserConfig
from core.inference.pictures.schedules import shares
from core.training.pictures.objective import Question, squared_error


class Answers(torch.nn.Module):
    """A "denoiser" of one pixel whose only weight is its answer."""

    def __init__(self, answer):
        super().__init__()
        self.answer = torch.nn.Parameter(torch.tensor(float(answer), dtype=torch.float64))

    def forward(self, noisy, time, captions):
        return self.answer.expand_as(noisy)


@pytest.fixture
def pixel():
    """A pair of one-pixel pictures, 0.5 and -0.5, with a noise of 1, in all three colours."""
    pictures = torch.tensor([0.5, -0.5], dtype=torch.float64).view(2, 1, 1, 1).expand(2, 3, 1, 1)
    noise = torch.ones(2, 3, 1, 1, dtype=torch.float64)
    return Question(pictures, noise, torch.full((2,), 0.4), torch.ones(2, 1, dtype=torch.long))


@pytest.fixture
def pairs(encoder):
    chance = torch.Generator().manual_seed(1)
    better, worse = (torch.rand(3, 3, 32, 32, generator=chance) * 2 - 1 for _ in range(2))
    captions = ["a red apple, by day", "ein blauer Stern, am Tag", "two cats, at night"]
    return PicturePairs(better, worse, encoder.rows(captions, 20))


def question_of(pairs, objective="velocity", chosen=(0, 2), seed=4):
    return pairs.question(list(chosen), objective, torch.Generator().manual_seed(seed))


def test_the_loss_of_one_pair_worked_by_hand():
    # The better picture's error fell by 2, the worse one's rose by 1: 0.5 * 3 = 1.5 apart.
    loss = picture_dpo_loss(torch.tensor([-2.0]), torch.tensor([1.0]), beta=0.5)
    assert loss.item() == pytest.approx(math.log(1 + math.exp(-1.5)))


def test_loss_and_gradient_of_a_one_pixel_model_worked_by_hand(pixel):
    # Velocities: 1 - 0.5 = 0.5 and 1 + 0.5 = 1.5, three colours each.
    # The model answers 0.7:  3 * 0.2^2 = 0.12 and 3 * 0.8^2 = 1.92.
    # The reference says 1.0: 3 * 0.5^2 = 0.75 and 3 * 0.5^2 = 0.75.
    # So better - worse = (0.12 - 0.75) - (1.92 - 0.75) = -1.8, and with beta 2 the logit is 3.6.
    model, before = Answers(0.7), reference_errors(Answers(1.0), "velocity", pixel)
    loss, margins, better = pair_loss(model, before, "velocity", pixel, beta=2.0)
    assert better.item() == pytest.approx(0.12)
    assert before.tolist() == pytest.approx([0.75, 0.75])
    assert margins.tolist() == pytest.approx([3.6])
    assert loss.item() == pytest.approx(math.log(1 + math.exp(-3.6)))
    # d(better - worse) / d answer = 6 * 0.2 - 6 * (-0.8) = 6; times beta sigmoid(-3.6).
    loss.backward()
    assert model.answer.grad.item() == pytest.approx(6 * 2 / (1 + math.exp(3.6)))


def test_ddpm_is_asked_for_the_noise(pixel):
    errors = squared_errors(Answers(0.7), "noise", pixel)
    assert errors.tolist() == pytest.approx([3 * 0.3**2] * 2)


def test_the_gradient_of_a_denoiser_is_that_of_finite_differences(pairs):
    config = DenoiserConfig(n_words=300, n_caption=20, n_channels=8, n_heads=1, n_blocks=1,
                            n_hidden=8)  # fmt: skip
    reference = Denoiser(config, seed=1).double()
    chance = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for weight in reference.parameters():
            weight.add_(torch.randn(weight.shape, generator=chance).double(), alpha=0.1)
    model = copy.deepcopy(reference)
    with torch.no_grad():
        model.patches_out.bias.add_(0.02)
    drawn = question_of(pairs)
    asked = Question(drawn.pictures.double(), drawn.noise.double(), drawn.time.double(),
                     drawn.captions)  # fmt: skip
    # The clock's waves are single precision; the model reads them in double.
    model.clock.register_forward_pre_hook(lambda _, given: (given[0].double(),))
    before = reference_errors(reference, "velocity", asked)

    def loss():
        return pair_loss(model, before, "velocity", asked, beta=0.05)[0]

    loss().backward()
    for name in ("patches_out.bias", "blocks.0.cross.out.weight", "word_table.weight"):
        weight = model.get_parameter(name)
        place = int(weight.grad.abs().argmax())
        flat, step = weight.data.view(-1), 1e-6
        ends = []
        for sign in (1, -1):
            flat[place] += sign * step
            ends.append(loss().item())
            flat[place] -= sign * step
        slope = (ends[0] - ends[1]) / (2 * step)
        assert slope == pytest.approx(weight.grad.view(-1)[place].item(), rel=1e-4), name


def test_a_model_that_is_its_own_reference_has_a_loss_of_log_2(denoiser, pairs):
    asked = question_of(pairs)
    before = reference_errors(denoiser, "velocity", asked)
    loss, margins, _ = pair_loss(denoiser, before, "velocity", asked, beta=0.1)
    assert loss.item() == pytest.approx(math.log(2))
    torch.testing.assert_close(margins, torch.zeros(2), atol=1e-3, rtol=0)


def test_errors_are_those_that_training_takes_the_mean_of(denoiser, pairs):
    asked = question_of(pairs)
    errors = squared_errors(denoiser, "velocity", asked)
    mean = squared_error(denoiser, "velocity", asked)
    torch.testing.assert_close(errors.mean() / (3 * 32 * 32), mean)


def test_both_pictures_of_a_pair_get_the_same_noise_time_and_caption(pairs):
    asked = question_of(pairs)
    for values in (asked.noise, asked.time, asked.captions):
        better, worse = values.chunk(2)
        assert torch.equal(better, worse)
    assert torch.equal(asked.pictures[:2], pairs.better[[0, 2]])
    assert torch.equal(asked.pictures[2:], pairs.worse[[0, 2]])
    again, other = question_of(pairs), question_of(pairs, seed=5)
    assert torch.equal(asked.noise, again.noise) and not torch.equal(asked.noise, other.noise)


def test_a_step_downhill_lowers_the_better_ones_error_against_the_worse(denoiser, pairs):
    model, asked = copy.deepcopy(denoiser), question_of(pairs)
    before = reference_errors(denoiser, "velocity", asked)
    loss, _, _ = pair_loss(model, before, "velocity", asked, beta=0.01)
    loss.backward()
    with torch.no_grad():
        for weight in model.parameters():
            weight -= 1e-5 * weight.grad
    better, worse = (squared_errors(model, "velocity", asked) - before).chunk(2)
    assert (better < worse).all()


@pytest.mark.parametrize("objective", ["velocity", "noise"])
def test_pairs_are_looked_at_with_some_share_of_noise_or_more(objective):
    times = noisy_times(64, objective, 0.6, torch.Generator().manual_seed(2))
    of_picture, of_noise = shares("straight" if objective == "velocity" else "curved", times)
    ratio = of_noise / (of_noise + of_picture)
    assert ratio.min() >= 0.599 and ratio.max() <= 1.0 and ratio.max() > 0.95
    assert len(times.unique()) >= 40 and not torch.equal(times, times.sort().values)


def test_the_drift_from_the_reference_worked_by_hand(pixel):
    # 0.7 instead of 1.0, in three colours.
    moved = drift(Answers(0.7), Answers(1.0), "velocity", pixel)
    assert moved.item() == pytest.approx(3 * 0.3**2)
    assert drift(Answers(0.7), Answers(0.7), "velocity", pixel).item() == 0.0
