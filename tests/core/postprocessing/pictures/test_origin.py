"""The record of origin: holds for one picture, and every change is seen."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from core.data.pictures import Item, Scene, paint
from core.postprocessing.pictures.formats import FORMATS, RECORD_KEYWORD, encoded, opened
from core.postprocessing.pictures.origin import (
    PictureOrigin,
    PictureRecord,
    checked,
    encoded_with_record,
    kept_by_conversion,
    pixel_hash,
    signed,
    verified,
)

KEY = b"k" * 32
PICTURE = paint(Scene((Item("boat", "red"),)))
ORIGIN = PictureOrigin(
    model="a" * 40, seed=3, caption='Ein rotes Boot, "bei Tag" <b>', settings={"guidance": 3.0}
)


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_proves_its_own_origin(format: str):
    data, record = encoded_with_record(PICTURE, ORIGIN, format, key=KEY)
    found = verified(data, KEY)
    assert found.verdict == "intact"
    assert found.record == json.loads(json.dumps(asdict(record)))
    assert found.record["caption"] == ORIGIN.caption


@pytest.mark.parametrize("format", ["png", "webp", "jpeg"])
def test_another_installation_cannot_confirm_it(format: str):
    data, _ = encoded_with_record(PICTURE, ORIGIN, format, key=KEY)
    assert verified(data, b"other" * 8).verdict == "signature_wrong"


def test_one_grey_level_is_enough_to_notice():
    record = json.dumps(asdict(signed(PICTURE, ORIGIN, KEY)))
    changed = PICTURE.copy()
    changed[5, 5, 0] ^= 1
    assert checked(changed, record, KEY).verdict == "pixels_changed"
    assert checked(PICTURE, record, KEY).verdict == "intact"


@pytest.mark.parametrize("name", sorted(asdict(PictureRecord(model=""))))
def test_every_field_is_sealed(name: str):
    record = asdict(signed(PICTURE, ORIGIN, KEY))
    record[name] = "x" if record[name] != "x" else "y"
    assert checked(PICTURE, json.dumps(record), KEY).verdict == "signature_wrong"


@pytest.mark.parametrize(
    "record", ["", "null", "[]", "{", '{"model": 1}', "[" * 100_000, '{"a": NaN}', "\0"]
)
def test_what_is_no_record_of_ours_is_none(record: str):
    assert checked(PICTURE, record, KEY).verdict == "none"


def test_a_picture_without_a_record_says_nothing_of_itself():
    assert verified(encoded(PICTURE, "png"), KEY).verdict == "none"


def test_a_record_copied_onto_another_picture_does_not_hold(tmp_path):
    data, _ = encoded_with_record(PICTURE, ORIGIN, "png", key=KEY)
    info = PngImagePlugin.PngInfo()
    info.add_itxt(RECORD_KEYWORD, opened(data).record)
    other = paint(Scene((Item("boat", "blue"),)))
    Image.fromarray(other).save(tmp_path / "forged.png", pnginfo=info)
    assert verified((tmp_path / "forged.png").read_bytes(), KEY).verdict == "pixels_changed"


@pytest.mark.parametrize("before", ["png", "webp", "jpeg"])
@pytest.mark.parametrize("after", ["png", "webp", "jpeg"])
def test_saving_again_loses_the_record(before: str, after: str):
    data, _ = encoded_with_record(PICTURE, ORIGIN, before)
    assert verified(data).verdict == "intact"
    assert kept_by_conversion(data, after) == "none"


def test_the_hash_tells_sizes_apart():
    flat = np.zeros((2, 8, 3), np.uint8)
    assert pixel_hash(flat) != pixel_hash(flat.reshape(4, 4, 3))
