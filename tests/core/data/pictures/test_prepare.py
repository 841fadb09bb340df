"""Step 1 for pictures as a single call: every file is kept or told with its reason."""

import numpy as np
import pytest

from core.data.pictures import PictureSettings, draw_corpus
from core.data.pictures.collecting.archive import from_bytes
from core.data.pictures.collecting.corpus import NO_COPY
from core.data.pictures.prepare import (
    PHASES,
    OwnPicture,
    PictureCleaning,
    prepare,
)
from core.errors import SettingError, TooFewPictures

DIRTY = PictureSettings(
    n_pictures=400,
    copy_share=0.05,
    near_copy_share=0.05,
    damaged_share=0.1,
    wrong_caption_share=0.2,
)
NOISE = np.random.default_rng(3).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
OWN = [
    OwnPicture(f"{i}.png", "Ein roter Ball und meine Katze", each) for i, each in enumerate(NOISE)
]


def test_a_clean_book_arrives_whole():
    settings = PictureSettings(n_pictures=120, seed=5)
    done = prepare(settings)
    assert np.array_equal(
        done.corpus.pictures, np.delete(draw_corpus(settings).pictures, _removed(done), axis=0)
    )
    assert {each.reason for each in done.removals} <= {"duplicate"}  # alike by chance
    assert done.numbers["n_documents"] == 120


def _removed(done):
    return [each.index for each in done.removals]


def test_what_arrives_is_kept_or_removed_with_its_reason():
    done = prepare(DIRTY)
    n = done.numbers
    assert n["n_documents"] == 440 == n["n_kept"] + n["removed_unreadable"] + n["removed_duplicate"]
    assert n["n_readable"] == 440 - n["removed_unreadable"]
    assert len(set(_removed(done))) == len(done.removals) == 440 - n["n_kept"]
    whys = {key.removeprefix("why_"): count for key, count in n.items() if key.startswith("why_")}
    assert sum(whys.values()) == len(done.removals) and whys["near"] > 5 and whys["exact"] > 5
    assert n["removed_unreadable"] == pytest.approx(44, abs=18)
    assert n["n_held_out_shown"] == 0


def test_the_kept_ones_are_those_that_arrived_in_their_order():
    done = prepare(DIRTY)
    kept = sorted(set(range(440)) - set(_removed(done)))
    assert np.array_equal(done.corpus.pictures, done.arrived.pictures[kept])
    assert [e.caption for e in done.corpus.entries] == [
        done.arrived.entries[i].caption for i in kept
    ]


def test_a_copy_is_removed_in_favour_of_one_that_is_kept():
    done = prepare(DIRTY)
    removed = set(_removed(done))
    for each in done.removals:
        if each.reason == "duplicate":
            assert each.kept not in removed and each.kept < each.index
        else:
            assert each.kept == NO_COPY


def test_an_unreadable_file_is_told_with_its_size_and_how_it_begins():
    broken = [each for each in prepare(DIRTY).removals if each.reason == "unreadable"]
    heads = {each.why: each.head for each in broken}
    assert heads["truncated_picture"].startswith("89 50 4e 47")
    assert heads["no_picture"].startswith("3c 21 44 4f")  # <!DO
    assert all((each.n_bytes == 0) == (each.why == "empty_picture") for each in broken)


def test_copies_stay_where_wished_and_still_know_their_original():
    done = prepare(DIRTY, cleaning=PictureCleaning(duplicates=False))
    assert done.numbers["removed_duplicate"] == 0
    copies = [(i, e) for i, e in enumerate(done.corpus.entries) if e.original != NO_COPY]
    assert len(copies) > 20
    for i, entry in copies:
        assert done.corpus.entries[entry.original].scene == entry.scene and entry.original != i


def test_own_pictures_come_first_and_keep_their_names_and_captions():
    done = prepare(PictureSettings(n_pictures=30), [*OWN, OwnPicture("again.png", "", NOISE[1])])
    assert [e.source for e in done.corpus.entries[:4]] == ["0.png", "1.png", "2.png", ""]
    assert done.corpus.entries[0].caption == OWN[0].caption and done.corpus.entries[0].lang == "de"
    assert done.corpus.entries[0].scene is None
    assert np.array_equal(done.corpus.pictures[:3], NOISE)
    assert (done.removals[0].index, done.removals[0].kept) == (3, 1)
    assert done.numbers["n_own"] == 3


def test_own_pictures_alone_are_a_corpus_too():
    done = prepare(PictureSettings(), OWN, with_book=False)
    assert done.numbers["n_documents"] == done.numbers["n_kept"] == 3


def test_the_corpus_comes_back_from_its_bytes():
    done = prepare(DIRTY, OWN)
    back = from_bytes(done.to_bytes())
    assert back.entries == done.corpus.entries
    assert np.array_equal(back.pictures, done.corpus.pictures)
    assert prepare(DIRTY, OWN).to_bytes() == done.to_bytes()


def test_an_own_picture_of_another_size_is_refused():
    with pytest.raises(SettingError):
        prepare(PictureSettings(size=64), OWN)


def test_too_few_pictures_are_refused():
    same = OwnPicture("a.png", "", NOISE[0])
    with pytest.raises(TooFewPictures) as refused:
        prepare(PictureSettings(), [same, same], with_book=False)
    assert refused.value.values == {"n": 1, "needed": 2}


def test_each_phase_reports_to_its_end():
    told = []
    prepare(
        PictureSettings(n_pictures=30), on_progress=lambda phase, share: told.append((phase, share))
    )
    assert [phase for phase in dict(told)] == list(PHASES)
    assert set(dict(told).values()) == {1.0}
