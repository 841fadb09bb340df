"""What happens to pictures on their way, by accident or on purpose: to try a mark against.

Invariant: equal pictures and strengths give equal results.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Final

import numpy as np
from PIL import Image

from core.data.pictures import Pixels


@dataclass(frozen=True)
class Attack:
    """One way of changing a picture.

    Args:
        change: picture and strength → the picture afterwards.
        strengths: a few to try, from weak to strong.
        unit: of the strength: "quality", "share", "levels" or "degrees".
    """

    change: Callable[[Pixels, float], Pixels]
    strengths: tuple[float, ...]
    unit: str


def jpeg(picture: Pixels, quality: float) -> Pixels:
    """Save as JPEG and read again."""
    file = BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=round(quality))
    return np.asarray(Image.open(file).convert("RGB"))


def scaled(picture: Pixels, share: float) -> Pixels:
    """Scale down to a share of the side and back up: fine detail is lost."""
    height, width = picture.shape[:2]
    small = (max(1, round(width * share)), max(1, round(height * share)))
    image = Image.fromarray(picture).resize(small, Image.Resampling.BICUBIC)
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC))


def cropped(picture: Pixels, share: float) -> Pixels:
    """Keep a share of each side, from somewhat left of and above the middle."""
    height, width = picture.shape[:2]
    rows, columns = max(1, round(height * share)), max(1, round(width * share))
    top, left = (height - rows) * 2 // 5, (width - columns) // 3
    return picture[top : top + rows, left : left + columns]


def noisy(picture: Pixels, levels: float) -> Pixels:
    """Add noise of a standard deviation in grey levels."""
    noise = np.random.default_rng(0).normal(0.0, levels, picture.shape)
    return np.asarray(np.rint(np.clip(picture + noise, 0.0, 255.0)), np.uint8)


def turned(picture: Pixels, degrees: float) -> Pixels:
    """Turn around the middle; the corners are filled with black."""
    return np.asarray(Image.fromarray(picture).rotate(degrees, Image.Resampling.BICUBIC))


ATTACKS: Final[Mapping[str, Attack]] = MappingProxyType(
    {
        "jpeg": Attack(jpeg, (90, 75, 50, 30, 10), "quality"),
        "scaled": Attack(scaled, (0.75, 0.5, 0.35, 0.25, 0.15), "share"),
        "cropped": Attack(cropped, (0.9, 0.75, 0.5, 0.35, 0.25), "share"),
        "noise": Attack(noisy, (5, 10, 25, 40, 60), "levels"),
        "turned": Attack(turned, (0.25, 0.5, 1, 2, 5), "degrees"),
    }
)
