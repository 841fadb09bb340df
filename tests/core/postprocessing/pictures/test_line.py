"""The line: each stage in its turn, each accountable, and nothing leaves that is held back."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from core.data.pictures import Item, Pixels, Scene, paint
from core.errors import ReadingFailed, SettingError, UnreadablePicture
from core.postprocessing.chaining import first_broken
from core.postprocessing.pictures.formats import FORMATS, encoded, opened
from core.postprocessing.pictures.line import (
    ORDER,
    Finished,
    LineSettings,
    finish,
    is_held,
    mark_key,
)
from core.postprocessing.pictures.origin import PictureOrigin, verified
from core.postprocessing.pictures.picture_filter import FilterNet, FilterSettings, PictureFilter
from core.postprocessing.pictures.prompt_filter import judged
from core.postprocessing.pictures.strangers import opened_safely
from core.postprocessing.pictures.watermark import detect

KEY = b"k" * 32
PICTURE = paint(Scene((Item("boat", "red"),)))
CAPTION = "Ein rotes Boot, am Tag"
ORIGIN = PictureOrigin(model="book", seed=7, caption=CAPTION)


class SaysAlways(PictureFilter):
    """A filter with one score for everything."""

    def scores(self, pictures: Pixels) -> np.ndarray:
        return np.full(len(pictures), self.losses[0])


def filter_of(score: float) -> PictureFilter:
    return SaysAlways(FilterNet(), FilterSettings(), (score,))


def through(
    text: str = CAPTION, picture: Pixels | None = PICTURE, score: float = 0.1, **settings
) -> Finished:
    wish = judged(text)
    return finish(wish, picture, ORIGIN, LineSettings(**settings), filter_of(score), KEY)


def test_a_fine_picture_goes_through_every_stage_and_says_so():
    found = through()
    assert [entry.stage for entry in found.trail] == list(ORDER)
    assert [entry.outcome for entry in found.trail] == [
        *("passed", "passed", "passed", "changed", "changed", "changed")
    ]
    assert (found.held_by, found.media_type, found.score) == ("", "image/png", 0.1)
    assert found.check is not None
    assert found.check.whole
    assert opened(found.file).pixels.shape == (256, 256, 3)


def test_what_leaves_is_marked_and_signed():
    found = through()
    assert verified(found.file, KEY).verdict == "intact"
    assert verified(found.file, KEY).record["stages"] == list(ORDER[:-1])
    assert detect(opened(found.file).pixels, mark_key(KEY)).is_marked
    assert not detect(opened(found.file).pixels, mark_key(b"other" * 8)).is_marked


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_leaves_with_a_record_that_holds(format: str):
    found = through(format=format)
    assert verified(found.file, KEY).verdict == "intact"
    is_mosaic = format == "svg"
    assert found.trail[3].outcome == found.trail[4].outcome
    assert (found.trail[4].outcome == "skipped") == is_mosaic


def test_a_refused_wish_is_not_drawn():
    wish = judged("Eine blaue Katze, bei Nacht")
    assert is_held(wish, LineSettings())
    found = finish(wish, None, ORIGIN, key=KEY)
    assert (found.held_by, found.file, len(found.trail)) == ("prompt", b"", 1)
    assert not is_held(wish, LineSettings(prompt="mark"))
    with pytest.raises(ValueError, match="no picture"):
        finish(wish, None, ORIGIN, LineSettings(prompt="mark"), key=KEY)


def test_a_picture_the_filter_stops_is_no_file():
    found = through(score=0.9)
    assert (found.held_by, found.file) == ("filter", b"")
    assert [entry.stage for entry in found.trail] == ["prompt", "caption", "filter"]
    assert through(score=0.9, threshold=0.95).held_by == ""
    assert through(score=0.9, filter="mark").trail[2].outcome == "marked"
    assert through(score=0.9, filter="off").score is None


def test_a_wrong_picture_is_marked_or_held_as_the_settings_say():
    assert through("Ein blaues Boot, am Tag").trail[1].outcome == "marked"
    assert through("Ein blaues Boot, am Tag", caption="hold").held_by == "caption"
    assert through("Ein blaues Boot, am Tag", caption="off").check is None
    assert through("Ein Einhorn", caption="hold").held_by == ""  # nobody can tell


def test_the_trail_names_hashes_from_one_stage_to_the_next_and_notices_every_change():
    trail = through().trail
    for one, following in pairwise(trail):
        assert one.after == following.before
    assert first_broken(trail) is None
    assert first_broken((*trail[:2], replace(trail[2], notes={"score": 0.0}), *trail[3:])) == 2
    assert first_broken((*trail[:1], *trail[2:])) == 1


def test_the_envelope_is_json_without_pixels():
    envelope = json.loads(json.dumps(through().envelope()))
    assert envelope["caption_check"]["whole"] is True
    assert envelope["record"]["seed"] == 7
    assert not envelope["held_back"]
    assert len(json.dumps(envelope)) < 10_000


def test_without_strength_there_is_no_mark():
    found = through(strength=0.0)
    assert found.trail[4].outcome == "skipped"
    assert not detect(opened(found.file).pixels, mark_key(KEY)).is_marked


@pytest.mark.parametrize(
    "values",
    [
        {"prompt": "maybe"},
        {"threshold": 1.5},
        {"side": 100},
        {"side": 4096},
        {"method": "magic"},
        {"strength": -1.0},
        {"format": "gif"},
        {"quality": 0},
    ],
)
def test_impossible_settings_are_refused(values: dict):
    with pytest.raises(SettingError):
        LineSettings(**values)


def test_a_strangers_file_is_opened_in_a_child_with_the_same_result():
    data = through().file
    found = opened_safely(data)
    assert (found.pixels == opened(data).pixels).all()
    assert found.record == opened(data).record


def test_a_child_that_fails_is_an_error_of_ours():
    with pytest.raises(UnreadablePicture) as caught:
        opened_safely(b"<html>")
    assert caught.value.values["reason"] == "broken"
    with pytest.raises(ReadingFailed):
        opened_safely(encoded(np.zeros((1000, 1000, 3), np.uint8), "png"), memory_bytes=10_000_000)
    with pytest.raises(ReadingFailed):
        opened_safely(encoded(PICTURE, "png"), limit_s=0.001)
    with pytest.raises(UnreadablePicture):
        opened_safely(b"")
