"""What a model can do right now: its loss on unseen text, and what it writes.

Every look uses the same unseen sequences, the same prompt and the same draws, so that two looks
differ by the weights alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from core.architecture.transformer import Transformer
from core.data.bpe import Encoder
from core.data.dataset import Dataset
from core.training.settings import TrainingSettings


def validation_sequences(dataset: Dataset, n_sequences: int, n_context: int) -> Tensor:
    """Evenly spread sequences of held-out text, always the same ones.

    Args:
        dataset: its validation stream is used.
        n_sequences: at most so many; fewer if the stream is short.
        n_context: tokens the model reads at once.

    Returns:
        (B, T+1) token ids: T inputs and, shifted by one, T targets. A stream shorter than
        T+1 gives one shorter sequence.
    """
    stream = torch.from_numpy(dataset.validation.astype("int64"))  # (M,)
    length = min(n_context + 1, len(stream))
    n_sequences = max(1, min(n_sequences, len(stream) // length))
    starts = [i * (len(stream) - length) // max(1, n_sequences - 1) for i in range(n_sequences)]
    return torch.stack([stream[start : start + length] for start in starts])


@torch.no_grad()
def mean_loss(model: Transformer, sequences: Tensor) -> float:
    """Mean surprise per token in nats on (B, T+1) token ids."""
    logits = model(sequences[:, :-1])  # (B, T, V)
    return cross_entropy(logits.flatten(0, 1), sequences[:, 1:].flatten()).item()
