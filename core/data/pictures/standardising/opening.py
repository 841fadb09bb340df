"""From a file's bytes to a decoded image, or to an error that says what is wrong with the file.

Invariant: nothing is decoded before its size is known to be bearable. What a file is, its bytes
say; its name says nothing.
"""

import warnings
from io import BytesIO
from typing import Final

from PIL import Image, UnidentifiedImageError

from core.errors import (
    DamagedPicture,
    EmptyPicture,
    LargePictureFile,
    NoPicture,
    TooManyPixels,
    TruncatedPicture,
    UnreadablePicture,
)

FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
LIMIT_BYTES: Final = 20 * 2**20  # 20 MB
LIMIT_PIXELS: Final = 50_000_000  # a telephone's largest picture has 48 million: 150 MB unpacked
_LIMIT_MP: Final = LIMIT_PIXELS // 1_000_000
_BEGINNING: Final = 2048  # bytes in which a document says what it is

# What people send in good faith, by the bytes it begins with.
_OTHERS: Final = (
    (b"%PDF-", "PDF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"BM", "BMP"),
    (b"8BPS", "Photoshop"),
    (b"PK\x03\x04", "ZIP"),
)
_BRANDS: Final = {b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIC", b"msf1": "HEIC",
                  b"avif": "AVIF", b"avis": "AVIF"}  # fmt: skip


def open_picture(name: str, data: bytes) -> Image.Image:
    """The picture in a file, decoded; of an animation its first frame.

    Args:
        name: the file's name, for the error alone.
        data: the file's bytes, from anywhere.

    Raises:
        UnreadablePicture: one of its kinds, as their names say.
    """
    if not data:
        raise EmptyPicture(f"{name} is empty", name=name)
    if len(data) > LIMIT_BYTES:
        raise too_large(name, len(data))
    with warnings.catch_warnings():  # broken metadata is no reason to refuse a picture
        warnings.simplefilter("ignore")
        return _decoded(name, data)


def too_large(name: str, n_bytes: int) -> LargePictureFile:
    """The error for a file above the limit."""
    size_mb, limit_mb = round(n_bytes / 2**20, 1), LIMIT_BYTES // 2**20
    message = f"{name} has {size_mb} MB, the limit is {limit_mb}"
    return LargePictureFile(message, name=name, size_mb=size_mb, limit_mb=limit_mb)


def _decoded(name: str, data: bytes) -> Image.Image:
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
        _check_pixels(name, image)
        if image.format == "PNG":  # its check sums, which decoding does not look at
            image.verify()
            image = Image.open(BytesIO(data), formats=FORMATS)
        image.load()
        return image
    except Image.DecompressionBombError as error:
        raise TooManyPixels(
            f"{name} is a decompression bomb", name=name, width=0, height=0, limit_mp=_LIMIT_MP
        ) from error
    except UnidentifiedImageError as error:
        raise _unknown(name, data) from error
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError) as error:
        # Pillow answers damage with any of these; only its sentence tells a missing end.
        if "truncated" in str(error).lower() or "Truncated" in type(error).__name__:
            raise TruncatedPicture(f"{name} is truncated", name=name) from error
        raise DamagedPicture(f"{name} is damaged: {error}", name=name) from error


def _check_pixels(name: str, image: Image.Image) -> None:
    if image.width * image.height > LIMIT_PIXELS:
        raise TooManyPixels(
            f"{name} has {image.width} x {image.height} pixels",
            name=name,
            width=image.width,
            height=image.height,
            limit_mp=_LIMIT_MP,
        )


def _unknown(name: str, data: bytes) -> UnreadablePicture:
    """What a file is that is no picture of ours."""
    kind = kind_of(data)
    if kind:
        return NoPicture(f"{name} is {kind}", name=name, kind=kind)
    return DamagedPicture(f"{name} is damaged or no picture", name=name)


def bits_of(data: bytes) -> int:
    """Bits a channel, as the header of a PNG says; every other format here has 8."""
    is_png = data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) > 24
    return data[24] if is_png else 8


def kind_of(data: bytes) -> str:
    """The usual name of what a file holds, judged by how it begins, or an empty string."""
    beginning = data[:_BEGINNING]
    for mark, kind in _OTHERS:
        if beginning.startswith(mark):
            return kind
    if beginning[4:8] == b"ftyp":
        return _BRANDS.get(beginning[8:12], "")
    text = beginning.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return "HTML"
    if text.startswith((b"<svg", b"<?xml", b"<!doctype svg")) and b"<svg" in text:
        return "SVG"
    return "Text" if _is_text(beginning) else ""


def _is_text(beginning: bytes) -> bool:
    try:
        text = beginning.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(beginning) - 4:  # not merely a character cut in two
            return False
        text = beginning[: error.start].decode("utf-8")
    return bool(text) and all(c.isprintable() or c in "\t\r\n" for c in text)
