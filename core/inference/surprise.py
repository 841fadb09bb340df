"""Surprise: how little the model expected each token of a text it is shown."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from core.architecture.transformer import Transformer
from core.inference.generate import window_start


@torch.inference_mode()
def token_losses(model: Transformer, tokens: Sequence[int]) -> Tensor:
    """The loss of every token but the first: minus the log of the probability it had.

    A text longer than the context is read in overlapping windows, by the rule that writing
    follows (`window_start`): every token is expected from what a writing model would have seen.

    Args:
        model: reads; it is not changed.
        tokens: T token ids.

    Returns:
        (T - 1,) losses in nats; entry i belongs to token i + 1. Divide by ln 2 for bits.

    Source: Shannon 1948, "A Mathematical Theory of Communication", section 6.
    """
    n_context = model.config.n_context
    losses: list[Tensor] = []
    n_done = 0  # losses so far; the next token to expect is n_done + 1
    while n_done < len(tokens) - 1:
        # The window in which token n_done + 1 is expected, up to where the next one opens.
        start = window_start(n_done + 1, n_context)
        end = min(len(tokens) - 1, start + n_context)
        read = torch.tensor([tokens[start:end]])  # (1, T)
        expected = torch.tensor(tokens[n_done + 1 : end + 1])
        logits: Tensor = model(read)[0, n_done - start :]  # (T, V)
        losses.append(F.cross_entropy(logits, expected, reduction="none"))
        n_done = end
    return torch.cat(losses) if losses else torch.zeros(0)
