"""Captions as ids: every word of the book has one, and nothing else does."""

from random import Random

import pytest
import torch

from core.data.pictures import PictureSettings, captions, draw_any_scene
from core.data.pictures.wording.vocabulary import EMPTY, PADDING, UNKNOWN, CaptionEncoder
from core.errors import InputError, TooLong
from core.languages import LANGS


@pytest.fixture(scope="module")
def encoder():
    return CaptionEncoder.of_the_book()


def test_every_caption_of_the_book_is_known_in_both_languages(encoder):
    settings, random = PictureSettings(), Random(4)
    for _ in range(300):
        scene = draw_any_scene(settings, random)
        for lang in LANGS:
            caption = captions(lang).caption(scene, random)
            tokens = encoder.encode(caption)
            assert min(tokens) > UNKNOWN and max(tokens) < encoder.n_words
            assert all(encoder.known(caption))


def test_words_stand_beside_their_ids_as_they_were_written(encoder):
    caption = "Links ein roter Ball, rechts Mias Katze"
    words = ["Links", "ein", "roter", "Ball", ",", "rechts", "Mias", "Katze"]
    assert encoder.words_of(caption) == words
    assert len(encoder.encode(caption)) == len(words)
    assert encoder.encode("links EIN Roter ball , rechts mias katze") == encoder.encode(caption)


def test_apostrophes_are_all_alike(encoder):
    assert encoder.encode("Mrs Haller's cat") == encoder.encode("Mrs Haller’s cat")
    assert encoder.words_of("Mrs Haller’s cat") == ["Mrs", "Haller’s", "cat"]


def test_unknown_words_and_empty_captions_have_ids_of_their_own(encoder):
    assert encoder.encode("a red zeppelin")[2] == UNKNOWN
    assert encoder.known("a red zeppelin") == [True, True, False]
    for empty in ("", "   ", "\n"):
        assert encoder.encode(empty) == [EMPTY] and encoder.words_of(empty) == [""]


def test_rows_are_filled_up_and_too_long_captions_refused(encoder):
    rows = encoder.rows(["a red cat", ""], 5)
    assert rows.dtype == torch.int64 and rows.shape == (2, 5)
    assert rows[0].tolist() == [*encoder.encode("a red cat"), PADDING, PADDING]
    assert rows[1].tolist() == [EMPTY] + 4 * [PADDING]
    with pytest.raises(TooLong) as refused:
        encoder.rows(["a red cat by a tree"], 5)
    assert refused.value.values == {"n": 6, "limit": 5}


def test_an_encoder_comes_back_from_its_bytes(encoder):
    again = CaptionEncoder.from_bytes(encoder.to_bytes())
    assert again == encoder and again.to_bytes() == encoder.to_bytes()
    assert CaptionEncoder.of_the_book() == encoder


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"format": 1, "kind": "captions"}',
        b'{"format": 2, "kind": "captions", "words": []}',
        b'{"format": 1, "kind": "text", "words": []}',
        b'{"format": 1, "kind": "captions", "words": [1]}',
        b'{"format": 1, "kind": "captions", "words": ["a", "a"]}',
        b'{"format": 1, "kind": "captions", "words": null}',
    ],
)
def test_anything_else_is_refused(data):
    with pytest.raises(InputError):
        CaptionEncoder.from_bytes(data)


def test_new_words_come_behind_the_known_ones_and_change_no_id():
    book = CaptionEncoder.of_the_book()
    caption = "Ein roter Zottel, zwei ZOTTELN und ein Ball"
    assert book.new_words([caption, "ein Zottel"]) == ["zottel", "zotteln", "und"]
    more = book.with_words(["zottel", "zotteln"])
    assert more.encode("ein roter Ball") == book.encode("ein roter Ball")
    assert more.encode("Zottel") == [book.n_words] and more.n_words == book.n_words + 2
    assert more.known("ein Zottel") == [True, True] and book.known("ein Zottel") == [True, False]
    assert book.with_words([]) == book


@pytest.mark.parametrize("words", [["ball"], ["zottel", "zottel"], ["Zottel"], ["a b"], [""]])
def test_words_that_are_none_or_known_already_are_not_added(words):
    with pytest.raises(InputError):
        CaptionEncoder.of_the_book().with_words(words)
