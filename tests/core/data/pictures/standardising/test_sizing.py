"""Squares, and what they cost, counted."""

import numpy as np
import pytest
from PIL import Image

from core.data.pictures.drawing.painting import averaged
from core.data.pictures.standardising.sizing import to_square

NOISE = np.random.default_rng(2).integers(0, 256, (64, 128, 3), dtype=np.uint8)
WIDE = Image.fromarray(NOISE)


def test_cropping_keeps_the_middle_and_counts_what_is_gone():
    square, values = to_square(WIDE, 64, "crop")
    assert np.array_equal(np.asarray(square), NOISE[:, 32:96])
    assert (values["cut"], values["paper"], values["lost"]) == (0.5, 0.0, 0.0)


def test_padding_loses_nothing_and_counts_the_paper():
    square, values = to_square(WIDE, 32, "pad")
    pixels = np.asarray(square)
    assert (pixels[:8] == 255).all() and (pixels[-8:] == 255).all()
    assert (values["cut"], values["paper"], values["merged"]) == (0.0, 0.5, 16.0)


def test_padding_a_tall_picture_puts_paper_left_and_right():
    square, values = to_square(Image.new("RGB", (10, 30)), 32, "pad")
    black = (np.asarray(square) < 128).all(axis=2)
    assert black.any(axis=0).sum() == pytest.approx(32 / 3, abs=1) and black.all(axis=1).sum() == 0
    assert values["paper"] == pytest.approx(2 / 3, abs=0.04)


def test_scaling_keeps_everything_and_stretches_it():
    _, values = to_square(WIDE, 32, "scale")
    assert (values["cut"], values["paper"], values["stretched"]) == (0.0, 0.0, 0.5)


def test_small_pixels_are_the_mean_of_those_they_cover_as_in_the_book():
    ours, values = to_square(WIDE.crop((0, 0, 64, 64)), 32, "crop")
    theirs = np.rint(averaged(NOISE[:, :64].astype(np.float32), 32))
    assert np.abs(np.asarray(ours, int) - theirs).max() <= 1
    assert values["merged"] == 4.0


def test_what_small_pixels_lose_is_measured():
    flat = to_square(Image.new("RGB", (128, 128), (90, 20, 10)), 32, "crop")[1]
    assert flat["lost"] == 0.0
    checked = np.indices((64, 64)).sum(axis=0) % 2 * 255
    chequers = Image.fromarray(np.repeat(checked[..., None], 3, axis=2).astype(np.uint8))
    assert to_square(chequers, 32, "crop")[1]["lost"] == pytest.approx(127.5, abs=0.6)


def test_a_tiny_picture_is_enlarged_pixel_by_pixel():
    tiny = Image.fromarray(NOISE[:16, :16])
    square, values = to_square(tiny, 32, "crop")
    assert np.array_equal(np.asarray(square), NOISE[:16, :16].repeat(2, axis=0).repeat(2, axis=1))
    assert values["merged"] == 0.25


@pytest.mark.parametrize("fit", ["crop", "pad", "scale"])
@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (33, 32)])
def test_any_shape_becomes_a_square(size, fit):
    square, values = to_square(Image.new("RGB", size, (9, 9, 9)), 32, fit)
    assert square.size == (32, 32) and 0 <= values["cut"] < 1 and 0 <= values["paper"] <= 1


def test_an_unknown_fit_is_a_mistake():
    with pytest.raises(ValueError, match="fit"):
        to_square(WIDE, 32, "bend")
