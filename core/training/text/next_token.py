"""Text's objective: read a piece of text, and at every token say which one comes next."""

from collections.abc import Iterator
from typing import Self

from torch.nn.functional import cross_entropy

from core.architecture.transformer import Transformer
from core.data.dataset import Dataset, batch
from core.training.loop import Objective, StepReport, Trainer
from core.training.precision import DTYPES, multiplying_in, precision_of
from core.training.settings import TrainingSettings
from core.training.updating import hidden_matrices


class NextToken(Objective[Transformer, TrainingSettings]):
    """Predicting the next token, measured by its surprise in nats.

    Args:
        model: changed in place.
        dataset: tokens to learn from.
        precision: of matrix products, as in TrainingSettings; it stays for the whole run.
    """

    def __init__(self, model: Transformer, dataset: Dataset, precision: str = "auto") -> None:
        super().__init__(model)
        self.dataset = dataset
        self.precision = precision_of(precision)
        self.dtype = DTYPES[self.precision]

    def gradient(self, settings: TrainingSettings, step: int) -> float:
        """Mean surprise per token of a batch that seed and step determine, in nats."""
        n_context = self.model.config.n_context
        inputs, targets = batch(self.dataset, step, settings.seed, settings.n_batch, n_context)
        with multiplying_in(self.precision):
            logits = self.model(inputs)  # (B, T) -> (B, T, V)
        loss = cross_entropy(logits.flatten(0, 1), targets.flatten())
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.item()

    def n_read(self, settings: TrainingSettings) -> int:
        """Tokens per step."""
        return settings.n_batch * self.model.config.n_context

    def stacked(self) -> dict[str, int]:
        """One weight produces queries, keys and values; see `stacked_matrices`."""
        return stacked_matrices(self.model)

    def afresh(self) -> Self:
        """The same text asked of another model of this plan."""
        return type(self)(Transformer(self.model.config), self.dataset, self.precision)


def stacked_matrices(model: Transformer) -> dict[str, int]:
    """Weights that stack several matrices of the same size: how many, by name.

    One weight produces queries, keys and values. If heads share keys and values, the queries make
    up as many such matrices as there are heads sharing one.
    """
    config = model.config
    n_stacked = config.n_heads // config.n_kv_heads + 2
    return {name: n_stacked for name in hidden_matrices(model) if name.endswith("qkv.weight")}


def trainer_of(
    model: Transformer, dataset: Dataset, settings: TrainingSettings
) -> Trainer[Transformer, TrainingSettings]:
    """A trainer that teaches `model` the next token of `dataset`."""
    return Trainer(NextToken(model, dataset, settings.precision), settings)


def train(model: Transformer, dataset: Dataset, settings: TrainingSettings) -> Iterator[StepReport]:
    """Train `model` in place and report every step.

    Args:
        model: changed in place; when no more reports are requested, it stays as it is.
        dataset: what it learns from.
        settings: how to train.

    Yields:
        One report per step; the last one says so if the run diverged.
    """
    trainer = trainer_of(model, dataset, settings)
    while not trainer.finished:
        yield trainer.advance()
