"""Direct preference optimisation: preferences change the model itself, without a reward model.

The better answer is to become likelier and the worse one less likely, each compared with how
likely it was to the model before, the reference. The more the pair is already apart, the less it
pulls.
"""

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from core.alignment.text.answered import Answered
from core.architecture.transformer import Transformer


def token_log_probs(logits: Tensor, tokens: Tensor) -> Tensor:
    """How likely the model held each token that came.

    Args:
        logits: (B, T, V) scores of what follows each token.
        tokens: (B, T) the text.

    Returns:
        (B, T - 1) log-probabilities in nats of tokens 1 .. T - 1, each given those before it.
    """
    chosen = logits[:, :-1].gather(-1, tokens[:, 1:, None]).squeeze(-1)  # (B, T - 1)
    return chosen - logits[:, :-1].logsumexp(dim=-1)  # (B, T - 1)


def sequence_log_probs(logits: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:
    """How likely the model holds each whole answer, given its question.

    Args:
        logits: (B, T, V) scores of what follows each token.
        tokens: (B, T) question and answer.
        mask: (B, T) True on the tokens of the answer.

    Returns:
        (B,) sums of log-probabilities in nats, at most 0.
    """
    return (token_log_probs(logits, tokens) * mask[:, 1:]).sum(dim=-1)


def dpo_loss(chosen: Tensor, rejected: Tensor, beta: float) -> Tensor:
    """How little the model prefers what was preferred: -log sigmoid(beta (chosen - rejected)).

    Args:
        chosen: (B,) log-probability of the better answer, minus the reference's of the same.
        rejected: (B,) the same of the worse answer.
        beta: above 0. The larger, the sooner a pair counts as learned, and the nearer the model
            stays to its reference.

    Returns:
        () nats, mean over the pairs; log 2 where model and reference are the same.

    Source: Rafailov et al. 2023, "Direct Preference Optimization", arXiv:2305.18290, equation 7.
    """
    return -logsigmoid(beta * (chosen - rejected)).mean()


@torch.no_grad()
def reference_log_probs(reference: Transformer, batch: Answered) -> Tensor:
    """(B,) how likely the model that will not change holds each answer; needed only once."""
    return sequence_log_probs(reference(batch.tokens), batch.tokens, batch.mask)


def preference_loss(
    model: Transformer,
    batch: Answered,
    reference: Tensor,
    beta: float,
    sft_weight: float = 0.0,
    share: float = 1.0,
    n_tokens: int = 0,
) -> tuple[Tensor, Tensor]:
    """The loss of a model on pairs of answers, and how far apart it holds each pair.

    DPO alone allows the better answer to become less likely as long as the worse one falls further,
    and some third text to rise instead. The SFT loss keeps the better answers likely.

    Args:
        model: is to learn.
        batch: 2 B rows: the better answers, then in the same order the worse ones.
        reference: (2 B,) what `reference_log_probs` gave for the same rows.
        beta: as in `dpo_loss`.
        sft_weight: of the loss on the better answers, in nats per token, beside that of DPO.
        share: of the pairs of a step that these are, where they are a part of it.
        n_tokens: of all better answers of that step; 0: of these.

    Returns:
        () the loss in nats, or what these pairs add to it, and (B,) beta times the difference: the
        pair's implicit reward.

    Source: Pang et al. 2024, "Iterative Reasoning Preference Optimization", arXiv:2404.19733,
        section 2, for the SFT loss beside DPO's. Here it is the mean over the tokens of all better
        answers (the paper: over those of each answer, then over the answers).
    """
    log_probs = sequence_log_probs(model(batch.tokens), batch.tokens, batch.mask)  # (2 B,)
    chosen, rejected = (log_probs - reference).chunk(2)  # (B,) each
    loss = share * dpo_loss(chosen, rejected, beta)
    if sft_weight:
        better, _ = log_probs.chunk(2)  # (B,)
        n_tokens = n_tokens or int(batch.mask[: len(better), 1:].sum())
        loss = loss - sft_weight * better.sum() / n_tokens
    return loss, beta * (chosen - rejected).detach()
