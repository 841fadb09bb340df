"""Drawing: from noise, step by step, to a picture, with every step kept as a film.

Picture k depends on its own caption, seed and noise alone, not on what is drawn beside it (up to
the last bits, which may differ with the size of a batch).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from core.architecture.pictures.denoiser import Words
from core.data.pictures.drawing.painting import Pixels
from core.data.pictures.tensors import to_pixels
from core.errors import SettingError
from core.inference.pictures.guidance import Guidance, guess
from core.inference.pictures.model import PictureModel
from core.inference.pictures.noise import NoiseSource
from core.inference.pictures.samplers import Moment, Sampler, sampler_of
from core.inference.pictures.schedules import Ends, mixed

MOST_STEPS = 1000
WEIGHTS = (0.0, 30.0)  # of guidance


@dataclass(frozen=True)
class DrawSettings:
    """How pictures are drawn.

    Args (and the unit of each):
        n_steps: questions to the model, each with its step.
        sampler: one of SAMPLERS.
        guidance: weight of the caption; 1: as learned, above: more.
        negative: a caption to stay away from; empty: plain guidance.
        strength: where to begin when a picture is given: 1, at pure noise; near 0, at the picture.
    """

    n_steps: int = 10
    sampler: str = "euler"
    guidance: float = 3.0
    negative: str = ""
    strength: float = 1.0

    def __post_init__(self) -> None:
        if type(self.n_steps) is not int or not 1 <= self.n_steps <= MOST_STEPS:
            raise SettingError("n_steps", self.n_steps, f"must lie in [1, {MOST_STEPS}]")
        sampler_of(self.sampler)
        if not WEIGHTS[0] <= self.guidance <= WEIGHTS[1]:
            raise SettingError("guidance", self.guidance, f"must lie in {list(WEIGHTS)}")
        if not 0.0 < self.strength <= 1.0:
            raise SettingError("strength", self.strength, "must lie in (0, 1]")


@dataclass(frozen=True)
class Frame:
    """One moment of a drawing.

    Args:
        time: share of noise, on the sampler's way.
        noisy: (B, 3, S, S) the pictures so far.
        guess: (B, 3, S, S) how the model thinks they will end; None once they have ended.
    """

    time: float
    noisy: Tensor
    guess: Tensor | None


@dataclass(frozen=True)
class Film:
    """A drawing from beginning to end: n_steps frames with a guess, and the finished pictures."""

    captions: tuple[str, ...]
    seeds: tuple[int, ...]
    settings: DrawSettings
    frames: tuple[Frame, ...]

    @property
    def tensor(self) -> Tensor:
        """(B, 3, S, S) the finished pictures, from about -1 to 1."""
        return self.frames[-1].noisy

    @property
    def pictures(self) -> Pixels:
        """(B, S, S, 3) the finished pictures."""
        return to_pixels(self.tensor)

    def guesses(self, step: int) -> Pixels:
        """(B, S, S, 3) how the model thought they would end, in a step counted from 0."""
        found = self.frames[step].guess
        return to_pixels(self.frames[step].noisy if found is None else found)


def draw(
    model: PictureModel,
    captions: Sequence[str],
    *,
    seed: int | Sequence[int] = 0,
    n_steps: int = 10,
    sampler: str = "euler",
    guidance: float = 3.0,
    negative: str = "",
    strength: float = 1.0,
    words: Words | None = None,
    noise: Tensor | None = None,
    start: Tensor | None = None,
    redraw: Tensor | None = None,
    keep: bool = True,
) -> Film:
    """Draw a picture for each caption.

    Args:
        model: that draws.
        captions: one a picture.
        seed: one a picture, or that of the first; the next ones count up.
        n_steps, sampler, guidance, negative, strength: see `DrawSettings`.
        words: what the model reads in place of the captions, as `guidance.blended` gives it.
        noise: (B, 3, S, S) to begin with in place of the seeds' own, as `noise.between` gives it.
        start: (B or 1, 3, S, S) a picture to begin from; see `strength`.
        redraw: (B or 1, 1, S, S) True where `start` is drawn anew; elsewhere it stays as it is.
        keep: whether every frame is kept, or only the last.

    Raises:
        SettingError: a setting is out of range.
        TooLong: a caption has more words than the model can read.
        ValueError: the shapes do not fit.
    """
    settings = DrawSettings(n_steps, sampler, guidance, negative, strength)
    seeds = _seeds(seed, len(captions))
    work = frames(
        model, captions, seeds, settings, words=words, noise=noise, start=start, redraw=redraw
    )
    kept: list[Frame] = []
    for frame in work:
        kept = [*kept, frame] if keep else [frame]
    return Film(tuple(captions), tuple(seeds), settings, tuple(kept))


@torch.no_grad()
def frames(
    model: PictureModel,
    captions: Sequence[str],
    seeds: Sequence[int],
    settings: DrawSettings,
    *,
    words: Words | None = None,
    noise: Tensor | None = None,
    start: Tensor | None = None,
    redraw: Tensor | None = None,
) -> Iterator[Frame]:
    """The frames of a drawing, one question to the model each; arguments as for `draw`.

    The last frame holds the finished pictures and no guess.
    """
    way = sampler_of(settings.sampler)
    source = NoiseSource(seeds, model.size, model.denoiser.config.n_colours)
    first_noise = source.next()  # drawn in any case: what a sampler draws later stays the same
    first_noise = first_noise if noise is None else noise
    _check_shapes(model, len(captions), first_noise, start, redraw)
    guidance = Guidance(settings.guidance, model.read_words([settings.negative] * len(captions)))
    words = model.read_words(captions) if words is None else words
    times = way.times(settings.n_steps, settings.strength if start is not None else 1.0)
    noisy = _beginning(way, first_noise, start, times[0])
    for time, next_time in pairwise(times):
        ends = guess(model, noisy, time, way.way, words, guidance)
        yield Frame(time, noisy, ends.picture)
        noisy = way.step(noisy, ends, Moment(time, next_time, source.next))
        if start is not None and redraw is not None:
            given = _at(way, Ends(start.expand_as(noisy), first_noise), next_time)
            noisy = torch.where(redraw, noisy, given)
    yield Frame(0.0, noisy, None)


def _beginning(way: Sampler, noise: Tensor, start: Tensor | None, time: float) -> Tensor:
    """Pure noise, or the given picture with as much noise as the time asks for."""
    return noise if start is None else _at(way, Ends(start.expand_as(noise), noise), time)


def _at(way: Sampler, ends: Ends, time: float) -> Tensor:
    return mixed(way.way, ends, torch.tensor([time]))


def _seeds(seed: int | Sequence[int], n: int) -> list[int]:
    seeds = [seed + k for k in range(n)] if isinstance(seed, int) else list(seed)
    if len(seeds) != n:
        raise ValueError(f"{len(seeds)} seeds for {n} captions")
    return seeds


def _check_shapes(
    model: PictureModel, n: int, noise: Tensor, start: Tensor | None, redraw: Tensor | None
) -> None:
    """Refuse what does not fit before anything is computed."""
    S, Z = model.size, model.denoiser.config.n_colours
    if noise.shape != (n, Z, S, S):
        raise ValueError(f"noise is {tuple(noise.shape)}, must be {(n, Z, S, S)}")
    for name, given, colours in (("start", start, Z), ("redraw", redraw, 1)):
        shapes = [(some, colours, S, S) for some in (1, n)]
        if given is not None and tuple(given.shape) not in shapes:
            raise ValueError(f"{name} is {tuple(given.shape)}, must be one of {shapes}")
    if redraw is not None and start is None:
        raise ValueError("redraw needs a picture to start from")
