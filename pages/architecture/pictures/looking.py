"""Looking into a denoiser while it draws, and any one of its numbers recomputed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from core.architecture.pictures.word_maps import most_telling_head, most_telling_word, told_bits
from core.data.pictures.tensors import to_pixels
from core.inference.pictures import PictureModel
from core.inference.pictures.watching import Watched, hidden_word_changes, watch
from core.recheck.pictures import forward, step_cell, word_cell
from pages.architecture.pictures.bench import Looked
from pages.kit.catalogue import Words
from pages.kit.components.word_maps import ALL, Moment, PatchCell
from pages.kit.numbers import decimal, significant, whole
from pages.kit.recheck import Recheck

N_STEPS: Final = 10
GUIDANCE: Final = 3.0
SHOWN: Final = 6  # numbers of a vector that are spelled out
COLOURS: Final = ("red", "green", "blue")

Floats = NDArray[np.float32]


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch work with one thread: so little work is only held up by a second one waiting."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@dataclass(frozen=True)
class Seen:
    """A drawing as the stage shows it.

    Args:
        watched: the drawing and every look at its words.
        moments: (M,) its steps.
        start: moment, layer and head in which most depends on the patch.
        word: that tells patches apart most, there.
    """

    watched: Watched
    moments: tuple[Moment, ...]
    start: tuple[int, int, int]
    word: int

    @property
    def weights(self) -> Floats:
        """(M, n_blocks, H, N, L) cross-attention."""
        found: Floats = self.watched.weights.numpy()
        return found


def seen(looked: Looked, caption: str, seed: int) -> Seen:
    """A caption drawn by a model, with every look at its words.

    Raises:
        TooLong: the caption has more words than the model can read.
    """
    return _seen(looked.key, caption, seed, looked.model)


@st.cache_resource(max_entries=12, show_spinner=False)
def _seen(key: str, caption: str, seed: int, _model: PictureModel) -> Seen:
    with one_thread():
        watched = watch(_model, caption, seed, n_steps=N_STEPS, guidance=GUIDANCE)
    bits = told_bits(watched.weights)  # (M, n_blocks, H)
    moment = int(bits.flatten(1).amax(1).argmax())
    layer, head = most_telling_head(watched.weights[moment])
    frames = watched.film.frames
    moments = tuple(
        Moment(
            step=at + 1,
            noise=frames[at].time,
            noisy=to_pixels(frames[at].noisy)[0],
            guess=watched.film.guesses(at)[0],
            telling=most_telling_head(watched.weights[at]),
        )
        for at in range(len(frames) - 1)
    )
    word = most_telling_word(watched.weights[moment, layer, head])
    return Seen(watched, moments, (moment, layer, head), word)


def effects(looked: Looked, caption: str, seed: int) -> Floats:
    """(M, L, N) how much the answer changes where a word is hidden, as a share of the answer."""
    return _effects(looked.key, caption, seed, looked.model)


@st.cache_resource(max_entries=12, show_spinner=False)
def _effects(key: str, caption: str, seed: int, _model: PictureModel) -> Floats:
    watched = _seen(key, caption, seed, _model).watched
    found = []
    for moment, frame in enumerate(watched.film.frames[:-1]):
        assert frame.guess is not None
        answer = (frame.noisy - frame.guess) / frame.time  # the velocity that was followed
        size = float(answer.square().mean().sqrt())
        with one_thread():
            change = hidden_word_changes(_model, watched, moment).numpy()
        found.append(change / max(size, 1e-9))
    return np.stack(found).astype(np.float32)


def arrays(looked: Looked) -> dict[str, NDArray[Any]]:
    """The model's weights by name, for the recheck."""
    return {name: each.numpy() for name, each in looked.model.denoiser.state_dict().items()}


