"""From pixels to vectors and back, the same cut as the model's."""

import numpy as np
import torch

from core.architecture.pictures.patches import to_patches
from core.data.pictures import PictureSettings, draw_corpus
from core.data.pictures.vectorising import (
    n_distinct_patches,
    patches_of,
    picture_of,
    vectors_of,
)

PICTURES = draw_corpus(PictureSettings(n_pictures=8)).pictures


def test_patches_run_row_by_row_from_the_top_left():
    picture = PICTURES[0]
    patches = patches_of(picture)
    assert patches.shape == (64, 4, 4, 3)
    assert np.array_equal(patches[0], picture[:4, :4])
    assert np.array_equal(patches[9], picture[4:8, 4:8])


def test_a_patch_is_forty_eight_numbers_from_minus_one_to_one():
    vectors = vectors_of(PICTURES[0])
    assert vectors.shape == (64, 48) and vectors.dtype == np.float32
    white = vectors_of(np.full((32, 32, 3), 255, np.uint8))
    assert (white == 1.0).all() and (vectors_of(np.zeros((32, 32, 3), np.uint8)) == -1.0).all()


def test_the_vectors_are_those_that_the_model_reads():
    theirs = to_patches(torch.from_numpy(PICTURES).permute(0, 3, 1, 2) / 127.5 - 1.0, 4)
    for ours, picture in zip(PICTURES, theirs, strict=True):
        np.testing.assert_allclose(vectors_of(ours), picture.numpy(), atol=1e-6)


def test_nothing_is_lost_on_the_way_back():
    for picture in PICTURES:
        assert np.array_equal(picture_of(vectors_of(picture)), picture)
    assert (picture_of(np.full((4, 48), 7.0, np.float32)) == 255).all()


def test_distinct_patches_are_counted_over_all_pictures():
    plain = np.zeros((3, 8, 8, 3), np.uint8)
    plain[1, 0, 0] = 9
    assert n_distinct_patches(plain) == 2
    seen = {patch.tobytes() for picture in PICTURES for patch in patches_of(picture)}
    assert n_distinct_patches(PICTURES) == len(seen)
