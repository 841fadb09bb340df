"""Advantages and divergence worked out by hand, and the effects of the KL penalty and the clip."""

import math

import pytest
import torch

from core.alignment.aligning.grpo import (
    entropy_per_token,
    group_advantages,
    grpo_loss,
    kl_per_token,
)


def test_advantages_of_a_group_worked_by_hand():
    # Rewards 1, 0, 0, 0: mean 1/4, variance (9/16 + 3/16) / 3 = 1/4, spread 1/2.
    found = group_advantages(torch.tensor([[1.0, 0.0, 0.0, 0.0]]))
    torch.testing.assert_close(found, torch.tensor([[1.5, -0.5, -0.5, -0.5]]), rtol=3e-4, atol=0)


def test_a_group_of_equal_answers_teaches_nothing():
    assert group_advantages(torch.full((2, 3), 0.7)).abs().max() == 0


def test_groups_do_not_see_each_other_and_each_sums_to_nothing():
    rewards = torch.rand(4, 5, generator=torch.Generator().manual_seed(0))
    found = group_advantages(rewards)
    torch.testing.assert_close(found[:1], group_advantages(rewards[:1]))
    torch.testing.assert_close(found.sum(dim=1), torch.zeros(4), atol=1e-5, rtol=0)


def test_divergence_of_a_token_worked_by_hand():
    # Half as likely to the reference: 1/2 - log(1/2) - 1.
    found = kl_per_token(torch.tensor([[math.log(0.8)]]), torch.tensor([[math.log(0.4)]]))
    assert found.item() == pytest.approx(math.log(2) - 0.5)


def test_the_mean_over_draws_is_the_divergence_itself():
    model, reference = torch.tensor([0.7, 0.2, 0.1]), torch.tensor([0.3, 0.3, 0.4])
    exact = (model * (model / reference).log()).sum()
    expected = (model * kl_per_token(model.log(), reference.log())).sum()
    torch.testing.assert_close(expected, exact)
    assert (kl_per_token(model.log(), reference.log()) >= 0).all()


def loss_of(log_probs, *, advantages=(1.0,), drawn=None, reference=None, kl_weight=0.0, clip=0.2):
    log_probs = torch.tensor([log_probs], requires_grad=True)
    same = log_probs.detach()
    loss = grpo_loss(
        log_probs,
        same if drawn is None else torch.tensor([drawn]),
        same if reference is None else torch.tensor([reference]),
        torch.tensor(advantages),
        torch.tensor([[True] * log_probs.shape[1]]),
        kl_weight,
        clip,
    )
    loss.backward()
    return loss.item(), log_probs.grad[0].tolist()


def test_right_after_drawing_the_gradient_is_the_advantage_over_the_length():
    loss, gradient = loss_of([-1.0, -2.0], advantages=(3.0,))
    assert loss == pytest.approx(-3.0)
    assert gradient == pytest.approx([-1.5, -1.5])


def test_a_good_token_that_has_risen_enough_stops_pulling():
    _, gradient = loss_of([-1.0], drawn=[-1.5])  # e ** 0.5 is more than 1.2
    assert gradient == [0.0]
    _, gradient = loss_of([-1.5], drawn=[-1.0])  # it has fallen, so it may rise again
    assert gradient[0] < 0


def test_the_kl_penalty_pulls_the_policy_back():
    _, loose = loss_of([-1.0], advantages=(0.0,), reference=[-2.0], kl_weight=0.0)
    _, tight = loss_of([-1.0], advantages=(0.0,), reference=[-2.0], kl_weight=0.5)
    assert loose == [0.0]
    # The unbiased gradient of the divergence: log-probability minus the reference's.
    assert tight == pytest.approx([0.5 * (-1.0 + 2.0)])


def test_long_answers_weigh_no_more_than_short_ones():
    mask = torch.tensor([[True, False, False], [True, True, True]])
    zeros = torch.zeros(2, 3)
    loss = grpo_loss(zeros, zeros, zeros, torch.tensor([1.0, -1.0]), mask, kl_weight=0.0)
    assert loss.item() == pytest.approx(0.0)


def test_entropy_of_equal_chances_is_the_logarithm_of_their_number():
    assert entropy_per_token(torch.zeros(8)).item() == pytest.approx(math.log(8))
    assert entropy_per_token(torch.tensor([100.0, 0.0])).item() == pytest.approx(0.0, abs=1e-6)
