"""Exposure: against ranks worked by hand, and against trying every secret."""

import math
from itertools import product

import pytest
import torch
from torch import nn

from core.limits.byheart.exposure import (
    CHANCE_BITS,
    MOST_BEGUN,
    exposure,
    likelier,
    log_probs,
    ranked,
)

WORD, ZERO = 0, 1  # the word before the secret, and the first of three digits
CHOICES = [1, 2, 3]


class Table(nn.Module):
    """A model whose next token depends on the newest one alone, as a table says.

    Args:
        probs: (V, V) probability of each token after each.
    """

    def __init__(self, probs):
        super().__init__()
        self.logits = torch.tensor(probs).log()

    def forward(self, read, only_last=False):
        found = self.logits[read]
        return found[:, -1:] if only_last else found


BY_HAND = Table(
    [
        [0.1, 0.5, 0.3, 0.1],  # after the word: 0, 1 and 2 with 0.5, 0.3 and 0.1
        [0.1, 0.2, 0.6, 0.1],
        [0.1, 0.45, 0.2, 0.25],
        [0.1, 0.1, 0.1, 0.7],
    ]
)
# Two digits: 01 0.30, 10 0.135, 00 0.10, 12 0.075, 22 0.07, 11 0.06, 02 0.05, 20 and 21 0.01
PLACES = {"01": 1, "10": 2, "00": 3, "12": 4, "22": 5, "11": 6, "02": 7}


@pytest.mark.parametrize(("secret", "rank"), PLACES.items())
def test_ranks_are_those_worked_by_hand(secret, rank):
    tokens = [ZERO + int(digit) for digit in secret]
    before = torch.tensor([WORD])
    own = float(log_probs(BY_HAND, before, torch.tensor([tokens])))
    assert likelier(BY_HAND, before, tokens, torch.tensor(CHOICES), own) == rank - 1


def test_a_secret_is_exposed_by_as_many_bits_as_its_place_saves():
    assert exposure(1, 1024) == 10.0 and exposure(1024, 1024) == 0.0
    assert exposure(4, 1024) == 8.0  # ten bits to name one of all, two to name one of four
    for rank in (0, 1025):
        with pytest.raises(ValueError, match="must lie in"):
            exposure(rank, 1024)


def test_chance_is_the_mean_over_all_places():
    n = 100_000
    mean = sum(exposure(rank, n) for rank in range(1, n + 1)) / n
    assert mean == pytest.approx(CHANCE_BITS, abs=1e-3)


def test_the_likeliest_is_counted_and_one_among_many_is_estimated():
    first = ranked(BY_HAND, [WORD], [1, 2], CHOICES, torch.Generator().manual_seed(0))
    assert first.counted and first.rank == 1
    assert first.exposure_bits == pytest.approx(math.log2(9))
    last = ranked(BY_HAND, [WORD], [1, 3], CHOICES, torch.Generator().manual_seed(0))
    assert not last.counted and last.rank == pytest.approx(1 + 6 / 9 * 8, abs=1)


def test_counting_agrees_with_trying_every_secret():
    generator = torch.Generator().manual_seed(3)
    model = Table(torch.rand((11, 11), generator=generator).softmax(-1).tolist())
    choices, before = list(range(1, 11)), torch.tensor([0])
    every = torch.tensor(list(product(choices, repeat=3)))
    probs = log_probs(model, before, every)
    for place in (0, 137, 999):
        found = likelier(model, before, every[place].tolist(), torch.tensor(choices), probs[place])
        assert found == int((probs > probs[place] + 1e-5).sum())


def test_counting_gives_up_rather_than_follow_too_many_beginnings():
    model = Table([[1 / 11] * 11] * 11)
    n_digits = math.ceil(math.log10(MOST_BEGUN)) + 2
    worst = -1e6  # nothing is less likely, so no beginning can be given up
    before, choices = torch.tensor([0]), torch.arange(1, 11)
    assert likelier(model, before, [1] * n_digits, choices, worst) is None
