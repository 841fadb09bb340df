"""Pictures' objective: mix a picture with noise, and let the model say which way leads back."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Self, cast

import torch
from torch import Tensor

from core.architecture.pictures.autoencoder import Autoencoder
from core.architecture.pictures.denoiser import EMPTY, PADDING, Denoiser
from core.data.pictures.collecting.corpus import Corpus
from core.data.pictures.tensors import scaled_levels
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.inference.pictures.schedules import Objective as Asked
from core.training.loop import Objective
from core.training.parts import add_up, differentiated
from core.training.pictures.objective import Question, chance_of, draw_times, squared_error
from core.training.pictures.settings import PictureTrainingSettings
from core.training.updating import hidden_matrices

N_ENCODED_AT_ONCE = 64
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
        n = settings.n_batch
        rows = torch.randint(len(self.levels), (n,), generator=chance)
        times = draw_times(n, cast(Asked, settings.objective), chance)
        left_out = torch.rand(n, generator=chance) < settings.empty_share
        captions = self.captions[rows]
        captions[left_out] = PADDING
        captions[left_out, 0] = EMPTY
        noise = torch.randn(n, *self.levels.shape[1:], generator=chance)
        return Question(self.pictures(rows), noise, times, captions)

    def pictures(self, rows: Tensor) -> Tensor:
        """Some of the pages as the model reads them: (B, 3, S, S) from -1 to 1."""
        return scaled_levels(self.levels[rows])


class LatentPages(Pages):
    """The same with the latents of the pages in place of their pixels.

    Args:
        levels: (N, Z, S/8, S/8) latents, each number varying by about 1.
        captions: (N, L) ids.
    """

    def pictures(self, rows: Tensor) -> Tensor:
        """Some of the latents: (B, Z, S/8, S/8)."""
        return self.levels[rows]

    @classmethod
    @torch.no_grad()
    def encoded(cls, pages: Pages, autoencoder: Autoencoder) -> "LatentPages":
        """Every page pressed through the encoder, once for all steps."""
        parts = [
            autoencoder.encode(scaled_levels(some))
            for some in torch.split(pages.levels, N_ENCODED_AT_ONCE)
        ]
        return cls(torch.cat(parts), pages.captions)


class Denoising(Objective[Denoiser, PictureTrainingSettings]):
    """Naming the direction from picture to noise, measured by the squared error of every value.

    Args:
        model: changed in place.
        pages: what it learns from.

    A step is computed in parts of `n_part` pictures, which several threads may share.
    Beside the model an average of its weights is kept, which draws better than the last ones.
    Source: Polyak and Juditsky 1992, "Acceleration of Stochastic Approximation by Averaging";
        for denoisers Ho et al. 2020, arXiv:2006.11239, appendix B.
    """

    shares_out = True

    def __init__(self, model: Denoiser, pages: Pages) -> None:
        super().__init__(model)
        self.average = copy.deepcopy(model).eval()
        self.pages = pages

    def gradient(self, settings: PictureTrainingSettings, step: int) -> float:
        """Mean squared error of a question that seed and step determine."""
        return self.gradient_of(self.pages.question(settings, step), settings)

    def gradient_of(self, question: Question, settings: PictureTrainingSettings) -> float:
        """The same of a given question, (B, ...): its parts, added up in their order."""
        n_batch, n_part = settings.n_batch, settings.n_part
        weights = list(self.model.parameters())
        parts = [
            partial(self._of_part, settings, question.part(first, n_part))
            for first in range(0, n_batch, n_part)
        ]
        found = differentiated(weights, parts)
        add_up(weights, found)
        return sum(part.loss.item() for part in found)

    def _of_part(self, settings: PictureTrainingSettings, part: Question) -> tuple[Tensor, None]:
        """What a part of the step adds to the loss."""
        share = len(part.time) / settings.n_batch
        return share * squared_error(self.model, settings.objective, part), None

    def n_read(self, settings: PictureTrainingSettings) -> int:
        """Pictures per step."""
        return settings.n_batch

    def stacked(self) -> dict[str, int]:
        """Queries, keys and values of a picture, and keys and values of a caption."""
        names = hidden_matrices(self.model)
        return {name: 3 for name in names if name.endswith("qkv.weight")} | {
            name: 2 for name in names if name.endswith(".kv.weight")
        }

    def afresh(self) -> Self:
        """The same pages asked of another denoiser of this plan."""
        return type(self)(Denoiser(self.model.config, seed=None), self.pages)

    @torch.no_grad()
    def updated(self, settings: PictureTrainingSettings, step: int) -> None:
        """Move the average towards the weights."""
        memory = min(settings.memory, step / (step + FIRST_MEMORY - 1))
        average: list[Tensor] = list(self.average.parameters())
        weights: list[Tensor] = list(self.model.parameters())
        torch._foreach_lerp_(average, weights, 1.0 - memory)

    def tensors(self) -> dict[str, Tensor]:
        """The average, by name."""
        return {f"average.{n}": p.detach() for n, p in self.average.named_parameters()}

    @torch.no_grad()
    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `tensors` returned."""
        for name, weight in self.average.named_parameters():
            weight.copy_(tensors[f"average.{name}"])
