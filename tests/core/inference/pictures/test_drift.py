"""Drift: brighter and gaudier pictures drift, moved ones do not."""

import numpy as np
import pytest

from core.data.pictures import Item, Scene, paint
from core.inference.pictures.drift import (
    Drift,
    drift,
    drift_of_the_book,
    level_distance,
    pages_of,
)

SCENE = Scene((Item("cat", "red"),))
PAGE = paint(SCENE, 32)


def test_a_picture_is_as_far_off_as_it_is_brighter_and_not_at_all_where_it_is_only_moved():
    darker = (PAGE // 2)[None]
    brighter = (darker + 10).astype(np.uint8)
    assert level_distance(brighter, darker)[0] == pytest.approx(10)
    assert level_distance(np.roll(darker, 5, axis=2), darker)[0] == 0


def test_the_distance_of_a_few_levels_is_what_one_counts_by_hand():
    one = np.array([0, 10, 20, 30], np.uint8).reshape(1, 2, 2, 1).repeat(3, axis=3)
    other = np.array([35, 0, 20, 10], np.uint8).reshape(1, 2, 2, 1).repeat(3, axis=3)
    assert level_distance(one, other)[0] == pytest.approx(5 / 4)  # 30 becomes 35, in any order


def test_more_contrast_drifts_further():
    levels = PAGE.astype(float)
    pictures = [np.clip(128 + share * (levels - 128), 0, 255).astype(np.uint8)[None]
                for share in (1.0, 1.1, 1.3)]  # fmt: skip
    near, far, farther = (level_distance(each, PAGE[None])[0] for each in pictures)
    assert near == 0 < far < farther


def test_the_books_own_pages_hardly_drift_and_those_of_another_scene_do():
    scenes, seeds = [SCENE] * 12, list(range(12))
    own = drift_of_the_book(scenes, seeds, 32)
    night = [Scene((Item("cat", "red"),), night=True)] * 12
    other = drift(pages_of(night, seeds, 32), scenes, seeds)
    assert own.n == 12 and own.mean < 2.0 < 20.0 < other.mean


def test_the_interval_is_that_of_a_mean():
    found = Drift.of(np.array([1.0, 2.0, 3.0, 2.0]))
    assert found.mean == 2.0
    assert found.half == pytest.approx(1.96 * 0.8165 / 2, abs=1e-3)  # by hand
    assert Drift.of(np.array([1.0])).half == 0.0
