"""Watching a model draw: at every step, which patch looks at which word, and what a word changes.

Looking is one thing, counting another: a word that is looked at much may change little. So here is
both, the attention weights and what becomes of the answer where a word is hidden.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.architecture.pictures.denoiser import Words
from core.architecture.pictures.patches import to_patches
from core.inference.pictures.drawing import Film, draw
from core.inference.pictures.model import PictureModel
from core.inference.pictures.samplers import sampler_of
from core.inference.pictures.schedules import on_way


@dataclass(frozen=True)
class Watched:
    """A drawing of one caption, and every look at its words.

    Args:
        film: the drawing; its frames but the last are the moments.
        words: (L,) the caption's words and marks.
        shown: (M, 3, S, S) what the model is asked about at every moment.
        times: (M,) share of noise it is told, from 0 to 1.
        weights: (M, n_blocks, H, N, L) cross-attention of every moment, shares of 1.
    """

    film: Film
    words: tuple[str, ...]
    shown: Tensor
    times: tuple[float, ...]
    weights: Tensor


@torch.no_grad()
def watch(
    model: PictureModel,
    caption: str,
    seed: int = 0,
    *,
    n_steps: int = 10,
    guidance: float = 3.0,
) -> Watched:
    """Draw a caption, and look at the words at every step.

    The weights are those of the question with the caption; the one without has no words to look at.

    Args:
        model: that draws.
        caption, seed, n_steps, guidance: as in `draw`.

    Raises:
        TooLong: the caption has more words than the model can read.
    """
    film = draw(model, [caption], seed=seed, n_steps=n_steps, guidance=guidance)
    words = tuple(model.encoder.words_of(caption))
    frames = film.frames[:-1]
    way = sampler_of(film.settings.sampler).way
    times = torch.tensor([frame.time for frame in frames], dtype=torch.float64)
    shown, when = on_way(torch.cat([frame.noisy for frame in frames]), times, way, model.way)
    shown, when = shown.float(), when.float()
    looks = model.denoiser.attend(shown, when, model.rows([caption] * len(frames)))
    weights = looks.at_words.transpose(0, 1)[..., : len(words)]  # (M, n_blocks, H, N, L)
    return Watched(film, words, shown, tuple(when.tolist()), weights.contiguous())


@torch.no_grad()
def hidden_word_changes(model: PictureModel, watched: Watched, moment: int) -> Tensor:
    """How much the model's answer changes in every patch if one word cannot be looked at.

    All other words keep the vectors they have; only the picture's blocks do not see this one.

    Args:
        model: that drew.
        watched: its drawing.
        moment: a step, from 0.

    Returns:
        (L, N) root of the mean squared change of the answer in a patch, for every hidden word; 0
        where the caption has only one word.
    """
    L = len(watched.words)
    if L < 2:
        return torch.zeros(L, model.denoiser.config.n_patches)
    (caption,) = watched.film.captions
    read = model.read_words([caption] * (L + 1))
    visible = read.visible.clone()  # (L + 1, n_caption); the last row hides nothing
    visible[torch.arange(L), torch.arange(L)] = False
    shown = watched.shown[moment].expand(L + 1, -1, -1, -1)
    when = torch.full((L + 1,), watched.times[moment])
    answers = model.denoiser.answer(shown, when, Words(read.vectors, visible))
    return changes(answers[:-1], answers[-1:], model.denoiser.config.patch)


def changes(pictures: Tensor, others: Tensor, patch: int) -> Tensor:
    """How much pictures differ in every patch.

    Args:
        pictures, others: (B or 1, 3, S, S).
        patch: side of a patch in pixels.

    Returns:
        (B, N) root of the mean squared difference over a patch's pixels and colours.
    """
    return to_patches(pictures - others, patch).square().mean(-1).sqrt()
