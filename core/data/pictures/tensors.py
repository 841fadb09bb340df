"""Pictures as a model reads them, and back: 0 to 255 becomes -1 to 1."""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.data.pictures.drawing.painting import Pixels

HALF_RANGE = 127.5


def to_tensor(pictures: Pixels) -> Tensor:
    """(B, S, S, 3) grey levels from 0 to 255 -> (B, 3, S, S) from -1 to 1, float32."""
    return scaled_levels(torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))))


def scaled_levels(levels: Tensor) -> Tensor:
    """Grey levels from 0 to 255, of any shape, as numbers from -1 to 1."""
    return levels.float() / HALF_RANGE - 1.0


def to_levels(pictures: Tensor) -> npt.NDArray[np.float32]:
    """(B, 3, S, S) from about -1 to 1 -> (B, S, S, 3) grey levels, cut off at 0 and 255."""
    levels = ((pictures.float() + 1.0) * HALF_RANGE).clamp(0.0, 255.0)
    return np.ascontiguousarray(levels.permute(0, 2, 3, 1).numpy())


def to_pixels(pictures: Tensor) -> Pixels:
    """The same, rounded to whole grey levels: uint8."""
    return np.rint(to_levels(pictures)).astype(np.uint8)
