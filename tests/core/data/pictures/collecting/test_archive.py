"""A corpus survives being written and read; damage is noticed."""

import pytest

from core.data.pictures import PictureSettings, draw_corpus
from core.data.pictures.collecting.archive import from_bytes, order_bytes, to_bytes
from core.errors import UnreadablePicture

CORPUS = draw_corpus(PictureSettings(n_pictures=30, wrong_caption_share=0.3, copy_share=0.2,
                                     near_copy_share=0.2))  # fmt: skip


def test_a_corpus_comes_back_as_it_was():
    back = from_bytes(to_bytes(CORPUS))
    assert (back.pictures == CORPUS.pictures).all()
    assert back.entries == CORPUS.entries and back.settings == CORPUS.settings


def test_the_same_corpus_gives_the_same_bytes():
    assert to_bytes(CORPUS) == to_bytes(from_bytes(to_bytes(CORPUS)))


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-100],
        lambda data: data[:50],
        lambda data: data.replace(b"alone", b"aloof"),
        lambda data: data.replace(b"n_pictures", b"m_pictures"),
        lambda data: b"not a corpus at all, but long enough for a header",
    ],
)
def test_a_damaged_file_is_refused(damage):
    with pytest.raises(UnreadablePicture):
        from_bytes(damage(to_bytes(CORPUS)))


def test_the_books_own_pages_are_drawn_again_from_their_order():
    settings = PictureSettings(n_pictures=6, copy_share=0.5, seed=5)
    ordered, drawn = from_bytes(order_bytes(settings)), draw_corpus(settings)
    assert to_bytes(ordered) == to_bytes(drawn)


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"{}",
        b'{"format": 9, "settings": {}}',
        b'{"format": 1, "settings": {"size": 5}}',
        b"{1",
    ],
)
def test_an_order_that_is_none_is_refused(data):
    with pytest.raises(UnreadablePicture):
        from_bytes(data)
