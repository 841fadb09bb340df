"""How the small models about limits read: rows of tokens, in batches that seed and step decide."""

from abc import abstractmethod
from typing import Final, Self

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from core.architecture.transformer import Transformer
from core.training.loop import Objective
from core.training.settings import TrainingSettings
from core.training.text.next_token import stacked_matrices

NOTHING: Final = -100  # a target that cross_entropy leaves out


def generator_at(settings: TrainingSettings, step: int) -> torch.Generator:
    """Draws what belongs to one step: the same for equal seeds, whatever came before."""
    return torch.Generator().manual_seed(settings.seed * 1_000_003 + step)


def drawn_rows(n: int, settings: TrainingSettings, step: int) -> Tensor:
    """(B,) which of `n` rows a step reads, each as likely as any other."""
    return torch.randint(n, (settings.n_batch,), generator=generator_at(settings, step))


class Asked(Objective[Transformer, TrainingSettings]):
    """What a small Transformer is asked at every step; a subclass says what, and what it reads."""

    @abstractmethod
    def loss(self, settings: TrainingSettings, step: int) -> Tensor:
        """() mean surprise over the batch that seed and step determine, in nats."""

    def gradient(self, settings: TrainingSettings, step: int) -> float:
        """The loss of one step, with its gradient left in the weights; in nats."""
        loss = self.loss(settings, step)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.item()

    def stacked(self) -> dict[str, int]:
        """One weight produces queries, keys and values."""
        return stacked_matrices(self.model)


class Reading(Asked):
    """Predicting the next token of rows, in nats.

    Args:
        model: changed in place.
        rows: (n, T + 1) what it reads; a row that stands there twice is read twice as often.
        targets: (n, T) what is predicted at each place, or NOTHING; None: every next token.
    """

    def __init__(self, model: Transformer, rows: Tensor, targets: Tensor | None = None) -> None:
        super().__init__(model)
        self.rows = rows
        self.targets = rows[:, 1:] if targets is None else targets

    def loss(self, settings: TrainingSettings, step: int) -> Tensor:
        """() mean surprise per predicted token of the rows that are drawn."""
        drawn = drawn_rows(len(self.rows), settings, step)
        logits = self.model(self.rows[drawn, :-1])  # (B, T, V)
        targets = self.targets[drawn]  # (B, T)
        return cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=NOTHING)

    def n_read(self, settings: TrainingSettings) -> int:
        """Tokens per step, those that fill up shorter rows included."""
        return settings.n_batch * self.targets.shape[1]

    def afresh(self) -> Self:
        """The same rows for another model of this plan."""
        return type(self)(Transformer(self.model.config), self.rows, self.targets)
