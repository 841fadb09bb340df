"""The reader reads what is drawn and refuses what is not. Full figures: bench_pictures.py."""

import numpy as np
import pytest

from core.data.pictures import (
    COLOUR_NAMES,
    THINGS,
    Item,
    PictureSettings,
    Scene,
    beside,
    paint,
    read,
)
from core.data.pictures.drawing.backdrop import empty_page
from core.data.pictures.drawing.painting import averaged
from core.data.pictures.reading.trials import (
    NONSENSE,
    blurred,
    moved,
    noisy,
    pages,
    read_nonsense,
    read_spoilt,
    untouched,
)

APPLE, CAT = Item("apple", "red"), Item("cat", "yellow")


@pytest.mark.parametrize("size", [32, 64])
@pytest.mark.parametrize(
    "scene",
    [
        Scene((APPLE,)),
        Scene((Item("umbrella", "violet"),), night=True),
        Scene((APPLE,), "row", 2),
        Scene((Item("dog", "white"),), "row", 3, True),
        beside(APPLE, CAT),
        beside(CAT, APPLE, night=True),
        Scene((Item("star", "blue"), CAT), "above"),
        Scene((CAT, Item("star", "blue")), "above", 1, True),
    ],
)
def test_a_drawn_scene_is_read_as_it_is(scene, size):
    reading = read(paint(scene, size))
    assert reading.scene == scene
    assert reading.reason == "" and all(seen.sure for seen in reading.seen)


@pytest.mark.parametrize("night", [False, True])
def test_every_thing_is_read_in_every_colour(night):
    for thing in THINGS:
        for colour in COLOUR_NAMES:
            scene = beside(Item("house" if thing != "house" else "cat", "red"),
                           Item(thing, colour), night)  # fmt: skip
            assert read(paint(scene)).scene == scene


def test_it_says_where_a_thing_stands_and_how_clear_it_is():
    seen = read(paint(beside(APPLE, CAT), 32, [(3, -2), (0, 0)])).seen
    assert (seen[0].x * 64, seen[0].foot * 64) == (17 + 3, 59 - 2)
    assert (seen[1].x * 64, seen[1].foot * 64) == (47, 59)
    assert all(0.9 < thing.lead <= 1.0 and thing.misfit < 2 for thing in seen)


@pytest.mark.parametrize(
    ("spoil", "least"), [(untouched, 0.995), (noisy, 0.97), (blurred, 0.97), (moved, 0.97)]
)
def test_drawn_pictures_are_read_even_if_noisy_soft_or_moved(spoil, least):
    trial = read_spoilt(spoil, 300, seed=11)
    assert trial.share("right") >= least
    assert trial.share("wrong") <= 0.01


def test_large_pictures_are_read_as_well():
    assert read_spoilt(noisy, 100, PictureSettings(size=64), seed=12).share("right") >= 0.97


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_is_not_read(name):
    assert read_nonsense(NONSENSE[name], 100, seed=13).refused >= 0.99


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (np.zeros((32, 32, 3), np.uint8), "sky"),
        (np.full((64, 64, 3), 255, np.uint8), "sky"),
    ],
)
def test_it_says_why_it_cannot_read(picture, reason):
    reading = read(picture)
    assert (reading.scene, reading.reason) == (None, reason)


def test_a_sky_that_shows_nothing_is_read_as_a_sky_alone():
    reading = read(averaged(empty_page(night=True), 32))
    assert reading.night is True and reading.reason == "empty" and reading.scene is None


def test_whole_numbers_and_floats_are_read_alike():
    picture = paint(beside(APPLE, CAT))
    assert read(picture) == read(picture.astype(np.float64))


@pytest.mark.parametrize("shape", [(32, 32), (48, 48, 3), (32, 64, 3), (3, 32, 32)])
def test_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match="shape is"):
        read(np.zeros(shape))


def test_what_lies_between_two_drawings_is_doubtful():
    day = [paint(Scene((Item("apple", colour),))).astype(float) for colour in ("red", "violet")]
    halfway = read((day[0] + day[1]) / 2)
    assert halfway.scene is None
    assert read(0.9 * day[0] + 0.1 * day[1]).scene == Scene((APPLE,))


def test_pages_of_a_trial_show_all_kinds_of_scenes():
    drawn = pages(PictureSettings(), seed=1)
    kinds = {scene.relation for scene, _ in (next(drawn) for _ in range(100))}
    assert kinds == {"alone", "row", "beside", "above"}
