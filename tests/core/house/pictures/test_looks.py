"""The example's sixteen pictures: the command draws what is read, and the shipped ones hold."""

import base64

import numpy as np
import pytest

from core.data.pictures.collecting.files import picture_of
from core.house.files import SHIPPED, Folder
from core.house.pictures import house_pictures
from core.house.pictures.looks import drawn_by, house_looks, make_looks
from core.languages import LANGS

MOST_LEVELS = 2  # of 255, by which another processor may differ in a pixel


def test_the_command_draws_every_kept_step_and_writes_what_is_read(folder):
    lines = []
    make_looks(folder, is_quick=True, say=lines.append)
    found, steps = house_looks(folder), house_pictures(folder).steps
    assert {lang: tuple(each) for lang, each in found.looks.items()} == dict.fromkeys(LANGS, steps)
    assert all(len(rows) == 16 for each in found.looks.values() for rows in each.values())
    assert len(lines) == len(LANGS) * len(steps)
    rows = found.looks["de"][steps[0]]
    assert {row["lang"] for row in rows} == {"de"}
    assert rows == drawn_by(folder, steps[0], "de")


def test_without_a_model_nothing_is_drawn(tmp_path):
    with pytest.raises(FileNotFoundError):
        make_looks(Folder(tmp_path), is_quick=True, say=lambda line: None)
    assert house_looks(Folder(tmp_path)) is None


def test_the_shipped_model_still_draws_the_shipped_pictures():
    shipped, step = house_looks(), house_pictures().steps[-1]
    kept, now = shipped.looks["en"][step], drawn_by(Folder(SHIPPED), step, "en")
    assert [row["caption"] for row in kept] == [row["caption"] for row in now]
    for before, after in zip(kept, now, strict=True):
        one, other = (
            picture_of(base64.b64decode(row["png"]), 32).astype(np.int16) for row in (before, after)
        )
        assert np.abs(one - other).max() <= MOST_LEVELS
    assert sum(a["whole"] != b["whole"] for a, b in zip(kept, now, strict=True)) <= 1
