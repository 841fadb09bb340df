"""Where words act: measures by hand, and what must hold of any weights."""

import pytest
import torch

from core.architecture.pictures.word_maps import (
    area_of,
    most_telling_head,
    most_telling_word,
    share_within,
    told_bits,
)


def test_a_head_that_looks_alike_from_everywhere_tells_nothing():
    alike = torch.tensor([0.7, 0.2, 0.1]).expand(5, 3)
    assert told_bits(alike) == pytest.approx(0.0, abs=1e-6)


def test_two_halves_that_look_at_two_words_tell_one_bit():
    halves = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    assert told_bits(halves) == pytest.approx(1.0)


def test_it_never_tells_more_than_the_words_can():
    weights = torch.rand(6, 4, 16, 5, generator=torch.Generator().manual_seed(1)) ** 4
    weights = weights / weights.sum(-1, keepdim=True)
    bits = told_bits(weights)
    assert bits.shape == (6, 4)
    assert (bits >= 0).all() and (bits <= torch.tensor(5.0).log2()).all()


def test_the_most_telling_head_and_word_are_found():
    even = torch.full((2, 3, 4, 3), 1 / 3)
    even[1, 2] = torch.tensor([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.2, 0.7, 0.1], [0.8, 0.1, 0.1]])
    assert most_telling_head(even) == (1, 2)
    one = torch.tensor([[0.9, 0.0, 0.1], [0.45, 0.45, 0.1], [0.9, 0.0, 0.1], [0.9, 0.0, 0.1]])
    assert most_telling_word(one) == 1


def test_an_area_and_the_share_of_a_change_in_it():
    area = area_of(torch.tensor([0.1, 0.4, 0.8, 0.39]))
    assert area.tolist() == [False, True, True, False]
    assert share_within(torch.tensor([1.0, 2.0, 4.0, 1.0]), area) == pytest.approx(0.75)
    assert share_within(torch.zeros(4), area) == 0.0
