"""A signed record of origin inside a picture's file, so that nobody changes either unnoticed.

Invariant: a record holds for the pixels of one picture, whatever the file's format. It proves, to
who trusts this installation, that this installation wrote it; nothing proves anything about a
picture without one, since every converter may drop it. Inspired by C2PA, not compatible with it.

Source: the seal is that of the texts' records, `core.postprocessing.marking.provenance`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

from core.data.pictures import Pixels
from core.errors import UnreadablePicture
from core.postprocessing.marking.provenance import fits_seal, seal
from core.postprocessing.pictures.formats import QUALITY, encoded, opened

FORMAT: Final = "glassbox-picture-provenance/1"

Verdict = Literal["intact", "pixels_changed", "signature_wrong", "none"]
"""none: the file holds no record of ours; signature_wrong: the seal does not fit, because a field
was changed or another installation signed it; pixels_changed: the record is as it was, the
picture is not."""


@dataclass(frozen=True, kw_only=True)
class PictureOrigin:
    """How a picture came to be.

    Args:
        model: id of the checkpoint that drew it; "book" for one that the picture book drew.
        recipe: how that model was made.
        seed: of the noise it was drawn from.
        caption: what was asked for.
        settings: of the drawing, as JSON can hold them.
        stages: names of the stages it went through, in order.
        written_at: UTC, ISO 8601; empty where it must not matter.
    """

    model: str
    recipe: str = ""
    seed: int | None = None
    caption: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    stages: tuple[str, ...] = ()
    written_at: str = ""


@dataclass(frozen=True, kw_only=True)
class PictureRecord(PictureOrigin):
    """An origin, the picture it belongs to, and the seal over both."""

    format: str = FORMAT
    width: int = 0
    height: int = 0
    pixel_hash: str = ""
    """SHA-256 of width, height and all grey levels in rows of red, green and blue"""
    signature: str = ""
    """HMAC-SHA256 over all other fields, in hex digits"""


@dataclass(frozen=True)
class Checked:
    """What a file says of itself, and whether it holds.

    Args:
        verdict: see there.
        record: the record's fields as they stand in the file; empty without any.
    """

    verdict: Verdict
    record: Mapping[str, Any] = field(default_factory=dict)


def pixel_hash(picture: Pixels) -> str:
    """SHA-256 of a picture's size and grey levels: the same in every lossless format."""
    height, width = picture.shape[:2]
    return hashlib.sha256(f"{width}x{height}:".encode() + picture.tobytes()).hexdigest()


def signed(picture: Pixels, origin: PictureOrigin, key: bytes | None = None) -> PictureRecord:
    """Make the record of a picture.

    Args:
        picture: (H, W, 3) as it leaves.
        origin: how it came to be.
        key: signs; None: the key of this installation.

    Raises:
        ValueError: the settings hold what JSON has no form for.
    """
    height, width = picture.shape[:2]
    unsigned = PictureRecord(
        **asdict(origin), width=width, height=height, pixel_hash=pixel_hash(picture)
    )
    return PictureRecord(**{**asdict(unsigned), "signature": seal(asdict(unsigned), key)})


def encoded_with_record(
    picture: Pixels,
    origin: PictureOrigin,
    format: str,
    quality: int = QUALITY,
    key: bytes | None = None,
) -> tuple[bytes, PictureRecord]:
    """A picture as a file that carries its own record.

    JPEG changes pixels, so there the record is made of the pixels that the file gives back. In an
    SVG mosaic it is made of those that the squares were drawn from.

    Returns:
        the file, and the record inside it.
    """
    leaves = picture
    if format == "jpeg":
        leaves = opened(encoded(picture, format, quality)).pixels
    record = signed(leaves, origin, key)
    return encoded(picture, format, quality, json.dumps(asdict(record))), record


def checked(picture: Pixels, record: str, key: bytes | None = None) -> Checked:
    """Hold a picture and the record found with it against the seal.

    Args:
        picture: (H, W, 3) as it arrived.
        record: the text that stood in the file; may be anything.
        key: that signed it; None: the key of this installation.
    """
    try:
        fields = json.loads(record)
        if not isinstance(fields, dict) or set(fields) != set(asdict(PictureRecord(model=""))):
            return Checked("none")
        if not fits_seal(fields, key):
            return Checked("signature_wrong", fields)
    except (ValueError, TypeError, RecursionError):  # no JSON, or values it has no form for
        return Checked("none")
    fits = fields["pixel_hash"] == pixel_hash(picture)
    return Checked("intact" if fits else "pixels_changed", fields)


def verified(data: bytes, key: bytes | None = None) -> Checked:
    """Read a file and hold it against its record.

    Raises:
        UnreadablePicture: it is no picture file.
    """
    found = opened(data)
    return checked(found.pixels, found.record, key)


def kept_by_conversion(data: bytes, format: str) -> Verdict:
    """What becomes of the record when Pillow opens a file and saves its picture once more.

    Nobody tells it to keep what else stood in the file, and so it keeps nothing.
    """
    try:
        return verified(encoded(opened(data).pixels, format)).verdict
    except UnreadablePicture:
        return "none"
