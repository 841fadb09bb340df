"""What can be done in the space of latents: changing one number, blending, looking at every part of
a drawing while it goes on, and taking apart what is lost.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import torch
from torch import Tensor, nn

from core.architecture.pictures.autoencoder import FACTOR, Autoencoder
from core.architecture.pictures.config import DenoiserConfig
from core.architecture.pictures.denoiser import Denoiser, Words
from core.inference.pictures.drawing import Film, draw
from core.inference.pictures.model import PictureModel

N_TIMED: Final = 9  # questions a time is the least of

Place = tuple[int, int, int]  # which of a cell's numbers, row and column of the cell


# One number of the latents


@dataclass(frozen=True)
class Followed:
    """What follows from changing one number of the latents.

    Args:
        picture: (3, S, S) decoded with the changed number.
        change: (S, S) how much each pixel has changed, root of the mean square over its colours.
        in_cell: part of the change, in squares, that lies in the pixels of the cell.
        around: the same of the cell and its eight neighbours.
    """

    picture: Tensor
    change: Tensor
    in_cell: float
    around: float


@torch.no_grad()
def follow(model: Autoencoder, latents: Tensor, place: Place, value: float) -> Followed:
    """Set one number, decode, and see which pixels follow.

    Args:
        model: that decodes.
        latents: (Z, S/8, S/8) scaled, as `encode` gives them.
        place: which number.
        value: what it becomes.
    """
    changed = latents.clone()
    changed[place] = value
    before, after = model.decode(torch.stack((latents, changed)))
    squares = (after - before).square().mean(0)  # (S, S)
    total = float(squares.sum()) or 1.0
    _, row, column = place

    def within(reach: int) -> float:
        rows = slice(max(0, row - reach) * FACTOR, (row + reach + 1) * FACTOR)
        columns = slice(max(0, column - reach) * FACTOR, (column + reach + 1) * FACTOR)
        return float(squares[rows, columns].sum()) / total

    return Followed(after, squares.sqrt(), within(0), within(1))


@torch.no_grad()
def blends(model: Autoencoder, first: Tensor, second: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """Two pictures blended: in their latents, and in their pixels.

    Args:
        model: that encodes and decodes.
        first, second: (3, S, S) from -1 to 1.
        n: blends, from all of the first to all of the second.

    Returns:
        (n, 3, S, S) each. Both begin and end with what comes back of the pictures.
    """
    latents = model.encode(torch.stack((first, second)))
    shares = torch.linspace(0.0, 1.0, n)[:, None, None, None]
    pixels = model.decode(latents)
    inside = model.decode(torch.lerp(latents[:1], latents[1:], shares))
    return inside, torch.lerp(pixels[:1], pixels[1:], shares)


# What it saves


def conv_multiplications(model: nn.Module, size: int) -> int:
    """Multiplications of all convolutions of an encoder or decoder, for one picture.

    Args:
        model: a sequence that starts at a grid of this size.
        size: cells on a side of what it reads.
    """
    total = 0
    for part in model.children():
        if isinstance(part, nn.PixelUnshuffle):
            size //= part.downscale_factor
        elif type(part).__name__ == "Doubled":
            size *= 2
        for conv in part.modules():
            if isinstance(conv, nn.Conv2d):
                size //= conv.stride[0]
                total += conv.weight.numel() * size * size
    return total


def on_pixels(config: DenoiserConfig, size: int, patch: int) -> DenoiserConfig:
    """The same denoiser, made for the pixels themselves."""
    return replace(config, size=size, patch=patch, n_colours=3)


@torch.no_grad()
def cpu_seconds(configs: Sequence[DenoiserConfig]) -> list[float]:
    """Processor time of one question to a model of each plan: the least of a few, in turn.

    Only ratios of one call may be compared: a processor is as fast as its other work lets it be.
    """
    asked = []
    for config in configs:
        given = (
            torch.zeros(1, config.n_colours, config.size, config.size),
            torch.ones(1),
            torch.full((1, config.n_caption), 3),
        )
        asked.append((Denoiser(config).eval(), given))
    found = [float("inf")] * len(asked)
    for _ in range(N_TIMED):
        for k, (model, given) in enumerate(asked):
            began = time.process_time()
            model(*given)
            found[k] = min(found[k], time.process_time() - began)
    return found


# Every part of a drawing


@dataclass(frozen=True)
class Parts:
    """A drawing in latents, and what each part does at each of its M moments.

    Args:
        film: with guidance, as it is drawn; its frames but the last are the moments.
        plain: the same without: the caption counts once.
        words: (L,) the caption's words and marks.
        vectors: (L, C) what the text encoder makes of them.
        effects: (M, L) how much the answer changes where a word is hidden, as a share of it.
        told, untold: (M, Z, s, s) velocity with the caption and without.
    """

    film: Film
    plain: Film
    words: tuple[str, ...]
    vectors: Tensor
    effects: Tensor
    told: Tensor
    untold: Tensor

    @property
    def times(self) -> list[float]:
        """(M + 1,) share of noise before each step, and at the end."""
        return [frame.time for frame in self.film.frames]

    @property
    def latents(self) -> Tensor:
        """(M + 1, Z, s, s) before each step, and the finished ones."""
        return torch.cat([frame.noisy for frame in self.film.frames])

    @property
    def velocity(self) -> Tensor:
        """(M, Z, s, s) that was followed: without, and several times what the caption changes."""
        return torch.lerp(self.untold, self.told, self.film.settings.guidance)

    @property
    def guesses(self) -> Tensor:
        """(M + 1, Z, s, s) how the model thinks the latents will end, and how they ended."""
        found = [frame.noisy if frame.guess is None else frame.guess for frame in self.film.frames]
        return torch.cat(found)


@torch.no_grad()
def look_at_parts(
    model: PictureModel, caption: str, seed: int, *, n_steps: int = 10, guidance: float = 3.0
) -> Parts:
    """Draw a caption in latents and keep what every part does.

    Args:
        model: that draws latents, and was trained to answer the velocity.
        caption, seed, n_steps, guidance: as in `draw`, with its usual sampler.

    Raises:
        TooLong: the caption has more words than the model can read.
        ValueError: the model does not answer the velocity.
    """
    if model.objective != "velocity":
        raise ValueError(f"the objective is {model.objective}, must be velocity")
    film, plain = (
        draw(model, [caption], seed=seed, n_steps=n_steps, guidance=weight)
        for weight in (guidance, 1.0)
    )
    words = tuple(model.encoder.words_of(caption))
    read, empty = model.read_words([caption]), model.read_words([""])
    told, untold, effects = [], [], []
    for frame in film.frames[:-1]:
        L = len(words)
        visible = read.visible.repeat(L + 2, 1)  # with all words, without any, each hidden
        visible[torch.arange(L) + 2, torch.arange(L)] = L == 1  # the last word cannot be hidden
        vectors = read.vectors.repeat(L + 2, 1, 1)
        vectors[1], visible[1] = empty.vectors[0], empty.visible[0]
        noisy = frame.noisy.expand(L + 2, -1, -1, -1)
        when = torch.full((L + 2,), frame.time)
        answers = model.denoiser.answer(noisy, when, Words(vectors, visible))  # (L + 2, Z, s, s)
        told.append(answers[0])
        untold.append(answers[1])
        size = float(answers[0].square().mean().sqrt()) or 1.0
        effects.append((answers[2:] - answers[0]).square().mean((1, 2, 3)).sqrt() / size)
    return Parts(
        film=film,
        plain=plain,
        words=words,
        vectors=read.vectors[0, : len(words)],
        effects=torch.stack(effects),
        told=torch.stack(told),
        untold=torch.stack(untold),
    )


# What is lost


@dataclass(frozen=True)
class Shares:
    """What the squared error of many pages is made of, as shares of 1.

    Args:
        place: what vanishes where each page may be moved by a pixel to lie better.
        colour: of the rest, what the means of 8 × 8 pixels are off: colours of whole areas.
        lines: what is left: the finer things within such squares, lines and edges.
    """

    place: float
    colour: float
    lines: float


def shares_lost(pages: Tensor, again: Tensor) -> Shares:
    """What is lost of pages, taken apart.

    Args:
        pages, again: (B, 3, S, S) before and after.
    """
    inner = slice(1, -1)
    given = pages[..., inner, inner]
    best = torch.full((len(pages),), float("inf"))
    rest = torch.zeros_like(given)
    for down in (0, 1, 2):
        for right in (0, 1, 2):
            size = given.shape[-1]
            off = again[..., down : down + size, right : right + size] - given
            squares = off.square().flatten(1).sum(1)
            is_better = squares < best
            best = torch.where(is_better, squares, best)
            rest = torch.where(is_better[:, None, None, None], off, rest)
    whole = float((again - pages)[..., inner, inner].square().sum()) or 1.0
    fits = given.shape[-1] // FACTOR * FACTOR  # whole squares only
    tiled = rest[..., :fits, :fits]
    means = nn.functional.avg_pool2d(tiled, FACTOR)
    of_colour = float(means.square().sum()) * FACTOR**2 / (float(tiled.square().sum()) or 1.0)
    left = float(best.sum()) / whole
    return Shares(place=1.0 - left, colour=left * of_colour, lines=left * (1.0 - of_colour))
