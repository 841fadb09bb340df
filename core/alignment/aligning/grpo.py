"""Reinforcement learning on answers: draw several, score them, make the better ones likelier.

No second model estimates the value: an answer is compared with the other answers to the same
question. A KL penalty, the divergence from the reference model, keeps what is learned within the
range where the reward is meaningful.
"""

import torch
from torch import Tensor

SPREAD_FLOOR = 1e-4
"""added to a group's spread, so that a group of equals has advantages of 0"""


def group_advantages(rewards: Tensor) -> Tensor:
    """How much better an answer is than the others to the same question.

    Args:
        rewards: (G, N) rewards of N >= 2 answers to each of G questions.

    Returns:
        (G, N) in standard deviations of the group; every group sums to 0.

    Source: Shao et al. 2024, "DeepSeekMath", arXiv:2402.03300, section 4.1.2. The spread is the
        sample's (N - 1), and SPREAD_FLOOR is added, as in the trl library.
    """
    mean, spread = rewards.mean(dim=1, keepdim=True), rewards.std(dim=1, keepdim=True)
    return (rewards - mean) / (spread + SPREAD_FLOOR)


def kl_per_token(log_probs: Tensor, reference: Tensor) -> Tensor:
    """An estimate of how far the model has moved from its reference, from the drawn tokens alone.

    Args:
        log_probs: (B, T) log-probability of each token that was drawn from the model.
        reference: (B, T) the reference's log-probability of the same token.

    Returns:
        (B, T) nats, never negative. Over many draws their mean is the Kullback-Leibler
        divergence of the model from the reference.

    Source: Schulman 2020, "Approximating KL Divergence", joschu.net/blog/kl-approx.html (k3).
    """
    surplus = reference - log_probs
    return surplus.exp() - surplus - 1.0


def grpo_loss(
    log_probs: Tensor,
    drawn: Tensor,
    reference: Tensor,
    advantages: Tensor,
    mask: Tensor,
    kl_weight: float,
    clip: float = 0.2,
) -> Tensor:
    """A loss that is small when good answers are likely and the model is near its reference.

    Args:
        log_probs: (B, T) log-probabilities of the drawn tokens, of the model that learns.
        drawn: (B, T) the same of the model when it drew them.
        reference: (B, T) the same of the reference.
        advantages: (B,) of each answer.
        mask: (B, T) True on tokens of the answer.
        kl_weight: cost of a nat of divergence, in standard deviations of the reward; 0: none.
        clip: a token's probability gains nothing from changing by more than this share.

    Returns:
        () mean over the answers of the mean over their tokens.

    Source: Shao et al. 2024, arXiv:2402.03300, equation 3; the clipped ratio is that of Schulman
        et al. 2017, "Proximal Policy Optimization", arXiv:1707.06347, equation 7. The divergence
        is weighted by the ratio too, which makes its gradient unbiased: DeepSeek-AI 2025,
        "DeepSeek-V3.2", arXiv:2512.02556, section 3.1.
    """
    ratio = (log_probs - drawn).exp()  # (B, T), 1 at the first update after drawing
    clipped = ratio.clamp(1.0 - clip, 1.0 + clip)
    worth = advantages[:, None]  # (B, 1)
    gain = torch.minimum(ratio * worth, clipped * worth)  # (B, T)
    strain = ratio * kl_per_token(log_probs, reference)  # (B, T)
    loss = kl_weight * strain - gain  # (B, T)
    n_tokens = mask.sum(dim=1).clamp(min=1)  # (B,)
    return ((loss * mask).sum(dim=1) / n_tokens).mean()


def entropy_per_token(logits: Tensor) -> Tensor:
    """How undecided the model is at each token.

    Args:
        logits: (..., V) scores.

    Returns:
        (...) nats, from 0 to log V.
    """
    log_probs = logits.log_softmax(dim=-1)
    return -(log_probs.exp() * log_probs).sum(dim=-1)
