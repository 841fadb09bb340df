"""One step of standardising: what it found, what it changed, and the picture afterwards."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

from PIL import Image

STEPS: Final = ("frame", "orientation", "colour", "transparency", "size", "metadata")
"""In this order: turned before it is cropped, in sRGB before it is laid onto paper."""

VIEW: Final = 192  # longest side of a picture shown between two steps, in pixels

EXACT: Final = 64  # up to this size a view shows every pixel as it is

Values = dict[str, Any]  # JSON values


@dataclass(frozen=True, slots=True)
class Step:
    """What one step did.

    Args:
        name: one of STEPS.
        changed: whether the picture, or what comes with it, is another now.
        values: what was measured, JSON-serialisable.
        view: the picture afterwards, at most VIEW pixels wide and high, see `view_of`; or empty.
    """

    name: str
    changed: bool
    values: Values = field(default_factory=dict)
    view: bytes = b""


def view_of(image: Image.Image) -> bytes:
    """A small picture of an image, for the eye alone: PNG where every pixel counts, else WebP."""
    small = image.convert("RGBA" if image.has_transparency_data else "RGB")
    small.info.clear()  # no profile, no comment
    small.thumbnail((VIEW, VIEW), Image.Resampling.BOX)
    written = BytesIO()
    if max(small.size) <= EXACT:
        small.save(written, "PNG")
    else:
        small.save(written, "WEBP", quality=85)
    return written.getvalue()
