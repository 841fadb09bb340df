"""The denoiser computed a second time: NumPy alone, float64, straight from the papers.

Written to be checked, not to be fast, and to share nothing with the model it checks: one picture,
one caption without padding, one head at a time. Every result keeps its ingredients.
"""

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.recheck.transformer import Config, Weights, linear, softmax

Array = NDArray[np.float64]
Ids = NDArray[np.int64]

NORM_EPS: Final = 1e-5  # torch's own for LayerNorm
N_WAVES: Final = 32
FASTEST: Final = 1000.0  # radians of the fastest wave, from picture to noise


@dataclass
class Head:
    """One head of cross-attention, from its inputs to its result."""

    queries: Array
    """(N, D) of the patches, after their norm"""
    keys: Array
    """(L, D) of the words, after their norm"""
    values: Array
    """(L, D) of the words"""
    scores: Array
    """(N, L) queries . keys / sqrt(D)"""
    weights: Array
    """(N, L) softmax of the scores, row by row; every row sums to 1"""


@dataclass
class Forward:
    """A whole forward pass: one noisy picture, one time, one caption."""

    words: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """(L, C) the caption as the picture's blocks read it"""
    heads: list[list[Head]] = field(default_factory=list)
    """heads[block][head] of cross-attention"""
    answer: Array = field(default_factory=lambda: np.zeros((0, 0, 0)))
    """(3, S, S) what the model says: the velocity"""


@dataclass(frozen=True)
class WordCell:
    """One cross-attention weight and everything it is computed from."""

    query: Array
    """(D,) query of the patch"""
    keys: Array
    """(L, D) keys of all words"""
    scores: Array
    """(L,) query . key / sqrt(D)"""
    weights: Array
    """(L,) exp(score) / sum of exp(scores)"""
    weight: float
    """the cell: weights[word]"""


@dataclass(frozen=True)
class StepCell:
    """One number of a picture before and after a step of the sampler, and what it is made of."""

    told: float
    """velocity with the caption"""
    untold: float
    """velocity without one"""
    velocity: float
    """untold + guidance * (told - untold)"""
    before: float
    """the number at the time of the step"""
    after: float
    """before + (next_time - time) * velocity"""


def word_cell(
    weights: Weights,
    config: Config,
    noisy: Array,
    time: float,
    caption: Ids,
    *,
    layer: int,
    head: int,
    patch: int,
    word: int,
) -> WordCell:
    """How much of a patch's attention goes to a word in one head, recomputed."""
    seen = forward(weights, config, noisy, time, caption).heads[layer][head]
    return WordCell(
        query=seen.queries[patch],
        keys=seen.keys,
        scores=seen.scores[patch],
        weights=seen.weights[patch],
        weight=float(seen.weights[patch, word]),
    )


def step_cell(
    weights: Weights,
    config: Config,
    noisy: Array,
    times: tuple[float, float],
    captions: tuple[Ids, Ids],
    guidance: float,
    place: tuple[int, int, int],
) -> StepCell:
    """One number of the picture through one Euler step with guidance, recomputed.

    Args:
        noisy: (3, S, S) the picture at the first of the two times.
        times: of the step, from and to.
        captions: the one that is drawn, and the empty one.
        guidance: its weight; 1: as learned.
        place: colour (0 red, 1 green, 2 blue), row and column.

    Source: Ho & Salimans 2022, arXiv:2207.12598, equation 6; Liu et al. 2022, arXiv:2209.03003,
        section 2.
    """
    told, untold = (
        float(forward(weights, config, noisy, times[0], caption).answer[place])
        for caption in captions
    )
    velocity = untold + guidance * (told - untold)
    before = float(noisy[place])
    return StepCell(told, untold, velocity, before, before + (times[1] - times[0]) * velocity)


def forward(weights: Weights, config: Config, noisy: Array, time: float, caption: Ids) -> Forward:
    """The model on one noisy picture, keeping what the caption does.

    Args:
        weights: the model's arrays by name.
        config: its plan as plain values.
        noisy: (3, S, S) from about -1 to 1.
        time: 0 for a picture, 1 for noise.
        caption: (L,) ids of words, without padding.

    Source: Peebles & Xie 2022, arXiv:2212.09748, section 3.2; Rombach et al. 2021,
        arXiv:2112.10752, section 3.3.
    """
    seen = Forward(words=read_words(weights, config, caption))
    switches = clock(weights, time)  # (6, C)
    x = linear(to_patches(noisy, config["patch"]), weights, "patches_in")  # (N, C)
    x = x + _array(weights, "patch_positions")
    for layer in range(config["n_blocks"]):
        x, heads = picture_block(x, switches, seen.words, weights, config, f"blocks.{layer}")
        seen.heads.append(heads)
    last = linear(norm(x, _array(weights, "final_norm.weight")), weights, "patches_out")
    seen.answer = from_patches(last, config["patch"])
    return seen


def picture_block(
    x: Array, switches: Array, words: Array, weights: Weights, config: Config, name: str
) -> tuple[Array, list[Head]]:
    """Patches (N, C) look at each other, then at the words; then each processes what it gathered.

    Returns:
        (N, C) the patches afterwards, and every head of cross-attention.
    """
    shift, scale, gate, shift_2, scale_2, gate_2 = switches + _array(weights, f"{name}.offset")
    read = shift + norm(x) * (1.0 + scale)
    x = x + self_attention(read, weights, config, f"{name}.attention") * (1.0 + gate)
    read = norm(x, _array(weights, f"{name}.cross_norm.weight"))
    heads = cross_attention(read, words, weights, config, f"{name}.cross")
    mixed = np.concatenate([each.weights @ each.values for each in heads], axis=1)  # (N, C)
    x = x + linear(mixed, weights, f"{name}.cross.out")
    read = shift_2 + norm(x) * (1.0 + scale_2)
    x = x + feedforward(read, weights, f"{name}.feedforward") * (1.0 + gate_2)
    return x, heads


