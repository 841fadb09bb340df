"""Training a denoiser: draw a question, measure the error, correct every weight a little, repeat.

The state between two steps is the weights, their average, the optimisers' memory and the step
number, nothing else: a question is a pure function of seed and step, so a run that is suspended and
resumed continues bit for bit as if nothing had happened (on processors of one kind).
"""

import copy
import math
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import cast

import torch
from torch import Tensor

from core.architecture.pictures.denoiser import EMPTY, PADDING, Denoiser
from core.data.pictures.collecting.corpus import Corpus
from core.data.pictures.tensors import scaled_levels
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.inference.pictures.schedules import Objective
from core.training.pictures.objective import Question, chance_of, draw_times, squared_error
from core.training.pictures.settings import PictureTrainingSettings
from core.training.updating import Updates, hidden_matrices

FIRST_MEMORY = 10  # the average forgets the first steps soon: after n steps it keeps n / (n + 9)


@dataclass(frozen=True)
class Pages:
    """A corpus as the trainer reads it.

    Args:
        levels: (N, 3, S, S) grey levels, uint8.
        captions: (N, L) ids.
    """

    levels: Tensor
    captions: Tensor

    @classmethod
    def of(cls, corpus: Corpus, encoder: CaptionEncoder, n_caption: int) -> "Pages":
        """From a corpus, decoded once."""
        captions = encoder.rows([entry.caption for entry in corpus.entries], n_caption)
        levels = torch.from_numpy(corpus.pictures).permute(0, 3, 1, 2).contiguous()
        return cls(levels, captions)

    def question(self, settings: PictureTrainingSettings, step: int) -> Question:
        """What is asked in a step, counted from 0: drawn from seed and step alone."""
        chance = chance_of(settings.seed, step)
        n, (_, _, S, _) = settings.n_batch, self.levels.shape
        rows = torch.randint(len(self.levels), (n,), generator=chance)
        times = draw_times(n, cast(Objective, settings.objective), chance)
        left_out = torch.rand(n, generator=chance) < settings.empty_share
        captions = self.captions[rows]
        captions[left_out] = PADDING
        captions[left_out, 0] = EMPTY
        noise = torch.randn(n, 3, S, S, generator=chance)
        return Question(scaled_levels(self.levels[rows]), noise, times, captions)


@dataclass(frozen=True)
class StepReport:
    """The measurements from one step.

    Args (and the unit of each):
        step: updates so far, including this one.
        loss: mean squared error of this step's answers, before the update.
        learning_rate: of the hidden matrices.
        gradient_norm: norm of the whole gradient before clipping.
        n_pictures: pictures read in this step.
        seconds: duration of this step.
        diverged: the loss or the gradient is not finite; nothing was updated.
    """

    step: int
    loss: float
    learning_rate: float
    gradient_norm: float
    n_pictures: int
    seconds: float
    diverged: bool = False


@cache
def _threads(n: int) -> ThreadPoolExecutor:
    """So many threads that take parts of a step, kept for the next step."""
    return ThreadPoolExecutor(n, thread_name_prefix="part-of-a-step")


def stacked_matrices(model: Denoiser) -> dict[str, int]:
    """Weights that stack several matrices of the same size: how many, by name."""
    names = hidden_matrices(model)
    return {name: 3 for name in names if name.endswith("qkv.weight")} | {
        name: 2 for name in names if name.endswith(".kv.weight")
    }


