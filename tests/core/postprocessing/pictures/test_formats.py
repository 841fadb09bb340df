"""Files: what a format keeps, and what is refused when a file comes from anywhere."""

import xml.etree.ElementTree as ET
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from core.data.pictures import Item, Scene, paint
from core.errors import SettingError, UnreadablePicture
from core.postprocessing.pictures.formats import FORMATS, drawn, encoded, kept, mosaic, opened

PICTURE = paint(Scene((Item("boat", "red"), Item("cat", "blue")), "beside", 1, True))


@pytest.mark.parametrize("format", ["png", "webp", "svg"])
def test_lossless_formats_keep_every_pixel(format: str):
    assert kept(PICTURE, format).exact == 1.0
    assert kept(PICTURE, format).error == 0.0


def test_jpeg_keeps_less_the_lower_the_quality():
    fine, rough = kept(PICTURE, "jpeg", 95), kept(PICTURE, "jpeg", 20)
    assert fine.error < rough.error
    assert fine.n_bytes > rough.n_bytes
    assert rough.exact < 0.5


@pytest.mark.parametrize("format", FORMATS)
def test_a_text_travels_inside_the_file(format: str):
    found = opened(encoded(PICTURE, format, record='{"a": "<b>&\\u00fc"}'))
    assert (found.format, found.record) == (format, '{"a": "<b>&\\u00fc"}')
    assert opened(encoded(PICTURE, format)).record == ""


def test_a_mosaic_is_valid_xml_of_paths_and_text_in_it_stays_text():
    root = ET.fromstring(mosaic(PICTURE, '</metadata><script>alert("x")</script>'))
    names = {each.tag.rpartition("}")[2] for each in root.iter()}
    assert names == {"svg", "metadata", "path"}
    assert root[0].text == '</metadata><script>alert("x")</script>'
    assert (drawn(mosaic(PICTURE)) == PICTURE).all()


def test_equal_neighbours_of_a_mosaic_are_one_rectangle():
    white = np.full((2, 3, 3), 255, np.uint8)
    assert mosaic(white).count("M") == 2
    assert 'fill="#ffffff" d="M0 0h3v1h-3zM0 1h3v1h-3z"' in mosaic(white)


def png_header_of(width: int, height: int) -> bytes:
    """The beginning of a PNG file that claims a size."""
    said = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    data = zlib.compress(b"\0" * 100)
    chunks = [(said[:4], said[4:]), (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
        for kind, body in chunks
    )


def gif() -> bytes:
    file = BytesIO()
    Image.fromarray(PICTURE).save(file, "GIF")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "file_size"),
        (b"\0" * 8_000_001, "file_size"),
        (png_header_of(60_000, 60_000), "broken"),  # Pillow refuses what is larger still
        (png_header_of(2000, 2000), "picture_size"),
        (encoded(PICTURE, "png")[:400], "broken"),
        (encoded(PICTURE, "jpeg")[:400], "broken"),
        (b'<svg xmlns="" viewBox="0 0 9999 9999"></svg>', "broken"),
        (b'<svg xmlns="" viewBox="0 0 2 2"><path fill="#000000" d="M0 5h1v1"/></svg>', "broken"),
        (b"<svg onload=alert(1)></svg>", "broken"),
        (b"<svg \xff", "broken"),
        (b"<html><script>1</script></html>", "broken"),
        (gif(), "broken"),
    ],
)
def test_other_files_are_refused_with_a_reason(data: bytes, reason: str):
    with pytest.raises(UnreadablePicture) as caught:
        opened(data)
    assert caught.value.values["reason"] == reason


@pytest.mark.parametrize("format", FORMATS)
def test_an_impossible_quality_is_refused(format: str):
    with pytest.raises(SettingError):
        encoded(PICTURE, format, 0)


def test_an_unknown_format_is_refused():
    with pytest.raises(SettingError):
        encoded(PICTURE, "bmp")
