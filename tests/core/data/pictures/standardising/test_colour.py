"""Colours come out as sRGB, whatever a file counted in."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

from core.data.pictures.standardising.colour import onto_paper, to_srgb

RED = (200, 30, 40)


def patch(mode, colour):
    return Image.new(mode, (4, 4), colour)


def pixel(image):
    return image.getpixel((0, 0))


@pytest.mark.parametrize(
    ("image", "colour"),
    [
        (patch("RGB", RED), RED),
        (patch("L", 90), (90, 90, 90)),
        (patch("1", 1), (255, 255, 255)),
        (patch("CMYK", (0, 255, 255, 0)), (255, 0, 0)),
        (patch("I;16", 257 * 90), (90, 90, 90)),
        (patch("I", 65535), (255, 255, 255)),
        (patch("RGB", RED).quantize(4), RED),
        (patch("LA", (90, 10)), (90, 90, 90, 10)),
        (patch("RGBA", (*RED, 7)), (*RED, 7)),
    ],
    ids=lambda value: value.mode if isinstance(value, Image.Image) else "",
)
def test_every_mode_becomes_red_green_and_blue(image, colour):
    assert pixel(to_srgb(image)[0]) == colour


def test_what_a_file_counted_in_is_said():
    assert to_srgb(patch("CMYK", 0))[1]["mode"] == "CMYK"
    assert to_srgb(patch("I;16", 0))[1]["bits"] == 16
    assert to_srgb(patch("RGB", RED), bits=16)[1]["bits"] == 16
    assert to_srgb(patch("RGB", RED))[1]["moved"] == 0.0


def profile_of(space):
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(space)).tobytes()


def test_a_profile_explains_the_numbers():
    image = patch("RGB", RED)
    image.info["icc_profile"] = profile_of("sRGB")
    same, values = to_srgb(image)
    assert pixel(same) == RED and values["profile_used"] and values["moved"] == 0.0


def test_another_profile_moves_the_colours_by_what_is_said():
    image = patch("RGB", RED)
    image.info["icc_profile"] = swapped(profile_of("sRGB"))
    moved, values = to_srgb(image)
    off = np.abs(np.asarray(moved, int) - np.asarray(image, int)).mean()
    assert values["moved"] == pytest.approx(off) and off > 10


def swapped(profile):
    """An sRGB profile whose red and blue primaries are exchanged."""
    red, blue = profile.index(b"rXYZ"), profile.index(b"bXYZ")
    data = bytearray(profile)
    data[red : red + 4], data[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(data)


@pytest.mark.parametrize("profile", [b"nonsense", profile_of("LAB"), b"\0" * 200])
def test_a_useless_profile_changes_nothing(profile):
    image = patch("RGB", RED)
    image.info["icc_profile"] = profile
    same, values = to_srgb(image)
    assert pixel(same) == RED and not values["profile_used"]


def test_transparency_is_laid_onto_white_paper():
    image = patch("RGBA", (0, 0, 0, 0))
    image.putpixel((1, 0), (*RED, 255))
    image.putpixel((2, 0), (0, 0, 0, 128))
    laid, values = onto_paper(image)
    assert [laid.getpixel((x, 0)) for x in range(3)] == [(255, 255, 255), RED, (127, 127, 127)]
    assert values["clear"] == 15 / 16


def test_one_clear_colour_of_a_palette_is_clear():
    image = patch("P", 0)
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.putpixel((0, 0), 1)
    data = BytesIO()
    image.save(data, "PNG", transparency=0)
    laid, values = onto_paper(to_srgb(Image.open(data))[0])
    assert laid.getpixel((1, 1)) == (255, 255, 255) and pixel(laid) == (200, 100, 50)
    assert values["clear"] == 15 / 16
