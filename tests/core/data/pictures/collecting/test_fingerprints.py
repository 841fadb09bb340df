"""Copies are found, pictures that only look alike in grey are not."""

from itertools import combinations
from random import Random

import numpy as np
import pytest

from core.data.pictures import Item, PictureSettings, Scene, draw_corpus, paint
from core.data.pictures.collecting.corpus import NO_COPY, near_copy
from core.data.pictures.collecting.fingerprints import LIMIT, equal_pairs, fingerprints, groups_of

CORPUS = draw_corpus(PictureSettings(n_pictures=900, copy_share=0.05, near_copy_share=0.1))


def pairs_of(pictures, limit=LIMIT):
    return {(int(a), int(b)) for a, b in equal_pairs(np.stack(pictures), limit)}


def test_a_print_does_not_change_with_the_light():
    picture = paint(Scene((Item("cat", "blue"),)))[None]
    darker = np.rint(picture * 0.8).astype(np.uint8)
    assert np.abs(fingerprints(picture) - fingerprints(darker)).max() < 1.0


def test_colours_tell_pictures_apart_that_are_equal_in_grey():
    red, green = (paint(Scene((Item("apple", colour),))) for colour in ("red", "green"))
    grey = red.copy()
    grey[:] = green.mean(axis=2, keepdims=True).astype(np.uint8)
    assert pairs_of([red, green, red]) == {(0, 2)}


def test_a_copy_is_found_wherever_it_was_moved():
    picture = paint(Scene((Item("pony", "violet"),), night=True))
    other = paint(Scene((Item("donkey", "violet"),), night=True))
    copies = [near_copy(picture, Random(seed)) for seed in range(20)]
    found = pairs_of([picture, other, *copies])
    assert {(0, i) for i in range(2, 22)} <= found
    assert not any(1 in pair for pair in found)


def test_all_known_copies_are_found_and_no_two_different_scenes():
    found = {(int(a), int(b)) for a, b in equal_pairs(CORPUS.pictures)}
    for i, entry in enumerate(CORPUS.entries):
        if entry.original != NO_COPY:
            assert tuple(sorted((i, entry.original))) in found
    for one, other in found:
        assert CORPUS.entries[one].scene.unowned() == CORPUS.entries[other].scene.unowned()


def test_the_grid_finds_exactly_what_comparing_all_with_all_finds():
    pictures = CORPUS.pictures[:150]
    centre = fingerprints(pictures)
    ours_by_grid = pairs_of(pictures, 4.0)
    theirs_by_comparing = set()
    for down, right in ((0, 0), (0, 1), (1, -1), (1, 0), (1, 1)):
        moved = fingerprints(pictures, down, right)
        off = np.sqrt(((moved[:, None] - centre[None]) ** 2).mean(axis=2))
        theirs_by_comparing |= {
            (a, b) for a, b in combinations(range(150), 2) if min(off[a, b], off[b, a]) <= 4.0
        }
    assert ours_by_grid == theirs_by_comparing


@pytest.mark.parametrize(
    ("pairs", "groups"),
    [
        ([], []),
        ([(0, 1)], [(0, 1)]),
        ([(0, 3), (3, 5), (1, 2)], [(0, 3, 5), (1, 2)]),
        ([(4, 5), (0, 5), (0, 1), (1, 4)], [(0, 1, 4, 5)]),
    ],
)
def test_pictures_that_hang_together_are_a_group(pairs, groups):
    assert groups_of(6, np.array(pairs, dtype=np.intp).reshape(-1, 2)) == groups


def test_no_pictures_or_one_have_no_pairs():
    assert equal_pairs(np.zeros((1, 32, 32, 3), np.uint8)).shape == (0, 2)
    assert equal_pairs(np.zeros((0, 32, 32, 3), np.uint8)).shape == (0, 2)
