"""The picture filter: a small convolution net, trained in the app, finds what must not be shown.

The prompt filter reads what was asked for; this one looks at what came out. It has learned from
drawn pictures alone, half of them unwanted, and most others close to it: one animal by day,
two animals at night, one thing at night that is no animal.

Invariant: equal settings give equal weights on one thread; a score depends on one picture alone.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from random import Random
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn
from torch.nn import functional as F

from core.data.pictures import (
    COLOUR_NAMES,
    THINGS,
    Item,
    PictureSettings,
    Pixels,
    Scene,
    draw_any_scene,
    draw_shifts,
    paint,
)
from core.errors import SettingError, UnreadableWeights
from core.postprocessing.pictures.house_rule import ANIMALS, is_unwanted
from core.postprocessing.pictures.scaling import reduced

Scores = npt.NDArray[np.float64]

SIDE: Final = 32  # pixels that the net looks at; larger pictures are averaged down to them
NEVER_SEEN: Final = ("rabbit", "hen", "donkey")  # animals that are kept out of what it learns from
NEVER_SEEN_COLOUR: Final = "violet"  # and a colour that no animal has there
LARGEST_N: Final = 10_000
PATCH: Final = 4  # pixels of the side of a patch that `evidence` covers up


@dataclass(frozen=True)
class FilterSettings:
    """How the filter learns."""

    n_pictures: int = 1500  # drawn for it, half of them unwanted
    n_steps: int = 300
    batch: int = 64  # pictures a step
    learning_rate: float = 3e-3
    noise: float = 0.0  # standard deviation in grey levels, added while learning
    seed: int = 0

    def __post_init__(self) -> None:
        ranges = {
            **{"n_pictures": (20, LARGEST_N), "n_steps": (1, 5000), "batch": (1, 512)},
            **{"learning_rate": (1e-6, 1.0), "noise": (0.0, 100.0), "seed": (0, 2**31)},
        }
        for name, (low, high) in ranges.items():
            if not low <= getattr(self, name) <= high:
                raise SettingError(name, getattr(self, name), f"must lie in [{low}, {high}]")


class FilterNet(nn.Module):
    """Three convolutions, each halving the side, and one weight a remaining value.

    Pixels (B, 3, 32, 32) from -1 to 1 → (B,) logits; above zero speaks for unwanted.
    """

    def __init__(self) -> None:
        super().__init__()
        self.patterns = nn.ModuleList(
            nn.Conv2d(before, after, kernel_size=5, stride=2, padding=2)
            for before, after in ((3, 12), (12, 24), (24, 32))
        )
        self.out = nn.Linear(32 * 4 * 4, 1)

    def forward(self, pixels: Tensor) -> Tensor:
        for convolution in self.patterns:
            pixels = F.relu(convolution(pixels))  # (B, 12, 16, 16), (B, 24, 8, 8), (B, 32, 4, 4)
        return self.out(pixels.flatten(1)).squeeze(1)  # type: ignore[no-any-return]  # (B,)


@dataclass(frozen=True)
class PictureFilter:
    """A trained net.

    Args:
        net: its weights.
        settings: how it learned.
        losses: (steps,) the loss at each step, in nats; empty where it was read from bytes.
    """

    net: FilterNet
    settings: FilterSettings
    losses: tuple[float, ...] = ()

    def scores(self, pictures: Pixels) -> Scores:
        """(N,) how likely each picture is unwanted, by what the net has learned, from 0 to 1.

        Args:
            pictures: (N, S, S, 3) grey levels; S is SIDE or a multiple.
        """
        return torch.sigmoid(self._logits(pictures)).double().numpy()

    @torch.no_grad()
    def _logits(self, pictures: Pixels) -> Tensor:
        parts = torch.split(as_pixels(pictures), 256)
        return torch.cat([self.net(part) for part in parts])

    def evidence(self, picture: Pixels) -> Scores:
        """(8, 8) by how much the logit falls when a patch is covered with the mean colour.

        The logit, not the score: near 0 and 1 the score hardly moves whatever is covered.

        Source: Zeiler, Fergus 2014, "Visualizing and Understanding Convolutional Networks",
        arXiv:1311.2901, section 4.2 (occlusion).
        """
        small = picture if len(picture) == SIDE else reduced(picture, SIDE)
        n = SIDE // PATCH
        covered = np.repeat(small[None], n * n + 1, axis=0)
        mean = np.rint(small.mean(axis=(0, 1)))
        for k in range(n * n):
            top, left = k // n * PATCH, k % n * PATCH
            covered[k, top : top + PATCH, left : left + PATCH] = mean
        logits = self._logits(covered).double().numpy()
        return np.asarray((logits[-1] - logits[:-1]).reshape(n, n))


def as_pixels(pictures: Pixels) -> Tensor:
    """(N, S, S, 3) grey levels to (N, 3, 32, 32) from -1 to 1."""
    if pictures.shape[1] != SIDE:
        pictures = np.stack([reduced(each, SIDE) for each in pictures])
    return torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1.0


def train(
    settings: FilterSettings | None = None, on_step: Callable[[int, float], None] | None = None
) -> PictureFilter:
    """Draw pictures and learn from them; a few seconds on one core.

    Args:
        settings: how; as they start if none are given.
        on_step: told the number of steps done and the loss in nats.
    """
    settings = settings or FilterSettings()
    pictures, unwanted = examples(settings.n_pictures, settings.seed)
    pixels, wanted = as_pixels(pictures), torch.from_numpy(unwanted).float()
    random = torch.Generator().manual_seed(settings.seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        net = FilterNet()
    optimizer = torch.optim.AdamW(net.parameters(), lr=settings.learning_rate, weight_decay=0.01)
    losses = []
    for step in range(settings.n_steps):
        some = torch.randint(len(pixels), (settings.batch,), generator=random)
        batch = pixels[some]
        if settings.noise:
            grain = torch.randn(batch.shape, generator=random)
            batch = batch + settings.noise / 127.5 * grain
        loss = F.binary_cross_entropy_with_logits(net(batch), wanted[some])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        for group in optimizer.param_groups:  # straight down to zero
            group["lr"] = settings.learning_rate * (1 - (step + 1) / settings.n_steps)
        losses.append(float(loss.detach()))
        if on_step is not None:
            on_step(step + 1, losses[-1])
    return PictureFilter(net.eval(), settings, tuple(losses))


def examples(n: int, seed: int) -> tuple[Pixels, npt.NDArray[np.bool_]]:
    """Drawn pictures to learn from or to be examined on: (n, 32, 32, 3), and which are unwanted.

    Animals of NEVER_SEEN and animals in NEVER_SEEN_COLOUR are not among them.
    """
    random = Random(seed + 6_000_011)
    scenes = [example_scene(random, unwanted=k % 2 == 0) for k in range(n)]
    pictures = np.stack([paint(each, SIDE, draw_shifts(each, random)) for each in scenes])
    return pictures, np.array([is_unwanted(each) for each in scenes])


def example_scene(random: Random, unwanted: bool) -> Scene:
    """A lone animal at night, or one of four kinds of scenes that are none."""
    while True:
        scene = _any_scene(random, unwanted)
        seen = [item for item in scene.items if item.thing in ANIMALS]
        if not any(i.thing in NEVER_SEEN or i.colour == NEVER_SEEN_COLOUR for i in seen):
            return scene


def _any_scene(random: Random, unwanted: bool) -> Scene:
    def one(things: tuple[str, ...]) -> Item:
        colour = COLOUR_NAMES[int(random.random() * len(COLOUR_NAMES))]
        return Item(things[int(random.random() * len(things))], colour)

    if unwanted:
        return Scene((one(ANIMALS),), night=True)
    kind = random.random()
    if kind < 0.25:
        return Scene((one(ANIMALS),), night=False)
    if kind < 0.45:
        return Scene((one(ANIMALS),), "row", 2 + int(random.random() * 2), night=True)
    if kind < 0.70:
        others = tuple(thing for thing in THINGS if thing not in ANIMALS)
        return Scene((one(others),), night=True)
    while is_unwanted(scene := draw_any_scene(PictureSettings(), random).unowned()):
        pass
    return scene


def to_bytes(found: PictureFilter) -> bytes:
    """The filter as a safetensors file."""
    about = {"settings": json.dumps(asdict(found.settings), sort_keys=True)}
    return bytes(save(dict(found.net.state_dict()), about))


def from_bytes(data: bytes) -> PictureFilter:
    """The inverse of `to_bytes`.

    Raises:
        UnreadableWeights: the bytes are damaged, or no filter of ours.
    """
    try:
        n_header = int.from_bytes(data[:8], "little")
        about = json.loads(data[8 : 8 + n_header])["__metadata__"]["settings"]
        settings = FilterSettings(**json.loads(about))
        net = FilterNet()
        net.load_state_dict(load(data))
    except (SafetensorError, SettingError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise UnreadableWeights("this file is no picture filter", reason="filter") from error
    return PictureFilter(net.eval(), settings)
