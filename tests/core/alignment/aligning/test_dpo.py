"""Preferred answers become likelier, rejected ones less likely, both relative to the reference."""

import math

import pytest
import torch

from core.alignment.aligning.dpo import (
    dpo_loss,
    preference_loss,
    reference_log_probs,
    sequence_log_probs,
    token_log_probs,
)
from core.alignment.text.answered import laid_out


@pytest.fixture
def pairs():
    """Two questions: the better answers first, then the worse ones."""
    return laid_out(
        [
            ([1, 5, 2, 10, 11, 0], [False] * 3 + [True] * 3),
            ([1, 6, 2, 12, 0], [False] * 3 + [True] * 2),
            ([1, 5, 2, 20, 0], [False] * 3 + [True] * 2),
            ([1, 6, 2, 21, 22, 23, 0], [False] * 3 + [True] * 4),
        ]
    )


def test_only_the_answers_tokens_count():
    # One of four tokens at every position, all equally likely: each costs log 4.
    logits = torch.zeros(1, 4, 4)
    tokens = torch.tensor([[0, 1, 2, 3]])
    mask = torch.tensor([[False, False, True, True]])
    found = sequence_log_probs(logits, tokens, mask)
    torch.testing.assert_close(found, torch.tensor([-2 * math.log(4)]))


def test_a_token_is_scored_by_what_came_before_it():
    logits = torch.tensor([[[0.0, math.log(3)], [math.log(7), 0.0]]])  # (1, 2, 2)
    found = token_log_probs(logits, torch.tensor([[0, 1]]))
    torch.testing.assert_close(found, torch.tensor([[math.log(3 / 4)]]))


def test_the_loss_of_one_pair_worked_by_hand():
    # The better answer rose by 2 nats, the worse fell by 1: 0.5 * 3 = 1.5 apart.
    loss = dpo_loss(torch.tensor([2.0]), torch.tensor([-1.0]), beta=0.5)
    assert loss.item() == pytest.approx(math.log(1 + math.exp(-1.5)))


def test_a_model_that_is_its_own_reference_has_a_loss_of_log_2(config, model_of, pairs):
    model = model_of(config)
    before = reference_log_probs(model, pairs)
    loss, margins = preference_loss(model, pairs, before, beta=0.1)
    assert loss.item() == pytest.approx(math.log(2))
    torch.testing.assert_close(margins, torch.zeros(2), atol=1e-4, rtol=0)


def test_the_sft_loss_on_the_better_answers_is_added_by_its_weight(config, model_of, pairs):
    model = model_of(config)
    before = reference_log_probs(model, pairs)
    better = pairs.rows([0, 1])
    log_probs = sequence_log_probs(model(better.tokens), better.tokens, better.mask)
    per_token = -log_probs.sum() / better.mask[:, 1:].sum()
    loss, _ = preference_loss(model, pairs, before, beta=0.1, sft_weight=0.5)
    assert loss.item() == pytest.approx(math.log(2) + 0.5 * per_token.item())


def test_a_step_downhill_makes_the_better_answers_likelier_than_the_worse(config, model_of, pairs):
    model = model_of(config)
    before = reference_log_probs(model, pairs)
    loss, _ = preference_loss(model, pairs, before, beta=0.1)
    loss.backward()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter -= 0.0001 * parameter.grad
    chosen, rejected = (reference_log_probs(model, pairs) - before).chunk(2)
    assert (chosen > rejected).all()


def test_a_row_gets_the_same_score_in_any_batch(config, model_of, pairs):
    model = model_of(config)
    alone = [reference_log_probs(model, pairs.rows([n])) for n in range(4)]
    torch.testing.assert_close(torch.cat(alone), reference_log_probs(model, pairs))
