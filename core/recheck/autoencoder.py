"""The autoencoder computed a second time: NumPy alone, float64, straight from the papers.

Written to be checked, not to be fast, and to share nothing with the model it checks: one picture
or one grid of latents, one convolution after the other.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.recheck.transformer import Weights

Array = NDArray[np.float64]

ENCODER = ("unshuffle", "conv", "residual", "halve", "residual", "halve", "residual", "silu",
           "conv")  # fmt: skip
DECODER = ("conv", "residual", "residual", "double", "conv", "residual", "residual", "double",
           "conv", "residual", "silu", "conv", "shuffle")  # fmt: skip


@dataclass(frozen=True)
class LatentCell:
    """One number of the latents, and the products that the last convolution adds up for it.

    Args:
        read: (C, 3, 3) what the convolution sees around the cell.
        kernel: (C, 3, 3) its weights.
        bias: added to the sum.
        mean: their sum: the number before it is scaled.
        middle, spread: of this number over many pictures.
        value: (mean - middle) / spread.
    """

    read: Array
    kernel: Array
    bias: float
    mean: float
    middle: float
    spread: float
    value: float


def encode(weights: Weights, picture: Array) -> Array:
    """A picture's latents.

    Args:
        weights: the model's arrays by name.
        picture: (3, S, S) from -1 to 1.

    Returns:
        (Z, S/8, S/8) scaled.

    Source: Rombach et al. 2022, arXiv:2112.10752, section 3.1.
    """
    mean = _passed(picture, weights, "encoder", ENCODER)[: len(weights["middle"])]
    return (mean - _over(weights, "middle")) / _over(weights, "spread")


def latent_cell(weights: Weights, picture: Array, place: tuple[int, int, int]) -> LatentCell:
    """One number of a picture's latents with its ingredients; place: number, row, column."""
    z, row, column = place
    x = _passed(picture, weights, "encoder", ENCODER[:-1])  # (C, S/8, S/8)
    read = np.pad(x, ((0, 0), (1, 1), (1, 1)))[:, row : row + 3, column : column + 3]
    name = f"encoder.{len(ENCODER) - 1}"
    kernel, bias = _array(weights, f"{name}.weight")[z], float(_array(weights, f"{name}.bias")[z])
    mean = float((read * kernel).sum()) + bias
    middle, spread = (float(_array(weights, each)[z]) for each in ("middle", "spread"))
    return LatentCell(read, kernel, bias, mean, middle, spread, (mean - middle) / spread)


def decode(weights: Weights, latents: Array) -> Array:
    """The picture of latents: (Z, S/8, S/8) scaled -> (3, S, S), from about -1 to 1."""
    unscaled = latents * _over(weights, "spread") + _over(weights, "middle")
    return _passed(unscaled, weights, "decoder", DECODER)


def convolution(x: Array, kernel: Array, bias: Array, stride: int = 1) -> Array:
    """Every output is the sum of a 3 × 3 neighbourhood times a kernel; beyond the edge lie zeros.

    Args:
        x: (C, h, w).
        kernel: (K, C, 3, 3).
        bias: (K,).
        stride: 2 leaves out every second place of both directions.

    Returns:
        (K, h / stride, w / stride).

    Source: LeCun et al. 1989, "Backpropagation Applied to Handwritten Zip Code Recognition".
    """
    _, h, w = x.shape
    wide = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    found = np.zeros((len(kernel), -(-h // stride), -(-w // stride)))
    for down in range(3):
        for right in range(3):
            seen = wide[:, down : down + h : stride, right : right + w : stride]  # (C, h', w')
            found += np.tensordot(kernel[:, :, down, right], seen, axes=1)
    return found + bias[:, None, None]


def _passed(x: Array, weights: Weights, name: str, parts: tuple[str, ...]) -> Array:
    """One part after the other; a part's number is its place in the model."""
    for at, part in enumerate(parts):
        here = f"{name}.{at}"
        if part == "unshuffle":
            x = np.concatenate([x[:, y::2, z::2][:, None] for y in (0, 1) for z in (0, 1)], axis=1)
            x = x.reshape(-1, *x.shape[2:])
        elif part == "shuffle":
            four = x.reshape(-1, 2, 2, *x.shape[1:])  # (3, down, right, h, w)
            x = four.transpose(0, 3, 1, 4, 2).reshape(len(four), 2 * x.shape[1], 2 * x.shape[2])
        elif part == "double":
            x = x.repeat(2, axis=1).repeat(2, axis=2)
        elif part == "silu":
            x = _silu(x)
        elif part == "residual":
            inner = _conv(_silu(x), weights, f"{here}.first")
            x = x + _conv(_silu(inner), weights, f"{here}.second")
        else:
            x = _conv(x, weights, here, 2 if part == "halve" else 1)
    return x


def _conv(x: Array, weights: Weights, name: str, stride: int = 1) -> Array:
    return convolution(
        x, _array(weights, f"{name}.weight"), _array(weights, f"{name}.bias"), stride
    )


def _silu(x: Array) -> Array:
    return np.asarray(x * 0.5 * (1.0 + np.tanh(0.5 * x)))  # x / (1 + exp(-x)), but never too large


def _over(weights: Weights, name: str) -> Array:
    return _array(weights, name)[:, None, None]


def _array(weights: Weights, name: str) -> Array:
    return np.asarray(weights[name], dtype=np.float64)
