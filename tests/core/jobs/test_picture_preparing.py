"""Pictures prepared as engine work are those prepared at once."""

import pickle

import numpy as np

from core.data.pictures import PictureSettings
from core.data.pictures.collecting.archive import from_bytes
from core.data.pictures.prepare import OwnPicture, PictureCleaning, prepare
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.jobs.picture_preparing import (
    PictureOrder,
    find_pictures,
    fingerprint_of,
    keep_pictures,
    make_pictures,
    place_pictures,
)
from core.modality import PICTURES, TEXT
from core.store import Store

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


def test_what_was_kept_is_found_by_its_order_and_lies_on_the_bench_of_pictures(tmp_path):
    store, order = Store.at(tmp_path), PictureOrder(SETTINGS)
    made = make_pictures(order, OWN)
    kept = keep_pictures(store, "somebody", order, made, OWN)
    assert find_pictures(store, "somebody", order, OWN) == kept
    assert find_pictures(store, "somebody", order) is None
    assert find_pictures(store, "somebody else", order, OWN) is None
    assert store.artifacts.read("somebody", kept.corpus.id) == made.corpus
    assert (
        CaptionEncoder.from_bytes(store.artifacts.read("somebody", kept.encoder.id)).n_words > 100
    )
    place_pictures(store, "somebody", kept)
    bench = store.benches.of("somebody", PICTURES).lanes["a"]
    assert bench == {"corpus": kept.corpus.id, "encoder": kept.encoder.id}
    assert store.benches.of("somebody", TEXT).lanes["a"] == {}
    store.close()


def test_own_pictures_are_told_apart_by_pixels_names_captions_and_order():
    first, other = OWN[0], OwnPicture("b.png", "", OWN[0].pixels)
    prints = {
        fingerprint_of(each)
        for each in ([first], [other], [first, other], [other, first],
                     [OwnPicture("a.png", "ein Ball!", first.pixels)],
                     [OwnPicture("a.png", "ein Ball", first.pixels + 1)])
    }  # fmt: skip
    assert len(prints) == 6
