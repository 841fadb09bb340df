"""The alignment losses computed a second time: NumPy alone, float64, straight from the papers."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def token_log_probs(logits: Any, tokens: Sequence[int]) -> Array:
    """Log-probability of every token but the first, in nats.

    Args:
        logits: (T, V) logits of the token after each position.
        tokens: (T,) the text.

    Returns:
        (T - 1,) log softmax(scores before the token)[token].
    """
    scores = np.asarray(logits, dtype=np.float64)
    found = []
    for row, token in zip(scores, tokens[1:], strict=False):
        shifted = row - row.max()
        found.append(shifted[token] - math.log(np.exp(shifted).sum()))
    return np.array(found)


def answer_loss(logits: Any, tokens: Sequence[int], is_answer: Sequence[bool]) -> float:
    """Fine-tuning's loss on one answered question: mean surprise of the answer's tokens, in nats.

    Args:
        logits: (T, V) logits of the token after each position.
        tokens: (T,) question and answer.
        is_answer: (T,) which tokens belong to the answer; only those count.

    Source: Ouyang et al. 2022, arXiv:2203.02155, section 3.5 (supervised fine-tuning).
    """
    log_probs = token_log_probs(logits, tokens)
    kept = [p for p, counts in zip(log_probs, is_answer[1:], strict=True) if counts]
    return float(-sum(kept) / len(kept))


def answer_log_prob(logits: Any, tokens: Sequence[int], is_answer: Sequence[bool]) -> float:
    """Log-probability of a whole answer given its question, in nats; arguments as above."""
    log_probs = token_log_probs(logits, tokens)
    return float(sum(p for p, counts in zip(log_probs, is_answer[1:], strict=True) if counts))


def dpo_loss(
    chosen: float, rejected: float, chosen_before: float, rejected_before: float, beta: float
) -> float:
    """The DPO loss of one preference, in nats.

    Args:
        chosen, rejected: log-probabilities of the better and the worse answer.
        chosen_before, rejected_before: the same under the model before alignment.
        beta: weight of the difference.

    Source: Rafailov et al. 2023, arXiv:2305.18290, equation 7.
    """
    margin = beta * ((chosen - chosen_before) - (rejected - rejected_before))
    return math.log1p(math.exp(-margin)) if margin > 0 else math.log1p(math.exp(margin)) - margin
