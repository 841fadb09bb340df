"""All steps in a row: a file's bytes in, a square picture in sRGB out, and what was done to it."""

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import ExifTags, Image, ImageOps

from core.data.pictures.drawing.painting import SIZES, Pixels
from core.data.pictures.standardising.colour import onto_paper, to_srgb
from core.data.pictures.standardising.metadata import metadata_of
from core.data.pictures.standardising.opening import bits_of, open_picture
from core.data.pictures.standardising.sizing import FITS, to_square
from core.data.pictures.standardising.steps import Step, Values, view_of
from core.errors import DamagedPicture, SettingError

_BROKEN: Final = (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError,
                  ArithmeticError, struct.error)  # fmt: skip
_UPRIGHT: Final = 1  # the EXIF orientation that needs no turning


@dataclass(frozen=True, slots=True)
class Standard:
    """What every picture shall be.

    Args:
        size: pixels of a side, one of SIZES.
        fit: how an oblong picture becomes a square, one of FITS.
    """

    size: int = 32
    fit: str = "crop"

    def __post_init__(self) -> None:
        if self.size not in SIZES:
            raise SettingError("size", self.size, f"must be one of {SIZES}")
        if self.fit not in FITS:
            raise SettingError("fit", self.fit, f"must be one of {FITS}")


@dataclass(frozen=True, slots=True, eq=False)
class Standardised:
    """A picture made standard.

    Args:
        pixels: (size, size, 3) grey levels in sRGB.
        steps: what each of STEPS did, in order.
        arrived: the picture as a program that knows no steps shows it, small; or empty.
    """

    pixels: Pixels
    steps: tuple[Step, ...]
    arrived: bytes = b""


def standardise(
    name: str, data: bytes, standard: Standard | None = None, views: bool = False
) -> Standardised:
    """Make a picture file standard.

    Args:
        name: the file's name, for errors alone.
        data: its bytes. Of strangers' files: in a process that can be killed, see `untrusted`.
        standard: what it shall be; 32 px, cropped, if not given.
        views: whether a small picture is kept of every step.

    Raises:
        UnreadablePicture: one of its kinds, as their names say.
    """
    standard = standard or Standard()
    image = open_picture(name, data)
    try:
        return _standardised(image, bits_of(data), standard, views)
    except _BROKEN as error:  # what only shows on turning or converting
        raise DamagedPicture(f"{name} is damaged: {error}", name=name) from error


def _standardised(image: Image.Image, bits: int, standard: Standard, views: bool) -> Standardised:
    steps: list[Step] = []
    arrived = view_of(image.convert("RGB")) if views else b""

    def done(name: str, image: Image.Image, changed: bool, values: Values) -> None:
        view = view_of(image) if views else b""
        steps.append(Step(name, changed, values, view))

    said = metadata_of(image)
    n_frames = int(getattr(image, "n_frames", 1)) if image.format != "MPO" else 1
    first = {"format": image.format, "width": image.width, "height": image.height}
    done("frame", image, n_frames > 1, {**first, "n_frames": n_frames})

    orientation = int(image.getexif().get(ExifTags.Base.Orientation, _UPRIGHT))
    turned = ImageOps.exif_transpose(image) if orientation in range(2, 9) else image
    done("orientation", turned, turned is not image, {"orientation": orientation})

    image, values = to_srgb(turned, bits)
    plain = values["mode"] in ("RGB", "RGBA") and values["bits"] == 8 and values["moved"] == 0
    done("colour", image, not plain, values)

    image, values = onto_paper(image)
    done("transparency", image, values["clear"] > 0, values)

    image, values = to_square(image, standard.size, standard.fit)
    same = values["width"] == values["height"] == standard.size
    done("size", image, not same, values)

    # Pixels are all that goes on, so nothing else can.
    pixels: Pixels = np.array(image, np.uint8)
    done("metadata", image, said["n_entries"] > 0, said)
    return Standardised(pixels, tuple(steps), arrived)
