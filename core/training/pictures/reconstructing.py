"""Training an autoencoder: draw pages, press them through the narrow place, measure what is lost.

No page is seen twice, and every batch is a pure function of seed and step: the same settings give
the same weights, bit for bit, on processors of one kind.
"""

import copy
import math
from dataclasses import dataclass
from random import Random
from typing import ClassVar, Final

import numpy as np
import torch
from torch import Tensor, nn

from core.architecture.pictures.autoencoder import Autoencoder
from core.data.pictures.collecting.sampling import draw_scene
from core.data.pictures.collecting.settings import PictureSettings
from core.data.pictures.drawing.painting import Pixels, draw_shifts, paint
from core.data.pictures.tensors import to_tensor
from core.settings import Checked
from core.training.optimizers import adamw
from core.training.pictures.objective import SEEDS_APART, chance_of
from core.training.schedule import rate_share

FIRST_MEMORY: Final = 10  # the average forgets the first steps soon
N_TO_SCALE: Final = 1024  # pages on which middle and spread of the latents are measured


@dataclass(frozen=True)
class ReconstructionSettings(Checked):
    """One run. A step is one update of all weights.

    Args (and the unit of each):
        n_steps: planned updates; the learning rate reaches 0 with the last one.
        n_batch: pages per step.
        learning_rate: peak rate.
        n_warmup_steps: the rate rises from 0 to its peak over these steps.
        decay_share: final share of the planned steps during which the rate falls to 0.
        clip_norm: gradients longer than this are shortened to it.
        edge_weight: of the error of differences between neighbouring pixels.
        prior_weight: of the latents' distance from the standard normal distribution.
        memory: share of the averaged weights kept in a step; the result is the average.
        seed: draws the pages and the noise on latents.
    """

    told_as: ClassVar[str] = "is no setting of an autoencoder's training"

    n_steps: int = 2400
    n_batch: int = 32
    learning_rate: float = 0.002
    n_warmup_steps: int = 50
    decay_share: float = 0.5
    clip_norm: float = 1.0
    edge_weight: float = 1.0
    prior_weight: float = 0.0005
    memory: float = 0.995
    seed: int = 1

    def __post_init__(self) -> None:
        self.must_lie(1, 10_000_000, "n_steps")
        self.must_lie(1, 1024, "n_batch")
        self.must_lie(0, 10_000_000, "n_warmup_steps")
        self.must_lie(0, 2**53, "seed")
        self.must_lie(1e-9, 10.0, "learning_rate")
        self.must_lie(0.0, 1.0, "decay_share")
        self.must_lie(0.0, 1e6, "clip_norm", "edge_weight", "prior_weight")
        self.must_lie(0.0, 0.9999, "memory")


@dataclass(frozen=True)
class Lost:
    """What an autoencoder loses, each a tensor without dimensions.

    Args:
        pixels: mean absolute error, in parts of the half range of 127.5 grey levels.
        edges: the same of the differences between neighbouring pixels.
        prior: nats a latent number, Kullback-Leibler divergence from the standard normal.
    """

    pixels: Tensor
    edges: Tensor
    prior: Tensor

    def total(self, settings: ReconstructionSettings) -> Tensor:
        """What is made small."""
        return self.pixels + settings.edge_weight * self.edges + settings.prior_weight * self.prior


def lost(model: Autoencoder, pictures: Tensor, noise: Tensor) -> Lost:
    """What is lost of pictures whose latents are drawn from where the encoder says they lie.

    Args:
        model: that is asked.
        pictures: (B, 3, S, S) from -1 to 1.
        noise: (B, Z, S/8, S/8) standard normal.

    Source: Kingma & Welling 2013, arXiv:1312.6114, equation 10 and appendix B; the absolute error
        instead of the squared one keeps edges sharper, and so does the term for edges, where
        Stable Diffusion's has a perceptual and an adversarial one.
    """
    mean, log_variance = model.distribution(pictures)
    found = model.decode_unscaled(mean + (0.5 * log_variance).exp() * noise)
    prior = 0.5 * (mean.square() + log_variance.exp() - 1.0 - log_variance)
    off = found - pictures
    edges = off.diff(dim=2).abs().mean() + off.diff(dim=3).abs().mean()
    return Lost(off.abs().mean(), edges, prior.mean())


def pages_of(book: PictureSettings, n: int, seed: int) -> Pixels:
    """So many pages by chance, (n, size, size, 3); the same from the same seed."""
    random = Random(seed)
    scenes = [draw_scene(book, random) for _ in range(n)]
    return np.stack([paint(one, book.size, draw_shifts(one, random)) for one in scenes])


class ReconstructionTrainer:
    """An autoencoder, its average, its optimiser and the step they have reached.

    Args:
        model: changed in place.
        book: whose pages it learns from.
        settings: the requested settings.
    """

    def __init__(
        self, model: Autoencoder, book: PictureSettings, settings: ReconstructionSettings
    ) -> None:
        # All channels of a place together: so a CPU convolves faster.
        self.model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(model).eval()
        self.book, self.settings, self.step = book, settings, 0
        self.optimizer = adamw(model.parameters(), settings.learning_rate)

    def advance(self) -> Lost:
        """One step: pages, what is lost of them, gradient, update.

        Always on one thread: several would add the gradients up in another order.
        """
        n_threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            return self._advance()
        finally:
            torch.set_num_threads(n_threads)

    def _advance(self) -> Lost:
        settings = self.settings
        seed = settings.seed * SEEDS_APART + self.step
        pictures = to_tensor(pages_of(self.book, settings.n_batch, seed))
        config = self.model.config
        noise = torch.randn(
            (settings.n_batch, config.n_latents, config.side, config.side),
            generator=chance_of(settings.seed, self.step),
        )
        self.model.zero_grad(set_to_none=True)
        found = lost(self.model, pictures.contiguous(memory_format=torch.channels_last), noise)
        found.total(settings).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), settings.clip_norm or math.inf)
        share = rate_share(
            self.step, settings.n_steps, settings.n_warmup_steps, settings.decay_share
        )
        self.optimizer.param_groups[0]["lr"] = share * settings.learning_rate
        self.optimizer.step()
        self.step += 1
        self._remember()
        return found

    def finish(self) -> Autoencoder:
        """The average, its latents scaled by what many new pages measure."""
        with torch.no_grad():
            pages = to_tensor(pages_of(self.book, N_TO_SCALE, self.settings.seed - 1))
            means = [self.average.distribution(some)[0] for some in torch.split(pages, 64)]
        self.average.scale_by(torch.cat(means))
        return self.average

    @torch.no_grad()
    def _remember(self) -> None:
        """Move the average towards the weights."""
        memory = min(self.settings.memory, self.step / (self.step + FIRST_MEMORY - 1))
        average: list[Tensor] = list(self.average.parameters())
        weights: list[Tensor] = list(self.model.parameters())
        torch._foreach_lerp_(average, weights, 1.0 - memory)
