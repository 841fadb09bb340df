"""Colours: whatever space a file counts in, afterwards it is sRGB with 8 bits a channel.

A number is no colour until its space is known: CMYK counts ink, a palette counts places in a
table, a profile says what its red is. Alpha is kept for the next step.
"""

from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image, ImageCms

from core.data.pictures.standardising.steps import Values

PAPER: Final = (255, 255, 255)  # what lies beneath a transparent picture

_SRGB: Final = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_WITH_PROFILE: Final = ("RGB", "L", "CMYK")  # modes whose numbers a profile can explain


def to_srgb(image: Image.Image, bits: int = 8) -> tuple[Image.Image, Values]:
    """The image in sRGB, as RGB or, if it has transparency, RGBA.

    Args:
        image: in any mode of Pillow's.
        bits: a channel in the file; decoding may have cut 16 to 8 already.

    Returns:
        The image, and: `mode` it came in, `bits` a channel, `profile` that it named ("" if none),
        `profile_used`, `moved`: the mean difference, in grey levels, from taking the numbers as
        they stood.
    """
    deep = image.mode.startswith(("I", "F"))
    profile = image.info.get("icc_profile") or b""
    values: Values = {
        "mode": image.mode,
        "bits": 16 if deep else bits,
        "profile": "",
        "profile_used": False,
        "moved": 0.0,
    }
    plain = _eight_bits(image) if deep else image
    if plain.mode in ("P", "PA", "1", "LA", "La", "RGBa"):
        clear = plain.has_transparency_data
        plain = plain.convert("RGBA" if clear else "L" if plain.mode == "1" else "RGB")
    elif plain.mode in ("RGB", "L") and plain.has_transparency_data:
        plain = plain.convert("RGBA")  # one of its colours stands for "nothing"
    if not profile:
        return _rgb(plain), values
    alpha = plain.getchannel("A") if plain.mode == "RGBA" else None
    opaque = plain.convert("RGB") if alpha is not None else plain
    taken_plainly = opaque.convert("RGB")
    explained, values["profile"] = _explained(opaque, profile)
    if explained is None:
        return _rgb(plain), values
    values["profile_used"] = True
    values["moved"] = difference(taken_plainly, explained)
    if alpha is not None:
        explained.putalpha(alpha)
    return explained, values


def onto_paper(image: Image.Image) -> tuple[Image.Image, Values]:
    """The image laid onto white paper.

    Returns:
        The image as RGB, and `clear`: the share of its pixels through which paper shows.
    """
    if image.mode != "RGBA":
        return image.convert("RGB"), {"clear": 0.0}
    seen = np.asarray(image.getchannel("A"))
    clear = float((seen < 255).mean())
    paper = Image.new("RGBA", image.size, (*PAPER, 255))
    paper.alpha_composite(image)
    return paper.convert("RGB"), {"clear": clear}


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two RGB images of one size, in grey levels."""
    off = np.asarray(one, np.int16) - np.asarray(other, np.int16)
    return float(np.abs(off).mean())


def _explained(image: Image.Image, profile: bytes) -> tuple[Image.Image | None, str]:
    """The image in sRGB by its own profile, and the profile's name; None if it cannot be used."""
    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        name = ImageCms.getProfileDescription(own).strip()
        if image.mode not in _WITH_PROFILE:
            return None, name
        return ImageCms.profileToProfile(image, own, _SRGB, outputMode="RGB"), name
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):  # damaged, or of another mode
        return None, ""


def _eight_bits(image: Image.Image) -> Image.Image:
    """An image of 16 bits, or of floating numbers, in 8 bits: 65,535 becomes 255."""
    levels = np.asarray(image, np.float64)
    if image.mode == "F":
        top = max(float(levels.max()), 1.0) if np.isfinite(levels).all() else 1.0
        levels = np.nan_to_num(levels) * (65535.0 / top)
    return Image.fromarray(np.rint(np.clip(levels, 0, 65535) / 257.0).astype(np.uint8))


def _rgb(image: Image.Image) -> Image.Image:
    return image if image.mode in ("RGB", "RGBA") else image.convert("RGB")
