"""From a scene to a picture: places, sizes, and the same pixels everywhere."""

from random import Random

import numpy as np
import pytest

from core.data.pictures.drawing.backdrop import empty_page
from core.data.pictures.drawing.painting import PLACES, averaged, draw_shifts, paint
from core.data.pictures.scenes import Item, Scene, beside

APPLE, CAT = Item("apple", "red"), Item("cat", "yellow")


def changed(picture, night=False):
    """Rows and columns in which a 64 px picture differs clearly from the empty page."""
    off = np.abs(picture - empty_page(night)).max(axis=2) > 40
    return np.flatnonzero(off.any(axis=1)), np.flatnonzero(off.any(axis=0))


def test_a_small_picture_is_the_large_one_seen_from_twice_as_far():
    scene = beside(APPLE, CAT, night=True)
    small, large = paint(scene, 32), paint(scene, 64)
    assert small.shape == (32, 32, 3) and large.shape == (64, 64, 3)
    assert np.abs(averaged(large.astype(float), 32) - small).max() <= 1  # both were rounded


def test_the_left_thing_is_left_and_the_upper_thing_above():
    _, columns = changed(paint(beside(APPLE, Item("apple", "blue")), 64))
    assert columns.min() < 16 and columns.max() > 48
    _, left = changed(paint(Scene((APPLE, CAT), "above"), 64))
    assert left.min() > 12 and left.max() < 52
    upper = paint(Scene((Item("star", "red"), CAT), "above"), 64)
    assert upper[12, 32, 0] > 150 > upper[12, 32, 1]  # the star's red in the upper half


def test_a_row_has_as_many_things_as_it_says():
    for number in (2, 3):
        picture = paint(Scene((Item("apple", "violet"),), "row", number), 64).astype(int)
        violet = (picture[44:56, :, 2] - picture[44:56, :, 1]).max(axis=0) > 60
        assert (np.diff(violet.astype(int)) == 1).sum() + violet[0] == number


def test_things_stand_a_little_off_their_places_but_never_far():
    random = Random(1)
    scene = Scene((APPLE,))
    shifts = [draw_shifts(scene, random)[0] for _ in range(300)]
    place = PLACES["alone", 1][0]
    assert {x for x, _ in shifts} == set(range(-place.sway_x, place.sway_x + 1))
    assert {y for _, y in shifts} == set(range(-place.sway_y, place.sway_y + 1))


def test_what_stands_in_the_sky_stands_on_a_cloud_and_what_floats_does_not():
    above_night = paint(Scene((CAT, APPLE), "above", night=True), 64).astype(int)
    star_night = paint(Scene((Item("star", "red"), APPLE), "above", night=True), 64).astype(int)
    assert above_night[29, 20].min() > 150  # pale cloud
    assert star_night[29, 20].max() < 150


def test_an_owner_leaves_no_trace_in_the_picture():
    owned = Scene((Item("cat", "blue", "nora"),))
    assert (paint(owned) == paint(owned.unowned())).all()


def test_an_unknown_size_is_refused():
    with pytest.raises(ValueError, match="size is 48"):
        paint(Scene((APPLE,)), 48)


def test_the_pixels_are_the_same_on_every_machine():
    kite, pony = Item("kite", "green"), Item("pony", "white")
    found = []
    for night in (False, True):
        above = Scene((kite, pony), "above", 1, night)
        for scene in (beside(APPLE, CAT, night), Scene((APPLE,), "row", 3, night), above):
            for size in (32, 64):
                found.append(paint(scene, size, draw_shifts(scene, Random(7))).astype(float).std())
    # Processors may round a grey level differently.
    assert found == pytest.approx(
        [50.21, 51.45, 50.66, 51.63, 42.36, 43.38, 40.45, 42.17, 34.03, 35.2, 42.69, 44.57],
        abs=0.05,
    )
