"""Pictures prepared as engine work are those prepared at once."""

import pickle

import numpy as np

from core.data.pictures import PictureSettings
from core.data.pictures.collecting.archive import from_bytes
from core.data.pictures.prepare import OwnPicture, PictureCleaning, prepare
from core.jobs.picture_preparing import PictureOrder, make_pictures

OWN = [OwnPicture("a.png", "ein Ball", np.full((32, 32, 3), 9, np.uint8))]
SETTINGS = PictureSettings(n_pictures=60, copy_share=0.2)


def test_an_order_becomes_a_corpus_and_an_excerpt_that_can_be_sent():
    made = pickle.loads(pickle.dumps(make_pictures(PictureOrder(SETTINGS), OWN)))
    assert made.corpus == prepare(SETTINGS, OWN).to_bytes()
    assert len(from_bytes(made.corpus).entries) == made.excerpt.numbers["n_kept"]


def test_the_order_decides_on_copies_and_on_the_book():
    kept = make_pictures(PictureOrder(SETTINGS, PictureCleaning(duplicates=False)))
    assert kept.excerpt.numbers["n_kept"] == 72
    two = [*OWN, OwnPicture("b.png", "", np.zeros((32, 32, 3), np.uint8))]
    alone = make_pictures(PictureOrder(SETTINGS, with_book=False), two)
    assert alone.excerpt.numbers["n_documents"] == 2
