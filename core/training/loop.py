"""Training itself: ask the model, measure the error, correct every weight a little, repeat.

What is asked, and how the answer is measured, is the objective's: the next token for text
(`core.training.text.next_token`), a velocity for pictures (`core.training.pictures.denoising`).

The state between two steps is the weights, the optimisers' memory, what the objective remembers
and the step number, nothing else: what is asked is a pure function of seed and step, so a run that
is suspended and resumed continues bit for bit as if nothing had happened (on processors of one
kind).
"""

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, Self, TypeVar

import torch
from torch import Tensor, nn

from core.training.parts import computing_with, shared_out
from core.training.updating import Updates, UpdateSettings


class StepSettings(UpdateSettings, Protocol):
    """What the loop needs to know of a run's settings; explained there."""

    @property
    def n_batch(self) -> int: ...
    @property
    def seed(self) -> int: ...


M = TypeVar("M", bound=nn.Module)
S = TypeVar("S", bound=StepSettings)


@dataclass(frozen=True)
class StepReport:
    """The measurements from one step.

    Args (and the unit of each):
        step: updates so far, including this one.
        loss: mean error of this step's answers, before the update, in the objective's unit: nats
            per token, squared error per value.
        learning_rate: learning rate of the hidden matrices in this step.
        gradient_norm: norm of the whole gradient before clipping.
        n_read: tokens or pictures read in this step.
        seconds: duration of this step.
        diverged: the loss or the gradient is not finite; nothing was updated.
    """

    step: int
    loss: float
    learning_rate: float
    gradient_norm: float
    n_read: int
    seconds: float
    diverged: bool = False

    @property
    def read_per_s(self) -> float:
        """Tokens or pictures read per second in this step."""
        return self.n_read / self.seconds


class Objective(ABC, Generic[M, S]):
    """What a model is asked in a step, and how its answer is measured.

    Args:
        model: changed in place.
    """

    shares_out: ClassVar[bool] = False
    """Whether it computes a step in parts (core.training.parts); if so, the bits are the same with
    any number of threads."""

    dtype: torch.dtype = torch.float32  # of the optimiser's products of matrices

    def __init__(self, model: M) -> None:
        self.model = model

    @abstractmethod
    def gradient(self, settings: S, step: int) -> float:
        """Ask, and leave the gradient of the mean error in the weights; returns that error."""

    @abstractmethod
    def n_read(self, settings: S) -> int:
        """Tokens or pictures that one step reads."""

    @abstractmethod
    def stacked(self) -> Mapping[str, int]:
        """Weights that stack several matrices of the same size: how many, by name."""

    @abstractmethod
    def afresh(self) -> Self:
        """The same asked of another model of the same shape, for a rehearsal."""

    def updated(self, settings: S, step: int) -> None:  # most need nothing here
        """Called after each update, with the updates so far."""

    def tensors(self) -> dict[str, Tensor]:
        """What it remembers from step to step, by name."""
        return {}

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `tensors` returned."""


class Trainer(Generic[M, S]):
    """A model with its objective, its optimisers and the step they have reached.

    Args:
        objective: what the model is asked.
        settings: the requested settings; may be replaced between steps.
    """

    def __init__(self, objective: Objective[M, S], settings: S) -> None:
        self.objective = objective
        self.model = objective.model
        self.settings = settings
        self.step = 0
        self.diverged = False
        self.updates = Updates(self.model, settings, objective.stacked(), objective.dtype)

    @property
    def finished(self) -> bool:
        """Whether all planned steps are done, or training cannot continue."""
        return self.diverged or self.step >= self.settings.n_steps

    def advance(self) -> StepReport:
        """One step: question, error, gradient, update."""
        started = time.perf_counter()
        settings = self.settings
        with shared_out() if self.objective.shares_out else nullcontext():
            self.model.zero_grad(set_to_none=True)
            loss = self.objective.gradient(settings, self.step)
            gradient_norm = self.updates.clip(settings)

            self.diverged = not (math.isfinite(loss) and math.isfinite(gradient_norm))
            learning_rate = 0.0
            if not self.diverged:
                learning_rate = self.updates.apply(settings, self.step)
                self.step += 1
                self.objective.updated(settings, self.step)
        return StepReport(
            step=self.step,
            loss=loss,
            learning_rate=learning_rate,
            gradient_norm=gradient_norm,
            n_read=self.objective.n_read(settings),
            seconds=time.perf_counter() - started,
            diverged=self.diverged,
        )

    def same_with_threads(self, n_threads: int) -> bool:
        """Whether the next step, rehearsed on copies, ends in the same bits with so many threads.

        Several threads may add the parts of a sum in another order, and then the last bits differ.
        It depends on the processor, the library and the shapes, so it is tried.
        """
        ends = []
        for n in (1, n_threads):
            with computing_with(n):
                copy = Trainer(self.objective.afresh(), self.settings)
                copy.restore(self.tensors(), self.step)
                copy.advance()
                ends.append(copy.tensors())
        one, many = ends
        return all(torch.equal(value, many[name]) for name, value in one.items())

    def tensors(self) -> dict[str, Tensor]:
        """Everything learned or remembered, by name: the contents of a snapshot."""
        return self.updates.tensors() | self.objective.tensors()

    def restore(self, tensors: Mapping[str, Tensor], step: int) -> None:
        """Load what `tensors` returned, at the step it was taken."""
        self.step = step
        self.updates.restore(tensors)
        self.objective.restore(tensors)
