"""Our grey hashes are those of the imagehash package, and they are blind to colour."""

import imagehash
import numpy as np
import pytest
from PIL import Image

from core.data.pictures import Item, PictureSettings, Scene, draw_corpus, paint
from core.data.pictures.collecting.copies import score, true_pairs
from core.data.pictures.collecting.fingerprints import equal_pairs
from core.data.pictures.collecting.grey_hashes import (
    difference_hash,
    equal_hashes,
    perceptual_hash,
)

PICTURES = draw_corpus(PictureSettings(n_pictures=60)).pictures
NOISE = np.random.default_rng(1).integers(0, 256, (20, 50, 70, 3), dtype=np.uint8)


@pytest.mark.parametrize("pictures", [PICTURES, NOISE], ids=["book", "noise"])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(difference_hash, imagehash.dhash), (perceptual_hash, imagehash.phash)],
    ids=["dhash", "phash"],
)
def test_our_hashes_are_those_of_imagehash(pictures, ours, theirs):
    found = ours(pictures)
    for ours_hash, picture in zip(found, pictures, strict=True):
        theirs_hash = theirs(Image.fromarray(picture)).hash.flatten()
        assert np.array_equal(ours_hash, theirs_hash)


def test_equal_hashes_are_those_within_the_limit():
    hashes = np.zeros((4, 64), bool)
    hashes[1, :3] = hashes[2, 10:14] = True
    assert equal_hashes(hashes, 0).tolist() == [[0, 3]]
    assert equal_hashes(hashes, 3).tolist() == [[0, 1], [0, 3], [1, 3]]
    assert len(equal_hashes(hashes, 7)) == 6
    assert equal_hashes(hashes[:0], 64).shape == (0, 2)


def test_of_things_that_differ_in_colour_alone_a_grey_hash_sees_no_difference():
    things = [paint(Scene((Item("star", colour),))) for colour in ("red", "blue", "violet")]
    assert len(equal_hashes(difference_hash(np.stack(things)), 0)) >= 1
    assert len(equal_pairs(np.stack(things))) == 0


def test_in_the_book_ours_finds_all_copies_and_grey_hashes_mostly_others():
    corpus = draw_corpus(PictureSettings(n_pictures=700, copy_share=0.05, near_copy_share=0.05))
    truth = true_pairs(corpus.pictures, corpus.entries)
    ours = score(equal_pairs(corpus.pictures), truth)
    assert ours.recall > 0.97 and ours.precision > 0.9  # two copies may be two pixels apart
    for hashes in (difference_hash(corpus.pictures), perceptual_hash(corpus.pictures)):
        assert score(equal_hashes(hashes, 5), truth).precision < 0.6
