"""Surprise: how unexpected each token of a given text is to the model."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from core.architecture.transformer import Transformer
from core.inference.generate import window_start


@torch.inference_mode()
def token_losses(model: Transformer, tokens: Sequence[int]) -> Tensor:
    """The loss of every token but the first: the negative log of its probability.

    A text longer than the context window is read in overlapping windows, by the same rule as in
    generation (`window_start`): each token is predicted from what the model would have seen there.

    Args:
        model: reads; it is not changed.
        tokens: T token ids.

    Returns:
        (T - 1,) losses in nats; entry i belongs to token i + 1. Divide by ln 2 for bits.

    Source: Shannon 1948, "A Mathematical Theory of Communication", section 6.
    """
    losses: list[Tensor] = []
    for start, n_done, end in windows(len(tokens), model.config.n_context):
        read = torch.tensor([tokens[start:end]])  # (1, T)
        expected = torch.tensor(tokens[n_done + 1 : end + 1])
        logits: Tensor = model(read)[0, n_done - start :]  # (T, V)
        losses.append(F.cross_entropy(logits, expected, reduction="none"))
    return torch.cat(losses) if losses else torch.zeros(0)


def windows(n_tokens: int, n_context: int) -> Iterator[tuple[int, int, int]]:
    """The windows in which every token but the first is predicted once.

    Args:
        n_tokens: length of the text.
        n_context: tokens the model can look at together.

    Yields:
        start, n_done, end: tokens start .. end - 1 are read together, and from what is read at
        n_done .. end - 1 the tokens n_done + 1 .. end are predicted.
    """
    n_done = 0  # the next token to predict is n_done + 1
    while n_done < n_tokens - 1:
        # The window in which token n_done + 1 is predicted, up to where the next one begins.
        start = window_start(n_done + 1, n_context)
        end = min(n_tokens - 1, start + n_context)
        yield start, n_done, end
        n_done = end
