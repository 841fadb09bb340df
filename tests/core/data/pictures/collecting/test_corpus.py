"""A corpus has the faults it was asked for, in the number it was asked for."""

import hashlib

import numpy as np
import pytest

from core.data.pictures import PictureSettings, captions, draw_corpus, town_holdings, understand
from core.data.pictures.collecting.corpus import NO_COPY


def test_the_same_settings_draw_the_same_corpus():
    one, other = (draw_corpus(PictureSettings(n_pictures=60)) for _ in "ab")
    assert (one.pictures == other.pictures).all() and one.entries == other.entries
    another = draw_corpus(PictureSettings(n_pictures=60, seed=2))
    assert another.entries != one.entries


def test_pictures_and_captions_are_the_same_on_every_machine():
    corpus = draw_corpus(PictureSettings(n_pictures=40, wrong_caption_share=0.3, copy_share=0.2,
                                         near_copy_share=0.2))  # fmt: skip
    told = "\n".join(entry.caption for entry in corpus.entries)
    assert hashlib.sha256(told.encode()).hexdigest()[:16] == "050e97c337dbcb20"
    # Processors may round a grey level differently.
    assert corpus.pictures.astype(float).mean() == pytest.approx(142.72, abs=0.05)


def test_captions_say_what_the_pictures_show():
    corpus = draw_corpus(PictureSettings(n_pictures=200))
    holdings = town_holdings(1)
    for entry in corpus.entries:
        assert entry.caption_fits
        assert understand(entry.caption, holdings, entry.lang).scene == entry.scene


def test_wrong_captions_describe_another_scene():
    corpus = draw_corpus(PictureSettings(n_pictures=1000, wrong_caption_share=0.2))
    wrong = [entry for entry in corpus.entries if not entry.caption_fits]
    assert len(wrong) / 1000 == pytest.approx(0.2, abs=0.04)
    for entry in wrong:
        assert understand(entry.caption, town_holdings(1)).scene == entry.said
        assert entry.said.unowned() != entry.scene.unowned()


def test_a_fault_changes_nothing_else():
    clean = draw_corpus(PictureSettings(n_pictures=80))
    wrong = draw_corpus(PictureSettings(n_pictures=80, wrong_caption_share=1.0))
    assert (clean.pictures == wrong.pictures).all()
    assert [e.scene for e in clean.entries] == [e.scene for e in wrong.entries]


def test_copies_point_to_their_originals():
    corpus = draw_corpus(PictureSettings(n_pictures=100, copy_share=0.3, near_copy_share=0.5))
    copies = [(i, e) for i, e in enumerate(corpus.entries) if e.original != NO_COPY]
    assert len(corpus.entries) == 180
    assert [entry.near for _, entry in copies].count(True) == 50
    for i, entry in copies:
        same = (corpus.pictures[i] == corpus.pictures[entry.original]).all()
        assert same != entry.near
        original = corpus.entries[entry.original]
        assert original.original == NO_COPY and original.caption == entry.caption


def test_a_near_copy_is_a_pixel_off_and_in_slightly_other_light():
    corpus = draw_corpus(PictureSettings(n_pictures=100, near_copy_share=0.3))
    for i, entry in enumerate(corpus.entries):
        if entry.near:
            copy, original = corpus.pictures[[i, entry.original]].astype(float)
            assert 0.94 < copy.mean() / original.mean() < 1.06
            inner = copy[1:-1, 1:-1]
            apart = [np.abs(inner / inner.mean() - part / part.mean()).mean()
                     for down in range(3) for right in range(3)
                     for part in [original[down : down + 30, right : right + 30]]]  # fmt: skip
            assert min(apart) < 0.01 and int(np.argmin(apart)) != 4  # 4: not moved


def test_both_languages_come_as_often_as_asked():
    corpus = draw_corpus(PictureSettings(n_pictures=1000, german_share=0.3))
    german = sum(entry.lang == "de" for entry in corpus.entries)
    assert german / 1000 == pytest.approx(0.3, abs=0.05)
    assert captions("de").words() != captions("en").words()


def test_progress_is_told_on_the_way():
    told = []
    draw_corpus(PictureSettings(n_pictures=401), told.append)
    assert told == [0.0, 200 / 401, 400 / 401]
