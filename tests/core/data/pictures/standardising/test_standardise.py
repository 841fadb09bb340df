"""From a file to a standard picture, each step saying what it did."""

from io import BytesIO

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms

from core.data.pictures import PictureSettings, draw_corpus
from core.data.pictures.collecting.files import png_of
from core.data.pictures.standardising.standardise import Standard, standardise
from core.data.pictures.standardising.steps import STEPS
from core.errors import SettingError

CORNER = np.full((40, 40, 3), 250, np.uint8)
CORNER[:10, :10] = (200, 0, 0)  # red, at the upper left


def as_file(image, kind, **more):
    data = BytesIO()
    image.save(data, kind, **more)
    return data.getvalue()


def step(done, name):
    return {each.name: each for each in done.steps}[name]


def photo(orientation=6):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Kamerawerk"
    exif[ExifTags.Base.Model] = "K\0 100\n<b>" + "x" * 100
    exif[ExifTags.Base.Artist] = "Frau Haller"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (48.0, 8.0, 0.0)
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2024:05:01 10:00:00"
    return as_file(Image.fromarray(CORNER), "JPEG", exif=exif, quality=95)


def test_a_picture_of_the_book_passes_unchanged():
    for picture in draw_corpus(PictureSettings(n_pictures=20)).pictures:
        done = standardise("a.png", png_of(picture))
        assert np.array_equal(done.pixels, picture)
        assert [each.name for each in done.steps] == list(STEPS)
        assert not any(each.changed for each in done.steps)


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, (0, 0)), (2, (0, -1)), (3, (-1, -1)), (4, (-1, 0)), (5, (0, 0)), (6, (0, -1)),
     (7, (-1, -1)), (8, (-1, 0)), (99, (0, 0))],
)  # fmt: skip
def test_a_telephones_picture_is_turned_upright(orientation, corner):
    done = standardise("a.jpg", photo(orientation))
    assert done.pixels[corner][0] > 150 > done.pixels[corner][1]
    assert step(done, "orientation").changed == (orientation in range(2, 9))


def test_metadata_is_said_and_the_place_never_repeated():
    done = standardise("a.jpg", photo())
    said = step(done, "metadata")
    assert said.changed and said.values["position"] and said.values["time"]
    assert said.values["person"] and said.values["maker"] == "Kamerawerk"
    assert said.values["camera"].startswith("K") and len(said.values["camera"]) <= 60
    assert "\0" not in said.values["camera"] and "\n" not in said.values["camera"]
    assert "48" not in str(said.values.values())


def test_no_view_carries_metadata_on():
    done = standardise("a.jpg", photo(), views=True)
    for view in (done.arrived, *(each.view for each in done.steps), png_of(done.pixels)):
        image = Image.open(BytesIO(view))
        assert not image.getexif() and set(image.info) <= {"transparency"}
        assert b"Kamerawerk" not in view and b"Haller" not in view


def test_a_view_brings_no_profile_along_that_would_colour_it_twice():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    done = standardise(
        "a.png", as_file(Image.fromarray(CORNER), "PNG", icc_profile=profile), views=True
    )
    for view in (done.arrived, *(each.view for each in done.steps)):
        assert "icc_profile" not in Image.open(BytesIO(view)).info


def test_a_picture_without_metadata_says_so():
    said = step(standardise("a.png", png_of(CORNER)), "metadata")
    assert not said.changed and said.values["n_entries"] == 0


def test_a_comment_in_a_png_is_metadata_too():
    from PIL.PngImagePlugin import PngInfo

    about = PngInfo()
    about.add_text("Author", "Frau Haller")
    said = step(
        standardise("a.png", as_file(Image.fromarray(CORNER), "PNG", pnginfo=about)), "metadata"
    )
    assert said.changed and said.values["n_entries"] == 1


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_taken_and_said(kind):
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue", "lime")]
    data = as_file(frames[0], kind, save_all=True, append_images=frames[1:], lossless=True)
    done = standardise("a.gif", data)
    assert step(done, "frame").values["n_frames"] == 3 and step(done, "frame").changed
    assert tuple(done.pixels[5, 5]) == (255, 0, 0)


def test_a_picture_for_print_is_read():
    done = standardise("a.jpg", as_file(Image.new("CMYK", (50, 50), (0, 255, 255, 0)), "JPEG"))
    assert step(done, "colour").changed and step(done, "colour").values["mode"] == "CMYK"
    assert done.pixels[9, 9][0] > 200 > 60 > done.pixels[9, 9][1]


def test_sixteen_bits_become_eight():
    levels = (np.arange(64 * 64).reshape(64, 64) * 16).astype(np.uint16)
    done = standardise("a.png", as_file(Image.fromarray(levels), "PNG"))
    assert step(done, "colour").values["bits"] == 16
    assert done.pixels[0, 0, 0] < 8 and done.pixels[-1, -1, 0] > 247


def test_sixteen_bits_of_three_channels_are_said_too():
    data = bytearray(png_of(CORNER))
    assert step(standardise("a.png", bytes(data)), "colour").values["bits"] == 8
    import zlib

    rows = b"".join(b"\0" + bytes(2 * 3 * 2) for _ in range(2))
    header = b"\0\0\0\x02\0\0\0\x02\x10\x02\0\0\0"
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
        for name, body in chunks
    )
    assert step(standardise("a.png", png), "colour").values["bits"] == 16


def test_what_is_clear_becomes_paper():
    data = as_file(Image.new("RGBA", (32, 32), (0, 0, 0, 0)), "PNG")
    done = standardise("a.png", data)
    assert (done.pixels == 255).all() and step(done, "transparency").values["clear"] == 1.0


def test_views_are_small_pictures_of_every_step():
    done = standardise("a.jpg", photo(), Standard(64, "pad"), views=True)
    sizes = [Image.open(BytesIO(each.view)).size for each in done.steps]
    assert sizes[-1] == (64, 64) and max(max(size) for size in sizes) <= 192
    assert standardise("a.jpg", photo()).arrived == b""


@pytest.mark.parametrize(("size", "fit"), [(33, "crop"), (0, "crop"), (32, "bend")])
def test_a_standard_there_is_not_is_refused(size, fit):
    with pytest.raises(SettingError):
        Standard(size, fit)