def read_words(weights: Weights, config: Config, caption: Ids) -> Array:
    """The caption side: (L,) ids -> (L, C)."""
    x = _array(weights, "word_table.weight")[caption]
    x = x + _array(weights, "word_positions")[: len(caption)]
    for layer in range(config["n_text_blocks"]):
        name = f"text_blocks.{layer}"
        read = norm(x, _array(weights, f"{name}.attention_norm.weight"))
        x = x + self_attention(read, weights, config, f"{name}.attention")
        read = norm(x, _array(weights, f"{name}.feedforward_norm.weight"))
        x = x + feedforward(read, weights, f"{name}.feedforward")
    return norm(x, _array(weights, "text_norm.weight"))


def cross_attention(
    x: Array, words: Array, weights: Weights, config: Config, name: str
) -> list[Head]:
    """Every head of the patches (N, C) looking at the words (L, C).

    Source: Vaswani et al. 2017, arXiv:1706.03762, equation 1; queries from one side, keys and
        values from the other.
    """
    queries = _heads(linear(x, weights, f"{name}.q"), config)
    both = linear(words, weights, f"{name}.kv")
    keys, values = (_heads(part, config) for part in np.split(both, 2, axis=1))
    return [_head(*each, weights, name) for each in zip(queries, keys, values, strict=True)]


def self_attention(x: Array, weights: Weights, config: Config, name: str) -> Array:
    """What tokens of one kind (T, C) gather from each other: (T, C)."""
    thirds = np.split(linear(x, weights, f"{name}.qkv"), 3, axis=1)
    queries, keys, values = (_heads(part, config) for part in thirds)
    heads = [_head(*each, weights, name) for each in zip(queries, keys, values, strict=True)]
    mixed = np.concatenate([each.weights @ each.values for each in heads], axis=1)
    return linear(mixed, weights, f"{name}.out")


def feedforward(x: Array, weights: Weights, name: str) -> Array:
    """(T, C) -> (T, C), each token on its own.

    Source: So et al. 2021, arXiv:2109.08668, section 3: squared ReLU.
    """
    return linear(np.maximum(linear(x, weights, f"{name}.up"), 0) ** 2, weights, f"{name}.down")


def clock(weights: Weights, time: float) -> Array:
    """A time as shifts, scales and gates: (6, C).

    The waves' speeds are rounded to single precision, as the model's are: at a thousand radians
    the digits beyond that would show.
    """
    steps = np.arange(N_WAVES, dtype=np.float32) / np.float32(N_WAVES - 1)
    speeds = np.float32(FASTEST) ** steps  # (32,) radians from picture to noise
    angles = time * speeds.astype(np.float64)
    hidden = np.concatenate([np.sin(angles), np.cos(angles)])
    for name in ("clock.first", "clock.second"):
        hidden = linear(hidden, weights, name)
        hidden = hidden / (1.0 + np.exp(-hidden))
    return linear(hidden, weights, "clock.switches").reshape(6, -1)


def norm(x: Array, gain: Array | float = 1.0) -> Array:
    """LayerNorm without a bias (arXiv:1607.06450, equation 4), row by row."""
    centred = x - x.mean(axis=-1, keepdims=True)
    return np.asarray(
        centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + NORM_EPS) * gain
    )


def to_patches(picture: Array, patch: int) -> Array:
    """(3, S, S) -> (N, P * P * 3): patch by patch, pixel by pixel, the three colours together;
    of latents likewise, with as many numbers a cell as they have.
    """
    size = picture.shape[1]
    corners = [(y, x) for y in range(0, size, patch) for x in range(0, size, patch)]
    return np.stack(
        [picture[:, y : y + patch, x : x + patch].transpose(1, 2, 0).ravel() for y, x in corners]
    )


def from_patches(patches: Array, patch: int) -> Array:
    """The inverse of `to_patches`."""
    n = round(len(patches) ** 0.5)
    colours = patches.shape[1] // patch**2
    picture = np.zeros((colours, n * patch, n * patch))
    for at, numbers in enumerate(patches):
        y, x = (patch * each for each in divmod(at, n))
        tile = numbers.reshape(patch, patch, colours).transpose(2, 0, 1)
        picture[:, y : y + patch, x : x + patch] = tile
    return picture


def _head(q: Array, k: Array, v: Array, weights: Weights, name: str) -> Head:
    """softmax(q k^T / sqrt(D)) of one head, after the norm of queries and keys."""
    q = norm(q, _array(weights, f"{name}.query_norm.weight"))
    k = norm(k, _array(weights, f"{name}.key_norm.weight"))
    scores = q @ k.T / math.sqrt(q.shape[1])
    return Head(q, k, v, scores, np.stack([softmax(row) for row in scores]))


def _heads(x: Array, config: Config) -> list[Array]:
    """(T, C) -> H times (T, D)"""
    return list(np.split(x, config["n_heads"], axis=1))


def _array(weights: Weights, name: str) -> Array:
    return np.asarray(weights[name], dtype=np.float64)
