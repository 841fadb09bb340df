"""Direct preference optimisation for a model that draws: of two pictures the better one becomes
likelier.

How likely a picture is, a denoiser cannot say. But the better it removes noise from a picture, the
likelier that picture is to it: its squared error takes the place of the log-probability, with the
sign turned. Both pictures of a pair get the same noise at the same time, so that all they differ in
is what was preferred.

Source: Wallace et al. 2023, "Diffusion Model Alignment Using Direct Preference Optimization",
arXiv:2311.12908. There the model names the noise (DDPM); flow matching asks for the velocity, and
the same argument holds with its error. As in the authors' own training, the weighting of times
stays constant. We deviate in which times are asked for: what a page is about is settled while it is
still almost noise, and with a few dozen pairs there is no time for the rest.
"""

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from core.architecture.pictures.denoiser import Denoiser
from core.inference.pictures.schedules import (
    N_TABLE,
    WAY_OF,
    Ends,
    Objective,
    mixed,
    same_ratio,
    target,
)
from core.training.pictures.objective import Question


@dataclass(frozen=True)
class PicturePairs:
    """Pairs of pictures, each for one caption.

    Args:
        better, worse: (P, 3, S, S) from -1 to 1.
        captions: (P, L) ids.
    """

    better: Tensor
    worse: Tensor
    captions: Tensor

    def question(
        self,
        chosen: list[int],
        objective: str,
        chance: torch.Generator,
        least_noise: float = 0.0,
    ) -> Question:
        """What is asked about some pairs: 2 B rows, the better pictures, then the worse ones.

        Args:
            chosen: B places of pairs.
            objective: "velocity" or "noise".
            chance: draws times and noises; both pictures of a pair get the same.
            least_noise: the smallest share of noise that is asked for.
        """
        better, worse = self.better[chosen], self.worse[chosen]
        times = noisy_times(len(chosen), cast(Objective, objective), least_noise, chance)
        noise = torch.randn(better.shape, generator=chance)
        return Question(
            torch.cat((better, worse)),
            noise.repeat(2, 1, 1, 1),
            times.repeat(2),
            self.captions[chosen].repeat(2, 1),
        )


def noisy_times(
    n: int, objective: Objective, least_noise: float, chance: torch.Generator
) -> Tensor:
    """(n,) times with some share of noise or more, one from every n-th part of them, shuffled."""
    even = (torch.arange(n) + torch.rand(n, generator=chance)) / n
    even = even[torch.randperm(n, generator=chance)]
    straight = least_noise + (1.0 - least_noise) * even
    if objective == "velocity":
        return straight
    there = same_ratio(straight, "straight", "curved")  # the share of noise means the same there
    return ((there * N_TABLE).round().clamp(min=1.0)) / N_TABLE


def squared_errors(denoiser: Denoiser, objective: str, question: Question) -> Tensor:
    """How far the model's answer is from the right one, for each picture.

    Returns:
        (B,) sums of squares over all numbers of a picture; the less, the likelier the picture.
    """
    asked = cast(Objective, objective)
    ends = Ends(question.pictures, question.noise)
    noisy = mixed(WAY_OF[asked], ends, question.time)
    answer = denoiser(noisy, question.time, question.captions)
    errors: Tensor = (answer - target(asked, ends)).square().sum(dim=(1, 2, 3))
    return errors


def picture_dpo_loss(better: Tensor, worse: Tensor, beta: float) -> Tensor:
    """How little the model prefers what was preferred: -log sigmoid(-beta (better - worse)).

    Args:
        better: (B,) squared error on the better picture, minus the reference's on the same.
        worse: (B,) the same of the worse picture.
        beta: above 0. The larger, the sooner a pair counts as learned, and the nearer the model
            stays to its reference.

    Returns:
        () nats, mean over the pairs; log 2 where model and reference are the same.

    Source: Wallace et al. 2023, arXiv:2311.12908, equation 14, with beta for its beta T omega.
    """
    return -logsigmoid(-beta * (better - worse)).mean()


@torch.no_grad()
def reference_errors(reference: Denoiser, objective: str, question: Question) -> Tensor:
    """(2 B,) the errors of the model that does not change."""
    return squared_errors(reference, objective, question)


def pair_loss(
    model: Denoiser, reference: Tensor, objective: str, question: Question, beta: float
) -> tuple[Tensor, Tensor, Tensor]:
    """The loss of a model on pairs of pictures, and how far apart it holds each pair.

    DPO alone is content if the worse pictures become unlikely, whatever comes instead; the error on
    the better ones is returned so that it can be kept small as well.

    Args:
        model: is to learn.
        reference: (2 B,) what `reference_errors` gave for the same question.
        objective: what both were trained to answer.
        question: 2 B rows: the better pictures, then in the same order the worse ones.
        beta: as in `picture_dpo_loss`.

    Returns:
        () the loss in nats; (B,) beta times the difference: the pair's implicit reward; () the
        model's squared error on the better pictures, mean over the pairs.
    """
    errors = squared_errors(model, objective, question)  # (2 B,)
    better, worse = (errors - reference).chunk(2)  # (B,) each
    margins = -beta * (better - worse).detach()
    return picture_dpo_loss(better, worse, beta), margins, errors[: len(better)].mean()


def drift(model: Denoiser, reference: Denoiser, objective: str, question: Question) -> Tensor:
    """How far a model answers otherwise than its reference: the leash.

    Two drawings that start from one noise stay together as long as this is small: the divergence
    between what two denoisers draw is an integral of just this over time.

    Returns:
        () squared difference, summed over all numbers of a picture, mean over the pictures.

    Source: Song et al. 2021, "Maximum Likelihood Training of Score-Based Diffusion Models",
        arXiv:2101.09258, theorem 1; with equal weight for all times.
    """
    ends = Ends(question.pictures, question.noise)
    noisy = mixed(WAY_OF[objective], ends, question.time)
    with torch.no_grad():
        before = reference(noisy, question.time, question.captions)
    after = model(noisy, question.time, question.captions)
    moved: Tensor = (after - before).square().sum(dim=(1, 2, 3)).mean()
    return moved
