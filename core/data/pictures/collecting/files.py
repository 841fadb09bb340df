"""Pictures as PNG files, as one would collect them: captions beside them, some files broken.

Writing needs no care; what is read may come from anywhere and is refused unless it is a sound PNG
of the size expected.
"""

import json
from collections.abc import Callable
from io import BytesIO
from random import Random
from typing import Final

import numpy as np
from PIL import Image, UnidentifiedImageError

from core.data.pictures.collecting.corpus import Corpus
from core.data.pictures.collecting.sampling import one_of
from core.data.pictures.drawing.painting import Pixels
from core.errors import UnreadablePicture

CAPTIONS: Final = "captions.jsonl"
LARGEST_BYTES: Final = 1_000_000


def png_of(picture: Pixels) -> bytes:
    """A picture as a PNG file; the same pixels everywhere, though not the same bytes."""
    written = BytesIO()
    Image.fromarray(picture).save(written, "PNG")
    return written.getvalue()


def picture_of(data: bytes, size: int) -> Pixels:
    """The pixels of a PNG file.

    Args:
        data: the file's bytes, from anywhere.
        size: the side that the picture must have.

    Returns:
        (size, size, 3) grey levels.

    Raises:
        UnreadablePicture: it is broken, no PNG, or of another size.
    """
    if not 0 < len(data) <= LARGEST_BYTES:
        raise UnreadablePicture(f"the file has {len(data)} bytes", reason="file_size")
    try:
        with Image.open(BytesIO(data), formats=("PNG",)) as image:
            if image.size != (size, size):
                raise UnreadablePicture(f"the picture has {image.size}", reason="picture_size")
            image.verify()  # the check sums, which loading does not look at
        with Image.open(BytesIO(data), formats=("PNG",)) as image:
            return np.array(image.convert("RGB"))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise UnreadablePicture("the file is broken or no PNG", reason="broken") from error


def written(corpus: Corpus) -> dict[str, bytes]:
    """The corpus as files by name: a PNG a picture, and CAPTIONS with a line of JSON for each.

    A share of the PNG files, as the settings wish, is broken; their captions are sound.
    """
    random = Random(corpus.settings.seed + 5_000_011)
    files, lines = {}, []
    for i, (picture, entry) in enumerate(zip(corpus.pictures, corpus.entries, strict=True)):
        name = f"{i:05d}.png"
        data = png_of(picture)
        if random.random() < corpus.settings.damaged_share:
            data = damaged(data, random)
        files[name] = data
        line = {"file": name, "caption": entry.caption, "lang": entry.lang}
        lines.append(json.dumps(line, ensure_ascii=False) + "\n")
    files[CAPTIONS] = "".join(lines).encode()
    return files


def damaged(data: bytes, random: Random) -> bytes:
    """A PNG file as it may come out of a bad download: in one of five ways, always unreadable."""
    return one_of(_DAMAGES, random)(data, random)


def _truncated(data: bytes, random: Random) -> bytes:
    return data[: int(len(data) * (0.1 + 0.8 * random.random()))]


def _flipped(data: bytes, random: Random) -> bytes:
    """One byte among the pixels is another."""
    at = data.index(b"IDAT") + 4 + int(random.random() * (len(data) - data.index(b"IDAT") - 24))
    return data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]


def _beheaded(data: bytes, random: Random) -> bytes:
    return data[8 + int(random.random() * 8) :]


def _empty(data: bytes, random: Random) -> bytes:
    return b""


def _page(data: bytes, random: Random) -> bytes:
    """What a server says instead of sending the picture."""
    return b"<!DOCTYPE html><html><body><h1>404 Not Found</h1></body></html>"


_DAMAGES: Final[tuple[Callable[[bytes, Random], bytes], ...]] = (
    _truncated,
    _flipped,
    _beheaded,
    _empty,
    _page,
)
