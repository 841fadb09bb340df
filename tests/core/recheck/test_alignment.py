"""The NumPy twins agree with the losses used in training."""

import math

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from core.alignment.aligning.dpo import dpo_loss, sequence_log_probs
from core.recheck import alignment as twin


@pytest.fixture
def example():
    generator = torch.Generator().manual_seed(2)
    logits = torch.randn(7, 11, generator=generator, dtype=torch.float64) * 3
    return logits, [1, 4, 2, 9, 8, 3, 0], [False, False, False, True, True, True, True]


def test_four_equally_likely_tokens_cost_log_4_each():
    assert twin.answer_loss(np.zeros((3, 4)), [0, 1, 2], [False, True, True]) == math.log(4)


def test_the_masked_loss_is_the_one_training_minimises(example):
    logits, tokens, is_answer = example
    ours = cross_entropy(logits[2:6], torch.tensor(tokens[3:]))
    assert twin.answer_loss(logits.numpy(), tokens, is_answer) == pytest.approx(ours.item())


def test_the_probability_of_an_answer_is_that_of_the_training_step(example):
    logits, tokens, is_answer = example
    ours = sequence_log_probs(logits[None], torch.tensor([tokens]), torch.tensor([is_answer]))
    found = twin.answer_log_prob(logits.numpy(), tokens, is_answer)
    assert found == pytest.approx(ours.item())


@pytest.mark.parametrize("chosen", [-3.0, -300.0, 2000.0])
def test_the_loss_of_a_preference_is_that_of_the_training_step_however_far_apart(chosen):
    found = twin.dpo_loss(chosen, -5.0, -4.0, -4.5, beta=0.7)
    ours = dpo_loss(
        torch.tensor([chosen + 4.0], dtype=torch.float64),
        torch.tensor([-5.0 + 4.5], dtype=torch.float64),
        beta=0.7,
    )
    assert found == pytest.approx(ours.item(), abs=1e-300)
