"""What a file is, its bytes say; each kind of bad file has an error of its own."""

import struct
import zlib
from io import BytesIO
from random import Random

import numpy as np
import pytest
from PIL import Image

from core.data.pictures.collecting.files import damaged, png_of
from core.data.pictures.standardising.opening import LIMIT_BYTES, kind_of, open_picture
from core.errors import (
    DamagedPicture,
    EmptyPicture,
    LargePictureFile,
    NoPicture,
    TooManyPixels,
    TruncatedPicture,
    UnreadablePicture,
)

PICTURE = np.random.default_rng(1).integers(0, 256, (40, 60, 3), dtype=np.uint8)


def as_file(kind, **more):
    data = BytesIO()
    Image.fromarray(PICTURE).save(data, kind, **more)
    return data.getvalue()


def png_claiming(width, height, data=b""):
    """A PNG whose header claims a size, whatever it holds."""

    def chunk(name, body):
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", data or zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_the_four_formats_are_read_whatever_the_name_says(kind):
    assert open_picture("picture.txt", as_file(kind)).size == (60, 40)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", EmptyPicture),
        (b"\0" * (LIMIT_BYTES + 1), LargePictureFile),
        (as_file("PNG")[:-100], TruncatedPicture),
        (as_file("JPEG")[:800], TruncatedPicture),
        (as_file("WEBP")[:300], UnreadablePicture),
        (as_file("PNG")[5:], DamagedPicture),
        (bytes(range(128, 256)) * 4, DamagedPicture),
        (png_claiming(20_000, 20_000), TooManyPixels),
        (png_claiming(2**31 - 1, 2**31 - 1), TooManyPixels),
        (png_claiming(0, 5), UnreadablePicture),
    ],
)
def test_a_bad_file_is_refused_with_its_own_reason(data, kind):
    with pytest.raises(kind) as refused:
        open_picture("holiday.png", data)
    assert refused.value.values["name"] == "holiday.png"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"<!DOCTYPE html><html></html>", "HTML"),
        (b"\xef\xbb\xbf \n<html>", "HTML"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"<svg onload='alert(1)'/>", "SVG"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\0\0\0\x18ftypheic....", "HEIC"),
        (b"\0\0\0\x18ftypavif....", "AVIF"),
        (b"II*\0\x08\0\0\0", "TIFF"),
        (b"PK\x03\x04....", "ZIP"),
        ("Ein roter Ball, süß".encode(), "Text"),
    ],
)
def test_something_else_with_a_pictures_ending_is_named(data, kind):
    with pytest.raises(NoPicture) as refused:
        open_picture("logo.png", data)
    assert refused.value.values == {"name": "logo.png", "kind": kind}


def test_a_text_cut_within_a_character_is_still_text():
    assert kind_of(b"a" + "ß".encode() * 2000) == "Text"
    assert kind_of(b"\xc3\x28 hello") == ""


def test_every_damage_of_the_book_is_found_with_a_reason():
    random, png = Random(1), png_of(PICTURE[:32, :32])
    seen = set()
    for _ in range(200):
        with pytest.raises(UnreadablePicture) as refused:
            open_picture("a.png", damaged(png, random))
        seen.add(refused.value.key)
    assert {"empty_picture", "truncated_picture", "damaged_picture", "no_picture"} <= seen
    assert "unreadable_picture" not in seen
