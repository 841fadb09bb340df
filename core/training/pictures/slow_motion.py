"""One step of training in slow motion: a picture, noise, what the model makes of both, the error.

The same functions as in training compute it; only the moments are chosen instead of drawn.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.architecture.pictures.denoiser import Denoiser
from core.data.pictures.drawing.painting import Pixels
from core.data.pictures.tensors import scaled_levels, to_pixels
from core.inference.pictures.model import PictureModel
from core.inference.pictures.schedules import Ends, ends_of, mixed
from core.training.pictures.objective import Question, squared_error

RATE: Final = 0.03
"""The learning rate of the correction that is shown."""


@dataclass(frozen=True)
class SlowMoment:
    """What happens when the model is asked at one moment of noise.

    Args:
        time: share of noise, from 0 to 1.
        noisy: (S, S, 3) the mixture that the model sees.
        guess: (S, S, 3) the picture that its answer implies.
        error: (S, S) difference of guess and picture, mean over the colours, in grey levels.
        loss: squared error of the answer, as training counts it.
        loss_after: the same after one step down the gradient of this very question.
    """

    time: float
    noisy: Pixels
    guess: Pixels
    error: npt.NDArray[np.float32]
    loss: float
    loss_after: float


def slow_motion(
    model: PictureModel, picture: Pixels, caption: str, times: Sequence[float], seed: int = 0
) -> list[SlowMoment]:
    """The same picture, caption and noise at several moments.

    Args:
        model: that is asked; it stays as it is, updates are made on copies.
        picture: (S, S, 3) grey levels.
        caption: of the picture.
        times: moments, each in (0, 1).
        seed: of the noise.
    """
    size = model.size
    levels = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None]
    noise = torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(seed))
    pictures, captions = scaled_levels(levels), model.rows([caption])
    return [
        _moment(model, Question(pictures, noise, torch.tensor([time]), captions)) for time in times
    ]


def _moment(model: PictureModel, question: Question) -> SlowMoment:
    ends = Ends(question.pictures, question.noise)
    noisy = mixed(model.way, ends, question.time)  # (1, 3, S, S)
    with torch.no_grad():
        answer = model.denoiser(noisy, question.time, question.captions)
        guess = ends_of(model.objective, answer, noisy, question.time).picture
    shown, true = to_pixels(guess)[0], to_pixels(question.pictures)[0]
    error = np.abs(shown.astype(np.float32) - true.astype(np.float32)).mean(axis=2)
    before, after = _corrected(model, question)
    time = float(question.time[0])
    return SlowMoment(time, to_pixels(_visible(noisy))[0], shown, error, before, after)


def _visible(noisy: Tensor) -> Tensor:
    """Noise reaches beyond black and white; what a screen can show is cut off there."""
    return noisy.clamp(-1.0, 1.0)


def _corrected(model: PictureModel, question: Question) -> tuple[float, float]:
    """The loss before and after a step straight down its gradient, made on a copy.

    Training itself takes larger steps, which serve many questions at once and not just this one.
    """
    learner: Denoiser = copy.deepcopy(model.denoiser).train().requires_grad_()
    loss = squared_error(learner, model.objective, question)
    loss.backward()  # type: ignore[no-untyped-call]
    with torch.no_grad():
        for weight in learner.parameters():
            if weight.grad is not None:
                weight.sub_(weight.grad, alpha=RATE)
        after = squared_error(learner, model.objective, question)
    return loss.item(), after.item()
