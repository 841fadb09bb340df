"""PNG files: sound ones come back, broken ones are refused."""

import json
from io import BytesIO
from random import Random

import numpy as np
import pytest
from PIL import Image

from core.data.pictures import Item, PictureSettings, Scene, draw_corpus, paint
from core.data.pictures.collecting.files import CAPTIONS, damaged, picture_of, png_of, written
from core.errors import UnreadablePicture

PICTURE = paint(Scene((Item("hen", "green"),)))


def as_file(image, kind):
    data = BytesIO()
    image.save(data, kind)
    return data.getvalue()


def test_a_picture_comes_back_from_its_png():
    assert (picture_of(png_of(PICTURE), 32) == PICTURE).all()


def test_a_grey_or_transparent_png_becomes_red_green_and_blue():
    grey = as_file(Image.fromarray(PICTURE).convert("L"), "PNG")
    clear = as_file(Image.fromarray(PICTURE).convert("RGBA"), "PNG")
    assert picture_of(grey, 32).shape == (32, 32, 3)
    assert (picture_of(clear, 32) == PICTURE).all()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "file_size"),
        (b"x" * 1_000_001, "file_size"),
        (png_of(PICTURE)[:200], "broken"),
        (b"<html></html>", "broken"),
        (as_file(Image.fromarray(PICTURE), "GIF"), "broken"),
        (as_file(Image.new("RGB", (5000, 5000)), "PNG"), "picture_size"),
    ],
)
def test_a_file_that_is_no_picture_of_ours_is_refused(data, reason):
    with pytest.raises(UnreadablePicture) as refused:
        picture_of(data, 32)
    assert refused.value.values["reason"] == reason


def test_damage_makes_every_file_unreadable():
    random = Random(1)
    for _ in range(300):
        with pytest.raises(UnreadablePicture):
            picture_of(damaged(png_of(PICTURE), random), 32)


def test_a_corpus_is_written_as_pictures_with_their_captions():
    corpus = draw_corpus(PictureSettings(n_pictures=200, damaged_share=0.25))
    files = written(corpus)
    lines = [json.loads(line) for line in files.pop(CAPTIONS).decode().splitlines()]
    assert [line["caption"] for line in lines] == [entry.caption for entry in corpus.entries]
    assert [line["file"] for line in lines] == list(files)
    n_broken = 0
    for data, picture in zip(files.values(), corpus.pictures, strict=True):
        try:
            assert np.array_equal(picture_of(data, 32), picture)
        except UnreadablePicture:
            n_broken += 1
    assert n_broken / 200 == pytest.approx(0.25, abs=0.08)


def test_nothing_is_damaged_unless_asked_for():
    corpus = draw_corpus(PictureSettings(n_pictures=20))
    for name, data in written(corpus).items():
        if name != CAPTIONS:
            picture_of(data, 32)
