"""Drawing many times over: what is counted, and that it can be compared."""

import numpy as np
import pytest

from core.data.pictures import paint, read
from core.data.pictures.scenes import Item, Scene, beside
from core.inference.pictures.trying import (
    N_COMPARED,
    Tried,
    arrangement,
    at_guidance,
    distinct_among,
)

SCENE = Scene((Item("cat", "red"),))


def test_expected_kinds_agree_with_counting_by_hand():
    # Of a, a, b two are picked: aa once, ab twice: (1 + 2 + 2) / 3 kinds.
    assert distinct_among(["a", "a", "b"], 2) == pytest.approx(5 / 3)
    assert distinct_among(["a"] * 5, 3) == pytest.approx(1)
    assert distinct_among("abcdef", 4) == pytest.approx(4)


def test_too_few_to_compare_give_no_number():
    assert distinct_among(["a", "b"], 3) is None


def test_an_arrangement_is_the_same_for_the_same_page_and_another_for_a_moved_one():
    page = paint(SCENE)
    assert arrangement(read(page)) == arrangement(read(page))
    other = paint(beside(Item("cat", "red"), Item("house", "blue")))
    assert arrangement(read(page)) != arrangement(read(other))


def test_only_right_pictures_count_for_match_and_variety():
    right, wrong = paint(SCENE), paint(Scene((Item("dog", "red"),)))
    pictures = np.stack([right] * N_COMPARED + [wrong] * 2)
    tried = Tried(pictures, tuple(read(each) for each in pictures))
    found = at_guidance(3.0, tried, SCENE, range(N_COMPARED + 2))
    assert (found.n, found.n_right, found.first_right) == (N_COMPARED + 2, N_COMPARED, True)
    assert found.variety == pytest.approx(1.0)
    assert found.drift.n == N_COMPARED + 2 and found.drift.mean > 0
