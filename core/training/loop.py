"""Training itself: read a batch, measure the error, correct every weight a little, repeat.

The state between two steps is the weights, the optimisers' memory and the step number, nothing
else: the batch is a pure function of seed and step, so a run that is suspended and resumed
continues bit for bit as if nothing had happened (on processors of one kind).
"""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from core.architecture.transformer import Transformer
from core.data.dataset import Dataset, batch
from core.training.precision import DTYPES, multiplying_in, precision_of
from core.training.settings import TrainingSettings
from core.training.updating import Updates, hidden_matrices


@dataclass(frozen=True)
class StepReport:
    """The measurements from one step.

    Args (and the unit of each):
        step: updates so far, including this one.
        loss_nats: mean surprise per token of this step's batch, before the update.
        bits_per_byte: the same in bits per byte of text; comparable between encoders.
        learning_rate: learning rate of the hidden matrices in this step.
        gradient_norm: norm of the whole gradient before clipping.
        n_tokens: tokens read in this step.
        seconds: duration of this step.
        diverged: the loss or the gradient is not finite; nothing was updated.
    """

    step: int
    loss_nats: float
    bits_per_byte: float
    learning_rate: float
    gradient_norm: float
    n_tokens: int
    seconds: float
    diverged: bool = False

    @property
    def tokens_per_s(self) -> float:
        """Tokens read per second in this step."""
        return self.n_tokens / self.seconds


def stacked_matrices(model: Transformer) -> dict[str, int]:
    """Weights that stack several matrices of the same size: how many, by name.

    One weight produces queries, keys and values. If heads share keys and values, the queries make
    up as many such matrices as there are heads sharing one.
    """
    config = model.config
    n_stacked = config.n_heads // config.n_kv_heads + 2
    return {name: n_stacked for name in hidden_matrices(model) if name.endswith("qkv.weight")}


class Trainer:
    """A model, its optimisers and the step they have reached.

    Args:
        model: changed in place.
        dataset: tokens to learn from and to be evaluated on.
        settings: the requested settings; may be replaced between steps.
    """

    def __init__(self, model: Transformer, dataset: Dataset, settings: TrainingSettings) -> None:
        self.model = model
        self.dataset = dataset
        self.settings = settings
        self.step = 0
        self.diverged = False
        self.precision = precision_of(settings.precision)
        stacked = stacked_matrices(model)
        self.updates = Updates(model, settings, stacked, DTYPES[self.precision])

    @property
    def finished(self) -> bool:
        """Whether all planned steps are done, or training cannot continue."""
        return self.diverged or self.step >= self.settings.n_steps

    def advance(self) -> StepReport:
        """One step: batch, loss, gradient, update."""
        started = time.perf_counter()
        settings = self.settings
        inputs, targets = batch(
            self.dataset, self.step, settings.seed, settings.n_batch, self.model.config.n_context
        )  # (B, T), (B, T)

        with multiplying_in(self.precision):
            logits = self.model(inputs)  # (B, T, V)
        loss = cross_entropy(logits.flatten(0, 1), targets.flatten())  # nats per token
        self.model.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        gradient_norm = self.updates.clip(settings)

        self.diverged = not (math.isfinite(loss.item()) and math.isfinite(gradient_norm))
        learning_rate = 0.0
        if not self.diverged:
            learning_rate = self.updates.apply(settings, self.step)
            self.step += 1
        return StepReport(
            step=self.step,
            loss_nats=loss.item(),
            bits_per_byte=self.dataset.bits_per_byte(loss.item(), "train"),
            learning_rate=learning_rate,
            gradient_norm=gradient_norm,
            n_tokens=inputs.numel(),
            seconds=time.perf_counter() - started,
            diverged=self.diverged,
        )

    def same_with_threads(self, n_threads: int) -> bool:
        """Whether the next step, rehearsed on copies, ends in the same bits with so many threads.

        Several threads may add the parts of a sum in another order, and then the last bits differ.
        It depends on the processor, the library and the shapes, so it is tried.
        """
        ends, before = [], torch.get_num_threads()
        try:
            for n in (1, n_threads):
                torch.set_num_threads(n)
                copy = Trainer(Transformer(self.model.config), self.dataset, self.settings)
                copy.restore(self.tensors(), self.step)
                copy.advance()
                ends.append(copy.tensors())
        finally:
            torch.set_num_threads(before)
        one, many = ends
        return all(torch.equal(value, many[name]) for name, value in one.items())

    def tensors(self) -> dict[str, Tensor]:
        """Everything learned or remembered, by name: the contents of a snapshot."""
        return self.updates.tensors()

    def restore(self, tensors: Mapping[str, Tensor], step: int) -> None:
        """Load what `tensors` returned, at the step it was taken."""
        self.step = step
        self.updates.restore(tensors)


def train(model: Transformer, dataset: Dataset, settings: TrainingSettings) -> Iterator[StepReport]:
    """Train `model` in place and report every step.

    Args:
        model: changed in place; when no more reports are requested, it stays as it is.
        dataset: what it learns from.
        settings: how to train.

    Yields:
        One report per step; the last one says so if the run diverged.
    """
    trainer = Trainer(model, dataset, settings)
    while not trainer.finished:
        yield trainer.advance()
