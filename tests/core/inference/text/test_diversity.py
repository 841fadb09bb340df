"""Variety and repetition, by hand and as invariants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SettingError
from core.inference.text.diversity import distinct, repeated, variety

TEXTS = st.lists(st.lists(st.integers(0, 5), max_size=12), max_size=5)


def test_distinct_by_hand():
    texts = [["a", "b", "a", "b"], ["a", "b", "c"]]
    assert distinct(texts, 1) == 3 / 7
    assert distinct(texts, 2) == 3 / 5  # ab, ba, bc of five pairs
    assert distinct(texts, 4) == 1.0
    assert distinct(texts, 5) is None


def test_repetition_by_hand():
    loop = ["the", "cat", "sat", "on", "the", "cat", "sat", "on", "the", "cat"]
    # Seven times four in a row; four of them are different.
    assert repeated([loop], 4) == pytest.approx(3 / 7)
    assert repeated([loop, ["a", "b", "c", "d", "e"], ["too", "short"]], 4) == pytest.approx(3 / 14)
    assert repeated([["too", "short"]], 4) is None


def test_variety_puts_them_together():
    found = variety([[1, 2, 3, 4], [1, 2, 3, 4]])
    assert (found.distinct_1, found.distinct_2, found.distinct_3) == (0.5, 0.5, 0.5)
    assert found.repeated_4 == 0.0  # copies of one another, but none repeats itself
    assert found.distinct_texts == 0.5
    assert variety([]).distinct_texts is None and variety([]).repeated_4 is None


@given(TEXTS, st.integers(1, 4))
def test_one_text_repeats_what_is_not_distinct_and_copies_never_add_variety(texts, n):
    for text in texts:
        share = distinct([text], n)
        assert repeated([text], n) == (None if share is None else pytest.approx(1 - share))
    share = distinct(texts, n)
    assert share is None or 0 < share <= 1
    twice = distinct([*texts, *texts], n)
    assert twice == (None if share is None else pytest.approx(share / 2))


def test_rows_of_less_than_one_are_refused():
    with pytest.raises(SettingError):
        distinct([[1]], 0)
