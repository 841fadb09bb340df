"""Shares, counts and distributions."""

import pytest

from core.figures.bars import (
    Amount,
    FilterWords,
    filter_bars,
    length_histogram,
    parameter_shares,
    token_frequency,
)
from core.figures.curves import Axes

NAMES = FilterWords("before", "after", "dropped")


def test_the_largest_part_stands_on_top_and_empty_parts_are_left_out():
    fig = parameter_shares([Amount("a", 2, "2"), Amount("none", 0, "0"), Amount("b", 5, "5")])
    assert list(fig.data[0].x) == [2, 5]  # plotly counts from below
    assert list(fig.layout.yaxis.ticktext) == ["a", "b"]


def test_tokens_that_look_alike_keep_rows_of_their_own():
    fig = token_frequency([Amount(" ", 3, "3"), Amount(" ", 7, "7")])
    assert len(set(fig.data[0].y)) == 2


def test_every_document_is_counted_in_exactly_one_bar():
    lengths = [0, 1, 9, 10, 10, 299]
    fig = length_histogram(lengths, Axes("characters", "documents"), n_bins=30)
    assert sum(fig.data[0].y) == len(lengths)
    assert len(fig.data[0].y) <= 30
    assert list(fig.data[0].y)[:2] == [3, 2]  # bars of ten: 0, 1, 9 and 10, 10


def test_no_documents_give_an_empty_histogram():
    assert sum(length_histogram([], Axes("x", "y")).data[0].y) == 0


def test_a_dropped_candidate_stays_in_its_row_and_is_called_dropped():
    fig = filter_bars(["a", "b"], [0.75, 0.25], [1.0, 0.0], NAMES)
    after, before = fig.data
    assert list(before.x) == [25, 75]
    assert list(after.x) == [0, 100]
    assert list(after.text) == ["dropped", ""]
    assert list(fig.layout.yaxis.ticktext) == ["b", "a"]  # the likeliest on top


def test_probabilities_of_other_tokens_are_refused():
    with pytest.raises(ValueError, match="zip"):
        filter_bars(["a"], [0.5, 0.5], [1.0, 0.0], NAMES)
