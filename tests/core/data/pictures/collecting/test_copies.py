"""Copies with what they are copies of, and how well pairs are found."""

from random import Random

import numpy as np
import pytest

from core.data.pictures import Item, PictureSettings, Scene, draw_corpus, paint
from core.data.pictures.collecting.copies import (
    Score,
    copies_of,
    distance_of,
    score,
    true_pairs,
)
from core.data.pictures.collecting.corpus import NO_COPY, Entry, near_copy
from core.data.pictures.collecting.fingerprints import LIMIT

CAT = paint(Scene((Item("cat", "blue"),)))
HEN = paint(Scene((Item("hen", "red"),)))


def test_a_copy_is_told_with_its_original_its_distance_and_whether_it_is_exact():
    near = near_copy(CAT, Random(3))
    first, second = copies_of(np.stack([CAT, HEN, near, CAT]))
    assert (first.kept, first.copy, first.exact) == (0, 2, False)
    assert 0.0 < first.distance <= LIMIT
    assert (second.kept, second.copy, second.exact, second.distance) == (0, 3, True, 0.0)


def test_the_distance_is_the_same_from_both_sides_and_far_between_different_pictures():
    near = near_copy(CAT, Random(5))
    assert distance_of(CAT, near) == distance_of(near, CAT)
    assert distance_of(CAT, HEN) > 2 * LIMIT


def test_no_pictures_have_no_copies():
    assert copies_of(np.zeros((0, 32, 32, 3), np.uint8)) == ()


def test_true_pairs_are_all_within_a_family_and_pictures_alike_by_chance():
    scene = Scene((Item("cat", "blue"),))

    def entry(original=NO_COPY):
        return Entry(scene, "", "en", scene, original)

    pictures = np.stack([CAT, HEN, CAT, near_copy(CAT, Random(1)), HEN])
    entries = [entry(), entry(), entry(), entry(0), entry(1)]
    assert true_pairs(pictures, entries) == {(0, 2), (0, 3), (2, 3), (1, 4)}


def test_true_pairs_of_a_drawn_corpus_hold_every_copy():
    corpus = draw_corpus(PictureSettings(n_pictures=100, copy_share=0.1, near_copy_share=0.1))
    truth = true_pairs(corpus.pictures, corpus.entries)
    for i, each in enumerate(corpus.entries):
        if each.original != NO_COPY:
            assert tuple(sorted((i, each.original))) in truth


@pytest.mark.parametrize(
    ("found", "truth", "precision", "recall"),
    [
        ([(0, 1), (2, 3)], {(0, 1), (4, 5), (6, 7), (8, 9)}, 0.5, 0.25),
        ([], {(0, 1)}, 1.0, 0.0),
        ([(0, 1)], set(), 0.0, 1.0),
    ],
)
def test_precision_and_recall_are_counted(found, truth, precision, recall):
    scored = score(np.array(found, np.intp).reshape(-1, 2), truth)
    assert isinstance(scored, Score)
    assert (scored.precision, scored.recall) == (precision, recall)
