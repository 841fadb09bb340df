"""The floor under hallucination, on a text whose facts can be counted by hand."""

import math

import pytest
import torch

from core.limits.often.floor import (
    calibration_gap,
    chance_term,
    floor,
    guesses_wrong,
    sentences_needed,
    singleton_share,
)

# Ten sentences: one fact stands there five times, one three times, two once, and two never.
TOLD = [5, 3, 1, 1, 0, 0]


def test_two_of_ten_sentences_tell_what_no_other_sentence_tells():
    assert singleton_share(TOLD) == 0.2
    assert singleton_share([0, 0]) == 0.0
    assert singleton_share([4, 4]) == 0.0


def test_the_estimate_is_what_is_missing_on_average():
    """Good's identity: singletons of n draws estimate what n - 1 draws leave unseen.

    Two facts, asked for with 0.9 and 0.1, two draws: both texts of two like sentences (0.81 and
    0.01) have no singleton; the others (0.18) only singletons. After one draw, 0.1 of the questions
    are new with probability 0.9, and 0.9 of them with probability 0.1: 0.18, too.
    """
    expected = 0.81 * singleton_share([2, 0]) + 0.01 * singleton_share([0, 2])
    expected += 0.18 * singleton_share([1, 1])
    assert expected == pytest.approx(0.9 * 0.1 + 0.1 * 0.9)


def test_the_gap_is_the_one_worked_out_by_hand():
    """Two questions, asked for with 3/4 and 1/4; four answers, so likely is more than 1/3.

    The first: 0.6 on the true answer, 0.4 on a wrong one: both likely, 1.0 believed, 1 true.
    The second: 0.5 on a wrong one: 0.5 believed, 0 true. Believed 0.875, true 0.75.
    """
    probs = torch.tensor([[0.6, 0.4, 0.0, 0.0], [0.5, 0.2, 0.2, 0.1]])
    asked = torch.tensor([0.75, 0.25])
    truths = torch.tensor([0, 1])
    assert calibration_gap(probs, truths, asked, n_wrong=3) == pytest.approx(0.125)


def test_a_model_that_only_guesses_and_one_that_knows_all_have_no_gap():
    asked, truths = torch.tensor([0.5, 0.5]), torch.tensor([0, 1])
    assert calibration_gap(torch.full((2, 4), 0.25), truths, asked, n_wrong=3) == 0.0
    knowing = torch.tensor([[1.0, 0, 0, 0], [0, 1.0, 0, 0]])
    assert calibration_gap(knowing, truths, asked, n_wrong=3) == 0.0


def test_the_bound_is_its_four_terms_and_promises_nothing_for_a_short_text():
    found = floor(TOLD, n_wrong=40, gap=0.01)
    assert (found.singletons, found.luck, found.gap) == (0.2, 0.05, 0.01)
    assert found.chance == pytest.approx((35 + 6 * math.log(10)) / math.sqrt(10))
    assert found.promised == pytest.approx(0.2 - 0.05 - 0.01 - found.chance) and found.promised < 0


def test_a_long_text_can_promise_something():
    n = sentences_needed(0.2)
    assert chance_term(n) < 0.2 < chance_term(n // 2)
    assert floor([1] * 20_000 + [n - 20_000], n_wrong=1000, gap=0.0).singletons < 0.2
    assert floor([1] * n, n_wrong=1000, gap=0.0).promised > 0.7


def test_what_is_never_told_can_be_guessed_only_by_luck():
    asked, told = torch.tensor([0.5, 0.3, 0.2]), torch.tensor([4, 1, 0])
    assert guesses_wrong(asked, told, n_answers=4) == pytest.approx(0.2 * 3 / 4)
