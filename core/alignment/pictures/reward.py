"""A reward model of pictures: from clicks on the better of two, it learns to give any one a reward.

The denoiser itself looks at a picture, without a caption; what it has made of the patches, summed
up in some hundred numbers, times a row that is learned, is the reward. Only the row learns, so a
few dozen clicks are enough, and it takes less than a second. It never sees the caption: a reward
can be had by a picture that shows nothing of what was asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import safetensors.torch
import torch
from torch import Tensor

from core.alignment.pictures.preferring import PicturePreference
from core.alignment.preferring.reward import bradley_terry_loss
from core.architecture.pictures.denoiser import EMPTY
from core.architecture.weights import description_of, packed, unreadable
from core.data.pictures.drawing.painting import Pixels
from core.data.pictures.tensors import to_tensor
from core.errors import TooFewChoices
from core.inference.pictures.model import PictureModel
from core.intervals import share_interval

KIND: Final = "picture_reward"  # what its file says it is
FEWEST: Final = 10  # choices below which nothing is learned
N_PARTS: Final = 5  # every choice is examined once, by a row that learned from the other parts
LITTLE_NOISE: Final = 0.1  # the share at which the denoiser looks at a picture
PULL: Final = 0.02  # of all weights towards 0, beside the loss in nats
N_STEPS: Final = 40  # of Newton's kind: each looks at all choices
AT_ONCE: Final = 32  # pictures looked at together
AMOUNTS: Final = (10, 20, 30, 50)  # choices at which a learning curve is read off


def seen_by(model: PictureModel, pictures: Tensor) -> Tensor:
    """What a denoiser makes of pictures that it is shown with little noise and without a caption.

    Args:
        model: is not changed; gradients flow through it.
        pictures: (B, 3, S, S) from -1 to 1.

    Returns:
        (B, 2 C) mean over the patches of what they became, and how far they differ.
    """
    n = len(pictures)
    words = model.denoiser.read_words(torch.full((n, 1), EMPTY))
    noisy = (1.0 - LITTLE_NOISE) * pictures  # the noise itself is left out: equal for all
    vectors = model.denoiser.vectors(noisy, torch.full((n,), LITTLE_NOISE), words)  # (B, N, C)
    return torch.cat((vectors.mean(dim=1), vectors.std(dim=1)), dim=1)


@torch.no_grad()
def features(model: PictureModel, pictures: Sequence[Pixels]) -> Tensor:
    """(B, 2 C) of pictures as pixels; see `seen_by`."""
    parts = [np.stack(pictures[k : k + AT_ONCE]) for k in range(0, len(pictures), AT_ONCE)]
    return torch.cat([seen_by(model, to_tensor(part)) for part in parts])


@dataclass(frozen=True)
class PictureReward:
    """What gives pictures a reward.

    Args:
        mean, scale: (F,) by which features are brought to one size.
        row: (F,) what is learned.
    """

    mean: Tensor
    scale: Tensor
    row: Tensor

    def of(self, seen: Tensor) -> Tensor:
        """(B, F) features -> (B,) rewards, without a unit: only differences mean something."""
        rewards: Tensor = ((seen - self.mean) / self.scale) @ self.row
        return rewards

    def to_bytes(self, about: dict[str, Any] | None = None) -> bytes:
        """As a safetensors file."""
        told = {"model": KIND, "config": {}, "metadata": dict(about or {})}
        tensors = {"mean": self.mean, "scale": self.scale, "row": self.row}
        return packed(tensors, told, "float32")

    @classmethod
    def from_bytes(cls, data: bytes) -> "PictureReward":
        """The inverse; the bytes may come from anywhere.

        Raises:
            UnreadableWeights: they are damaged, or no reward of pictures.
        """
        if description_of(data).get("model") != KIND:
            raise unreadable("this is no reward model of pictures")
        try:
            found = safetensors.torch.load(data)
        except (safetensors.SafetensorError, ValueError, KeyError) as error:
            raise unreadable("the tensors are damaged") from error
        names = ("mean", "scale", "row")
        if set(found) != set(names) or len({tensor.shape for tensor in found.values()}) != 1:
            raise unreadable("the parts of the reward do not fit each other")
        if any(tensor.dim() != 1 or not tensor.isfinite().all() for tensor in found.values()):
            raise unreadable("a part of the reward holds values that are not numbers")
        return cls(found["mean"], found["scale"], found["row"])


def learned(better: Tensor, worse: Tensor) -> tuple[PictureReward, list[float]]:
    """The row that makes the choices least surprising, and the loss at every step.

    Args:
        better, worse: (P, F) features of the two pictures of every pair.

    Returns:
        The reward; P >= 1 losses in nats, without the pull towards 0.

    Source: Bradley and Terry 1952, "Rank Analysis of Incomplete Block Designs"; as a loss for
        rewards: Ouyang et al. 2022, arXiv:2203.02155, equation 1; for pictures: Kirstain et al.
        2023, "Pick-a-Pic", arXiv:2305.01569.
    """
    both = torch.cat((better, worse))
    mean, scale = both.mean(dim=0), both.std(dim=0).clamp(min=1e-4)
    apart = (better - worse) / scale  # (P, F)
    row = torch.zeros(apart.shape[1], requires_grad=True)
    losses: list[float] = []
    steps = torch.optim.LBFGS([row], lr=0.5, max_iter=1, history_size=10)

    def surprise() -> Tensor:
        """The loss with its pull towards 0; leaves its gradient in the row."""
        steps.zero_grad()
        loss = bradley_terry_loss(apart @ row, torch.zeros(len(apart)))
        (loss + PULL * row.square().sum() / 2).backward()  # type: ignore[no-untyped-call]
        return loss

    for _ in range(N_STEPS):
        losses.append(float(steps.step(surprise).detach()))  # type: ignore[no-untyped-call]
    return PictureReward(mean, scale, row.detach()), losses


@dataclass(frozen=True)
class Accuracy:
    """How often a reward agrees with choices that it did not learn from.

    Args:
        n: choices there were: all but a fifth were learned from, each was examined once.
        n_right: of them the reward puts the better picture first.
    """

    n: int
    n_right: int

    @property
    def share(self) -> float:
        """Of the choices."""
        return self.n_right / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """The ends of its 95 % interval."""
        return share_interval(self.n_right, self.n)

    @property
    def beats_a_coin(self) -> bool:
        """Whether it is surely more often right than a tossed coin."""
        return self.interval[0] > 0.5


def examined(better: Tensor, worse: Tensor) -> Accuracy:
    """Every choice examined once, by a row learned from the four fifths it is not in."""
    n, n_right = len(better), 0
    for part in range(N_PARTS):
        held = torch.arange(n) % N_PARTS == part
        if held.any():
            reward, _ = learned(better[~held], worse[~held])
            n_right += int((reward.of(better[held]) > reward.of(worse[held])).sum())
    return Accuracy(n, n_right)


@dataclass(frozen=True)
class Taught:
    """A reward model with its exam.

    Args:
        reward: learned from all choices.
        losses: at every step, in nats.
        accuracies: after the first choices, and after all of them.
    """

    reward: PictureReward
    losses: Sequence[float]
    accuracies: Sequence[Accuracy]


def taught(model: PictureModel, preferences: Sequence[PicturePreference]) -> Taught:
    """Learn a reward from choices, and examine it after more and more of them.

    Raises:
        TooFewChoices: there are fewer than FEWEST.
    """
    n = len(preferences)
    if n < FEWEST:
        raise TooFewChoices(f"{n} choices are too few", n=n, needed=FEWEST)
    better = features(model, [one.better for one in preferences])
    worse = features(model, [one.worse for one in preferences])
    reward, losses = learned(better, worse)
    amounts = [*(amount for amount in AMOUNTS if amount < n), n]
    return Taught(reward, losses, [examined(better[:k], worse[:k]) for k in amounts])


@dataclass(frozen=True)
class Climbed:
    """A picture on its way to a higher reward.

    Args:
        step: changes of its pixels made so far.
        reward: that it has.
        picture: (1, 3, S, S) from -1 to 1.
    """

    step: int
    reward: float
    picture: Tensor


def climb(
    model: PictureModel, reward: PictureReward, picture: Pixels, steps: Sequence[int], rate: float
) -> list[Climbed]:
    """Change a picture's pixels uphill along the reward, by nothing but that: reward hacking.

    Args:
        model, reward: what gives rewards.
        picture: (S, S, 3) to begin with.
        steps: at which a look is taken, rising; 0: before anything is changed.
        rate: by how much each number may move in a step, of the range from -1 to 1.

    Source: Goodfellow et al. 2014, "Explaining and Harnessing Adversarial Examples",
        arXiv:1412.6572, section 4: steps along the sign of the gradient.
    """
    now = to_tensor(picture[None])
    found: list[Climbed] = []
    for step in range(max(steps) + 1):
        now = now.detach().requires_grad_(True)
        value = reward.of(seen_by(model, now)).sum()
        if step in steps:
            found.append(Climbed(step, float(value.detach()), now.detach()))
        (slope,) = torch.autograd.grad(value, [now])
        now = (now + rate * slope.sign()).clamp(-1.0, 1.0)
    return found