def recheck_weight(looked: Looked, shown: Seen, cell: PatchCell, t: Words) -> tuple[str, Recheck]:
    """One weight of cross-attention, computed by torch and again by NumPy alone.

    Returns:
        what it is, in words, and the number by both ways.
    """
    watched, config = shown.watched, looked.model.denoiser.config.to_dict()
    noisy = watched.shown[cell.moment].numpy()
    time = watched.times[cell.moment]
    ids = np.array(looked.model.encoder.encode(watched.film.captions[0]))
    word = watched.words[cell.word]
    row, column = (each + 1 for each in divmod(cell.patch, round(shown.weights.shape[3] ** 0.5)))
    named = {"word": word, "row": row, "column": column, "step": shown.moments[cell.moment].step}
    if cell.layer == ALL:
        heads = forward(arrays(looked), config, noisy, time, ids).heads
        each = np.array([[h.weights[cell.patch, cell.word] for h in layer] for layer in heads])
        rows = [
            (t("architecture_pictures.layer_weights", layer=at + 1), _vector(values, t))
            for at, values in enumerate(each)
        ]
        n = whole(each.size, t.lang)
        return t("architecture_pictures.weight_of_all", **named), Recheck(
            inputs=rows,
            operation=t("architecture_pictures.mean_of_heads", n=n),
            by_torch=float(shown.weights[cell.moment, ..., cell.patch, cell.word].mean()),
            by_numpy=float(each.mean()),
        )
    again = word_cell(
        arrays(looked), config, noisy, time, ids,
        layer=cell.layer, head=cell.head, patch=cell.patch, word=cell.word,
    )  # fmt: skip
    n_head = len(again.query)
    inputs = [
        (t("architecture_pictures.query_of", n=n_head), _vector(again.query, t)),
        (t("architecture_pictures.key_of", word=word, n=n_head), _vector(again.keys[cell.word], t)),
        (t("architecture.score_of", root=n_head), decimal(again.scores[cell.word], t.lang, 4)),
        (
            t("architecture_pictures.scores_of", n=whole(len(again.scores), t.lang)),
            _vector(again.scores, t),
        ),
        (t("architecture.sum_of"), significant(float(np.exp(again.scores).sum()), t.lang, 6)),
    ]
    place = t("architecture.place", layer=cell.layer + 1, head=cell.head + 1)
    return t("architecture_pictures.weight_of", place=place, **named), Recheck(
        inputs=inputs,
        operation=t("architecture.softmax", root=n_head),
        by_torch=float(
            shown.weights[cell.moment, cell.layer, cell.head, cell.patch, cell.word]
        ),
        by_numpy=again.weight,
    )  # fmt: skip


@dataclass(frozen=True)
class Spot:
    """One number of the picture, and what a step does to it.

    Args:
        moment: the step, from 0.
        place: colour, row and column.
        velocity: that the step followed there.
        after: the number after the step.
    """

    moment: int
    place: tuple[int, int, int]
    velocity: float
    after: float


def spot(shown: Seen) -> Spot:
    """A number of the picture that the first step shown moves, and that ends far from zero."""
    moment = shown.start[0]
    now, later = shown.watched.film.frames[moment], shown.watched.film.frames[moment + 1]
    assert now.guess is not None
    velocity = ((now.noisy - now.guess) / now.time)[0].numpy()  # (3, S, S)
    after = later.noisy[0].numpy()
    best = int(np.minimum(np.abs(velocity), np.abs(after)).argmax())
    colour, row, column = (int(each) for each in np.unravel_index(best, velocity.shape))
    place = (colour, row, column)
    return Spot(moment, place, float(velocity[place]), float(after[place]))


def recheck_step(looked: Looked, shown: Seen, at: Spot, of_velocity: bool, t: Words) -> Recheck:
    """The velocity at one spot, or the number after the step, by torch and by NumPy alone."""
    watched, encoder = shown.watched, looked.model.encoder
    frames = watched.film.frames
    times = frames[at.moment].time, frames[at.moment + 1].time
    captions = watched.film.captions[0], ""
    told, untold = (np.array(encoder.encode(each)) for each in captions)
    again = step_cell(
        arrays(looked), looked.model.denoiser.config.to_dict(),
        frames[at.moment].noisy[0].numpy(), times, (told, untold), GUIDANCE, at.place,
    )  # fmt: skip
    six = {"lang": t.lang, "digits": 6}
    inputs = [
        (t("architecture_pictures.told"), significant(again.told, **six)),
        (t("architecture_pictures.untold"), significant(again.untold, **six)),
        (t("architecture_pictures.guidance"), decimal(GUIDANCE, t.lang, 1)),
    ]
    if of_velocity:
        operation = t("architecture_pictures.guided")
        return Recheck(inputs, operation, by_torch=at.velocity, by_numpy=again.velocity)
    inputs += [
        (t("architecture_pictures.before"), significant(again.before, **six)),
        (t("architecture_pictures.time_step"), decimal(times[1] - times[0], t.lang, 2)),
    ]
    operation = t("architecture_pictures.euler")
    return Recheck(inputs, operation, by_torch=at.after, by_numpy=again.after)


def _vector(numbers: Sequence[float] | NDArray[Any], t: Words) -> str:
    """The first numbers of a vector, with a sign that there are more."""
    first = "; ".join(decimal(float(number), t.lang, 3) for number in numbers[:SHOWN])
    return f"({first}; …)" if len(numbers) > SHOWN else f"({first})"
