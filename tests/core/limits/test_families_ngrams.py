"""N-grams: probabilities against an example worked by hand, and sums to 1."""

import math

import numpy as np
import pytest

from core.limits.families.ngrams import DISCOUNT, NGrams

END, A, B, C = range(4)


def test_bigrams_are_those_worked_out_by_hand():
    """Texts "a b a b" and "a c": counts after each token, with the end token 0 around each text.

    Bigrams: 0a 2, ab 2, ba 1, b0 1, ac 1, c0 1: of the six, four occur once and two twice, so D is
    4 / (4 + 2 * 2) = 1/2. Below, a token counts by how many different ones came before it: a 2 (0,
    b), b 1 (a), c 1 (a), 0 2 (b, c); six in all. There two occur once and two twice: D = 1/3.
    """
    table = NGrams([[A, B, A, B], [A, C]], n_vocab=4, end_id=END, order=2)
    below = 1 / 3 * 4 / 4  # what is gained, spread over the vocabulary
    alone = [(2 - 1 / 3 + below) / 6, (2 - 1 / 3 + below) / 6, (1 - 1 / 3 + below) / 6]
    alone.append(alone[2])
    np.testing.assert_allclose(table._alone, alone)
    np.testing.assert_allclose(alone, [1 / 3, 1 / 3, 1 / 6, 1 / 6])
    # After a: b twice, c once; 1/2 off each of two followers is 1 of 3 for the shorter context.
    after_a = [1 / 3 * 1 / 3, 1 / 3 * 1 / 3, 1.5 / 3 + 1 / 3 * 1 / 6, 0.5 / 3 + 1 / 3 * 1 / 6]
    np.testing.assert_allclose(table.probs([A]), after_a)
    assert table.loss_nats([A, B]) == pytest.approx(
        -math.log(table.probs([])[A]) - math.log(after_a[B])
    )


def test_probabilities_sum_to_one_after_anything():
    rng = np.random.default_rng(0)
    texts = [rng.integers(1, 30, 40).tolist() for _ in range(20)]
    table = NGrams(texts, n_vocab=30, end_id=0)
    for before in ([], texts[0][:1], texts[0][:9], [29, 29, 29, 29], [0, 5, 7]):
        p = table.probs(before)
        assert p.sum() == pytest.approx(1.0) and (p > 0).all()


def test_a_larger_vocabulary_than_bits_for_it_is_still_exact():
    """Four tokens of 16 bits fill the whole number."""
    texts = [[65_000, 64_999, 65_000, 1], [65_000, 64_999, 65_000, 2]]
    table = NGrams(texts, n_vocab=65_001, end_id=0)
    p = table.probs([65_000, 64_999, 65_000])
    assert p[1] == p[2] > 100 * p[3]


def test_a_text_too_small_for_an_estimate_takes_the_usual_discount():
    table = NGrams([[1]], n_vocab=3, end_id=0, order=2)
    assert table.levels[0].discount == DISCOUNT


def test_a_next_token_says_which_context_it_rests_on():
    table = NGrams([[A, B, A, B], [A, C]], n_vocab=4, end_id=END, order=2)
    known = table.because([A], B)
    assert (known.context, known.n_context, known.n_token) == ((A,), 3, 2)
    assert table.because([A], A).n_token == 0
