"""Metadata: what a file tells besides its picture, said to its owner and then left behind.

A position is only said to be there, never repeated: it may be somebody's home.
"""

from typing import Final

from PIL import ExifTags, Image

from core.data.pictures.standardising.steps import Values
from core.data.text.documents import well_formed

LONGEST: Final = 60  # characters of a camera's or a program's name
_TEXTS: Final = {"camera": ExifTags.Base.Model, "maker": ExifTags.Base.Make,
                 "program": ExifTags.Base.Software}  # fmt: skip
_PEOPLE: Final = (ExifTags.Base.Artist, ExifTags.Base.Copyright)
_OURS: Final = ("dpi", "jfif", "jfif_version", "jfif_unit", "jfif_density", "gamma", "srgb",
                "chromaticity", "transparency", "background", "duration", "loop", "version",
                "extension", "progressive", "progression", "adobe", "adobe_transform", "interlace",
                "timestamp", "aspect", "mp", "mpoffset")  # fmt: skip
"""Entries that only describe how the pixels are stored."""


def metadata_of(image: Image.Image) -> Values:
    """What else the file says: `n_entries` in all, `position` and `time` taken, `person` named,
    `camera`, `maker` and `program` by name ("" if not said).

    Args:
        image: as it was opened.
    """
    exif = image.getexif()
    try:
        position = bool(exif.get_ifd(ExifTags.IFD.GPSInfo))
        inner = exif.get_ifd(ExifTags.IFD.Exif)
    except (OSError, ValueError, KeyError, TypeError, SyntaxError):  # damaged, yet it was there
        position, inner = ExifTags.IFD.GPSInfo in exif, {}
    written = [key for key in image.info if key not in (*_OURS, "exif", "icc_profile")]
    others = [key for key in exif if key != ExifTags.Base.Orientation]
    return {
        "n_entries": len(others) + len(inner) + len(written),
        "position": position,
        "time": ExifTags.Base.DateTimeOriginal in inner or ExifTags.Base.DateTime in exif,
        "person": any(tag in exif for tag in _PEOPLE),
        **{name: _name(exif.get(tag)) for name, tag in _TEXTS.items()},
    }


def _name(value: object) -> str:
    """A name as one short line: anybody may have written anything there."""
    if not isinstance(value, str):
        return ""
    line = " ".join(well_formed(value).replace("\0", " ").split())
    return "".join(c for c in line if c.isprintable())[:LONGEST]
