"""Which documents are held out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.splitting import split_by_document
from core.data.text.documents import Document
from core.errors import SettingError

TEXTS = st.lists(st.text(alphabet="ab", max_size=3), max_size=30)


def documents(texts):
    return [Document(text) for text in texts]


@settings(deadline=None)
@given(TEXTS, st.floats(0, 0.99), st.integers())
def test_copies_of_a_text_end_up_on_the_same_side(texts, share, seed):
    split = split_by_document(documents(texts), share, seed)
    assert not {d.text for d in split.train} & {d.text for d in split.validation}
    assert sorted(d.text for d in split.train + split.validation) == sorted(texts)


@settings(deadline=None)
@given(TEXTS, st.floats(0.01, 0.99), st.integers())
def test_two_texts_suffice_for_both_sides(texts, share, seed):
    split = split_by_document(documents(texts), share, seed)
    if len(set(texts)) > 1:
        assert split.train and split.validation


def test_about_the_requested_share_is_held_out():
    split = split_by_document(documents(str(n) for n in range(10_000)), 0.1, seed=7)
    assert 900 < len(split.validation) < 1100


def test_more_documents_do_not_move_the_others():
    few = split_by_document(documents(str(n) for n in range(500)), 0.2, seed=1)
    many = split_by_document(documents(str(n) for n in range(1000)), 0.2, seed=1)
    assert set(few.validation) <= set(many.validation)
    assert set(few.train) <= set(many.train)


def test_another_seed_holds_out_other_texts():
    texts = documents(str(n) for n in range(100))
    assert (
        split_by_document(texts, 0.3, 1).validation != split_by_document(texts, 0.3, 2).validation
    )


def test_the_order_of_the_documents_is_kept():
    split = split_by_document(documents("abcdefghij"), 0.3, seed=0)
    assert list(split.train) == sorted(split.train, key=lambda d: d.text)


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_an_impossible_share_is_refused(share):
    with pytest.raises(SettingError):
        split_by_document([], share)
