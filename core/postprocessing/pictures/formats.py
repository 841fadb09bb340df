"""Formats: the same picture as a file of one kind or another, and what each keeps of it.

Invariant: what is read is a picture of at most LARGEST_PIXELS in a format named here, whatever its
name or its sender claims; nothing in a file is run, and no text in it is taken for markup.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Any, Final
from warnings import catch_warnings, simplefilter
from xml.sax.saxutils import escape, unescape

import numpy as np
import numpy.typing as npt
from PIL import Image, PngImagePlugin, UnidentifiedImageError

from core.data.pictures import Pixels
from core.errors import SettingError, UnreadablePicture

FORMATS: Final = ("png", "webp", "jpeg", "svg")
MEDIA_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {"png": "image/png", "webp": "image/webp", "jpeg": "image/jpeg", "svg": "image/svg+xml"}
)
QUALITY: Final = 90  # of JPEG, 1 to 100
LARGEST_BYTES: Final = 8_000_000
LARGEST_PIXELS: Final = 1024 * 1024
RECORD_KEYWORD: Final = "glassbox:origin"  # of the iTXt chunk of a PNG file
_DESCRIPTION: Final = 0x010E  # EXIF's ImageDescription, for JPEG and WebP


@dataclass(frozen=True)
class Opened:
    """A picture file, read.

    Args:
        pixels: (H, W, 3) grey levels.
        format: one of FORMATS.
        record: the text that stands where we keep the record of origin; empty without any.
        clear: (H, W) which pixels are see-through; None for a picture without any.
    """

    pixels: Pixels
    format: str
    record: str = ""
    clear: npt.NDArray[np.bool_] | None = None


def encoded(picture: Pixels, format: str, quality: int = QUALITY, record: str = "") -> bytes:
    """A picture as a file.

    Args:
        picture: (H, W, 3) grey levels. For "svg" better the small one: a square for each pixel.
        format: one of FORMATS. PNG and WebP keep every pixel; JPEG does not; SVG keeps every
            pixel as a shape, at any size.
        quality: of JPEG: 1 is small and rough, 100 large and nearly exact.
        record: text to put into the file, in ASCII.

    Raises:
        SettingError: there is no such format or quality.
    """
    if format not in FORMATS:
        raise SettingError("format", format, f"must be one of {', '.join(FORMATS)}")
    if not 1 <= quality <= 100:
        raise SettingError("quality", quality, "must lie in [1, 100]")
    if format == "svg":
        return mosaic(picture, record).encode()
    options: dict[str, Any] = {"quality": quality} if format == "jpeg" else {}
    if format == "webp":
        options["lossless"] = True
    if record and format == "png":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_itxt(RECORD_KEYWORD, record)
    elif record:
        options["exif"] = Image.Exif()
        options["exif"][_DESCRIPTION] = record
    file = BytesIO()
    Image.fromarray(picture).save(file, format.upper(), **options)
    return file.getvalue()


def opened(data: bytes) -> Opened:
    """Read a picture file from anywhere: PNG, WebP, JPEG, or a mosaic of our own.

    Its size is looked at before a single pixel is unpacked. Strangers' files belong in a process
    that can be killed: `core.postprocessing.pictures.strangers`.

    Raises:
        UnreadablePicture: it is none of these, broken, too long or too large.
    """
    if not 0 < len(data) <= LARGEST_BYTES:
        raise UnreadablePicture(f"the file has {len(data)} bytes", reason="file_size")
    if data.startswith(b"<svg "):
        return _opened_mosaic(data)
    try:
        with catch_warnings():
            simplefilter("ignore")  # Pillow's own warning of large pictures
            with Image.open(BytesIO(data), formats=("PNG", "WEBP", "JPEG")) as image:
                if image.width * image.height > LARGEST_PIXELS:
                    raise UnreadablePicture(f"it has {image.size}", reason="picture_size")
                format, record = str(image.format).lower(), _record(image)
                alpha = image.convert("RGBA").getchannel("A")
                clear = np.array(alpha) < 128
                pixels = np.array(image.convert("RGB"))
                return Opened(pixels, format, record, clear if clear.any() else None)
    except (
        *(UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError),
        *(Image.DecompressionBombError, KeyError, IndexError, TypeError),
    ) as error:  # all that Pillow is known to raise on damaged files
        raise UnreadablePicture("the file is broken or no picture", reason="broken") from error


def _record(image: Image.Image) -> str:
    text = image.info.get(RECORD_KEYWORD, "")
    found = text if image.format == "PNG" else image.getexif().get(_DESCRIPTION, "")
    return str(found) if isinstance(found, str) else ""


def mosaic(picture: Pixels, record: str = "") -> str:
    """A picture as drawn squares: an SVG document that is sharp at any size.

    Args:
        picture: (H, W, 3) grey levels.
        record: text to be kept in the document; it is data and stays data, whatever it says.

    Returns:
        a document of one path a colour; a run of equal pixels in a row is one rectangle. It has
        no script, no link and no font.
    """
    height, width = picture.shape[:2]
    shapes: dict[str, list[str]] = {}
    for y, row in enumerate(picture.tolist()):
        x = 0
        while x < width:
            end = x + 1
            while end < width and row[end] == row[x]:
                end += 1
            colour = "#" + bytes(row[x]).hex()
            shapes.setdefault(colour, []).append(f"M{x} {y}h{end - x}v1h{x - end}z")
            x = end
    paths = "".join(f'<path fill="{c}" d="{"".join(d)}"/>' for c, d in shapes.items())
    about = f"<metadata>{escape(record)}</metadata>" if record else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'shape-rendering="crispEdges">{about}{paths}</svg>\n'
    )


@dataclass(frozen=True)
class Kept:
    """What a format keeps of a picture.

    Args:
        n_bytes: of the file.
        exact: share of the pixels that are read back as they were.
        error: root mean square difference of what is read back, in grey levels.
    """

    n_bytes: int
    exact: float
    error: float


def kept(picture: Pixels, format: str, quality: int = QUALITY) -> Kept:
    """Write a picture, read it back and measure; for "svg" the document is drawn by its paths."""
    data = encoded(picture, format, quality)
    back = drawn(data.decode()) if format == "svg" else opened(data).pixels
    off = back.astype(np.float64) - picture
    same = (back == picture).all(axis=2).mean()
    return Kept(len(data), float(same), float(np.sqrt((off**2).mean())))


def drawn(document: str) -> Pixels:
    """The pixels of one of our own mosaics; of no other SVG.

    Raises:
        ValueError, IndexError: it is none.
    """
    size = re.match(r'<svg xmlns="[^"]*" viewBox="0 0 (\d{1,4}) (\d{1,4})"', document)
    if size is None or int(size[1]) * int(size[2]) > LARGEST_PIXELS:
        raise ValueError("this is no mosaic of ours")
    picture = np.zeros((int(size[2]), int(size[1]), 3), np.uint8)
    for colour, path in re.findall(r'<path fill="#([0-9a-f]{6})" d="([^"]*)"/>', document):
        for x, y, n in re.findall(r"M(\d{1,4}) (\d{1,4})h(\d{1,4})v1", path):
            picture[int(y), int(x) : int(x) + int(n)] = tuple(bytes.fromhex(colour))
    return picture


def _opened_mosaic(data: bytes) -> Opened:
    """Read by patterns, never by a browser or an XML parser: it may hold anything."""
    try:
        document = data.decode()
        about = re.search(r"<metadata>([^<]*)</metadata>", document)
        return Opened(drawn(document), "svg", unescape(about[1]) if about else "")
    except (ValueError, IndexError) as error:
        raise UnreadablePicture("this SVG is no mosaic of ours", reason="broken") from error