class PictureTrainer:
    """A denoiser, its average, its optimisers and the step they have reached.

    Args:
        model: changed in place.
        pages: what it learns from.
        settings: the requested settings; may be replaced between steps.

    Source of the average: Polyak and Juditsky 1992, "Acceleration of Stochastic Approximation by
        Averaging"; for denoisers Ho et al. 2020, arXiv:2006.11239, appendix B.
    """

    def __init__(self, model: Denoiser, pages: Pages, settings: PictureTrainingSettings) -> None:
        self.model = model
        self.average = copy.deepcopy(model).eval()
        self.pages = pages
        self.settings = settings
        self.step = 0
        self.diverged = False
        self.updates = Updates(model, settings, stacked_matrices(model))

    @property
    def finished(self) -> bool:
        """Whether all planned steps are done, or training cannot continue."""
        return self.diverged or self.step >= self.settings.n_steps

    def advance(self) -> StepReport:
        """One step: question, error, gradient, update.

        Of several threads each takes whole parts of the step, and computes them alone: so the bits
        are the same with any number of them.
        """
        n_threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            return self._advance(n_threads)
        finally:
            torch.set_num_threads(n_threads)

    def _advance(self, n_threads: int) -> StepReport:
        started = time.perf_counter()
        settings = self.settings
        question = self.pages.question(settings, self.step)
        self.model.zero_grad(set_to_none=True)
        loss = self._gradient(question, n_threads)
        gradient_norm = self.updates.clip(settings)
        self.diverged = not (math.isfinite(loss) and math.isfinite(gradient_norm))
        learning_rate = 0.0
        if not self.diverged:
            learning_rate = self.updates.apply(settings, self.step)
            self.step += 1
            self._remember()
        seconds = time.perf_counter() - started
        return StepReport(self.step, loss, learning_rate, gradient_norm, settings.n_batch,
                          seconds, self.diverged)  # fmt: skip

    def _gradient(self, question: Question, n_threads: int) -> float:
        """Leave the gradient of the whole step in the weights; returns the loss."""
        n_batch, n_part = self.settings.n_batch, self.settings.n_part
        parts = [question.part(first, n_part) for first in range(0, n_batch, n_part)]
        at_once = min(n_threads, len(parts))
        each = map if at_once == 1 else _threads(at_once).map
        total = 0.0
        for loss, gradients in each(self._gradient_of, parts):  # in order, whoever was first
            total += loss
            for weight, gradient in zip(self.model.parameters(), gradients, strict=True):
                if gradient is not None:
                    weight.grad = gradient if weight.grad is None else weight.grad + gradient
        return total

    def _gradient_of(self, part: Question) -> tuple[float, tuple[Tensor | None, ...]]:
        """What a part of the step adds to loss and gradient."""
        share = len(part.time) / self.settings.n_batch
        loss = share * squared_error(self.model, self.settings.objective, part)
        weights = list(self.model.parameters())
        return loss.item(), torch.autograd.grad(loss, weights, allow_unused=True)

    @torch.no_grad()
    def _remember(self) -> None:
        """Move the average towards the weights."""
        memory = min(self.settings.memory, self.step / (self.step + FIRST_MEMORY - 1))
        average: list[Tensor] = list(self.average.parameters())
        weights: list[Tensor] = list(self.model.parameters())
        torch._foreach_lerp_(average, weights, 1.0 - memory)

    def same_with_threads(self, n_threads: int) -> bool:
        """Whether the next step, rehearsed on copies, ends in the same bits with more threads."""
        ends, before = [], torch.get_num_threads()
        try:
            for n in (1, n_threads):
                torch.set_num_threads(n)
                rehearsal = Denoiser(self.model.config, seed=None)
                trainer = PictureTrainer(rehearsal, self.pages, self.settings)
                trainer.restore(self.tensors(), self.step)
                trainer.advance()
                ends.append(trainer.tensors())
        finally:
            torch.set_num_threads(before)
        one, many = ends
        return all(torch.equal(value, many[name]) for name, value in one.items())

    def tensors(self) -> dict[str, Tensor]:
        """Everything learned or remembered, by name: the contents of a snapshot."""
        average = {f"average.{n}": p.detach() for n, p in self.average.named_parameters()}
        return self.updates.tensors() | average

    @torch.no_grad()
    def restore(self, tensors: Mapping[str, Tensor], step: int) -> None:
        """Load what `tensors` returned, at the step it was taken."""
        self.step = step
        self.updates.restore(tensors)
        for name, weight in self.average.named_parameters():
            weight.copy_(tensors[f"average.{name}"])
