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
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from core.architecture.transformer import Transformer
from core.data.dataset import Dataset, batch
from core.training.optimizers import Muon, adamw
from core.training.precision import DTYPES, multiplying_in, precision_of
from core.training.schedule import rate_share
from core.training.settings import TrainingSettings


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


def hidden_matrices(model: nn.Module) -> dict[str, nn.Parameter]:
    """The weights that turn one vector inside the model into another, by name.

    Excluded: embeddings and the output head (tables, one row per token) and everything
    one-dimensional (norms, biases).
    """
    return {
        name: weight
        for name, weight in model.named_parameters()
        if name.startswith("blocks.") and weight.ndim == 2
    }


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
        self.muon: Muon | None = None
        matrices: dict[str, nn.Parameter] = {}
        if settings.optimizer == "muon":
            matrices = hidden_matrices(model)
            self.muon = Muon(
                matrices,
                stacked_matrices(model),
                weight_decay=settings.weight_decay,
                dtype=DTYPES[self.precision],
            )
        self.others = {n: p for n, p in model.named_parameters() if n not in matrices}
        self.adamw = adamw(self.others.values(), settings.learning_rate)

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
        gradient_norm = self._clip()

        self.diverged = not (math.isfinite(loss.item()) and math.isfinite(gradient_norm))
        learning_rate = self._update() if not self.diverged else 0.0
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

    def _clip(self) -> float:
        """Shorten a gradient that is too long; returns its length before that."""
        limit = self.settings.clip_norm or math.inf
        return float(nn.utils.clip_grad_norm_(self.model.parameters(), limit))

    def _update(self) -> float:
        """Update every weight; returns the hidden matrices' learning rate."""
        settings = self.settings
        share = rate_share(
            self.step, settings.n_steps, settings.n_warmup_steps, settings.decay_share
        )
        learning_rate = share * settings.learning_rate
        if self.muon is None:
            self.adamw.param_groups[0]["lr"] = learning_rate
        else:
            self.muon.step(learning_rate)
            self.adamw.param_groups[0]["lr"] = share * settings.embedding_learning_rate
        self.adamw.step()
        self.step += 1
        return learning_rate

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
        tensors = {f"model.{n}": p.detach() for n, p in self.model.named_parameters()}
        if self.muon is not None:
            tensors |= {f"muon.{n}": v for n, v in self.muon.velocities.items()}
        for name, weight in self.others.items():
            for key, value in self.adamw.state[weight].items():
                tensors[f"adamw.{key}.{name}"] = value
        return tensors

    @torch.no_grad()
    def restore(self, tensors: Mapping[str, Tensor], step: int) -> None:
        """Load what `tensors` returned, at the step it was taken."""
        self.step = step
        for name, weight in self.model.named_parameters():
            weight.copy_(tensors[f"model.{name}"])
        if self.muon is not None:
            for name, velocity in self.muon.velocities.items():
                velocity.copy_(tensors[f"muon.{name}"])
        for key, value in tensors.items():
            if key.startswith("adamw."):
                _, state_name, name = key.split(".", 2)
                self.adamw.state[self.others[name]][state_name] = value.clone()


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
