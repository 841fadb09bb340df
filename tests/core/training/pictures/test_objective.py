"""What is asked and how the answer is measured."""

import pytest
import torch

from core.architecture.pictures import Denoiser
from core.training.pictures.objective import Question, chance_of, draw_times, squared_error


@pytest.fixture
def question():
    generator = torch.Generator().manual_seed(0)
    pictures, noise = torch.randn(2, 6, 3, 32, 32, generator=generator)
    captions = torch.full((6, 20), 3)
    return Question(pictures, noise, torch.linspace(0.1, 1.0, 6), captions)


def test_a_denoiser_that_answers_zero_pays_for_what_was_asked(question, config):
    silent = Denoiser(config)
    velocity = (question.noise - question.pictures).square().mean()
    torch.testing.assert_close(squared_error(silent, "velocity", question), velocity)
    noise = question.noise.square().mean()
    torch.testing.assert_close(squared_error(silent, "noise", question), noise)


def test_the_right_answer_costs_nothing(question):
    class Knowing(torch.nn.Module):
        def forward(self, noisy, time, captions):
            return question.noise - question.pictures

    assert squared_error(Knowing(), "velocity", question) == 0.0


def test_parts_of_a_question_are_the_question(question):
    parts = [question.part(first, 4) for first in (0, 4)]
    assert [len(part.time) for part in parts] == [4, 2]
    assert torch.equal(torch.cat([part.noise for part in parts]), question.noise)


def test_times_come_from_every_part_of_their_distribution():
    times = draw_times(400, "velocity", chance_of(0, 0))
    assert times.min() > 0.0 and times.max() < 1.0
    assert times.median() == pytest.approx(0.574, abs=0.01)  # the sigmoid of MIDDLE
    assert ((times > 0.2) & (times < 0.9)).float().mean() > 0.8
    table = draw_times(1000, "noise", chance_of(0, 0))
    assert torch.equal((table * 1000).round().int(), torch.arange(1, 1001, dtype=torch.int32))


def test_a_step_has_its_own_chance_and_always_the_same():
    draws = {key: torch.rand(3, generator=chance_of(*key)) for key in ((0, 1), (0, 2), (1, 1))}
    assert torch.equal(draws[0, 1], torch.rand(3, generator=chance_of(0, 1)))
    assert not torch.equal(draws[0, 1], draws[0, 2])
    assert not torch.equal(draws[0, 1], draws[1, 1])
