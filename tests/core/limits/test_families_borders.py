"""Borders and clouds against examples worked by hand."""

import numpy as np
import pytest

from core.data.text.documents import Document
from core.limits.families.borders import (
    Branch,
    Clouds,
    Leaf,
    Line,
    Points,
    by_tree,
    features,
    grown,
    learning_curve,
    points_of,
)

# Four of either sort; the first feature tells them apart at 2.5.
APART = Points(
    np.array([[1, 5], [2, 1], [1, 3], [2, 9], [3, 2], [4, 8], [3, 4], [4, 6]], np.float64),
    np.array([0, 0, 0, 0, 1, 1, 1, 1]),
)


def test_a_sentence_is_its_letters_per_word_and_its_capitals():
    assert features("Der Hund bellt – 3 Mal!") == ((3 + 4 + 5 + 3) / 4, 75.0)
    assert features("42 – 7!") is None and features("") is None


def test_the_tree_asks_the_question_that_leaves_both_sides_pure():
    tree = grown(APART)
    assert tree == Branch(0, 2.5, Leaf(0.0), Leaf(1.0))
    assert by_tree(tree, np.array([[2.4, 0], [2.6, 0]])).tolist() == [0.0, 1.0]


def test_points_that_all_lie_together_leave_the_tree_without_a_question():
    same = Points(np.ones((6, 2)), np.array([0, 0, 0, 1, 1, 1]))
    assert grown(same) == Leaf(0.5)


def test_the_line_is_where_the_derivative_of_the_loss_is_zero():
    line = Line.fitted(APART)
    assert (line.probability(APART.at) >= 0.5).tolist() == (APART.sort == 1).tolist()
    x = np.column_stack([(APART.at - line.middle) / line.scale, np.ones(8)])
    w = np.append(line.weights, line.bias)
    gradient = x.T @ (line.probability(APART.at) - APART.sort) + 1e-2 * w
    np.testing.assert_allclose(gradient, 0.0, atol=1e-6)


def test_clouds_are_means_and_variances_and_bayes_rule():
    clouds = Clouds.fitted(APART)
    assert clouds.means.tolist() == [[1.5, 4.5], [3.5, 5.0]]
    assert clouds.variances.tolist() == [[0.25, 8.75], [0.25, 5.0]]
    at = np.array([[2.5, 4.5]])
    # the first feature is as far from either mean; the second says the rest
    dense = [1 / np.sqrt(8.75), np.exp(-0.5 * 0.25 / 5.0) / np.sqrt(5.0)]
    assert clouds.probability(at)[0] == pytest.approx(dense[1] / sum(dense))


def test_what_the_clouds_draw_looks_like_what_they_saw_and_the_far_away_does_not():
    clouds = Clouds.fitted(APART)
    drawn = clouds.drawn(1, 4000, seed=0)
    np.testing.assert_allclose(drawn.mean(0), [3.5, 5.0], atol=0.15)
    assert clouds.fits((3.5, 5.0)) == 1.0
    assert clouds.fits((40.0, 5.0)) < 1e-6
    # a circle of one standard deviation leaves exp(-1/2) outside
    assert clouds.fits((3.5, 5.0 + 5.0**0.5)) == pytest.approx(np.exp(-0.5))


def test_more_points_err_less_and_every_size_is_held_against_the_rest():
    rng = np.random.default_rng(0)
    at = np.concatenate([rng.normal(0, 1, (80, 2)), rng.normal(1.5, 1, (80, 2))])
    found = learning_curve(Points(at, np.repeat([0, 1], 80)), seed=0)
    assert [one.n for one in found] == [4, 8, 16, 32, 64]
    assert found[-1].line < found[0].line and found[-1].clouds < found[0].clouds
    assert all(one.line_less[1] > 0 for one in found)


def test_as_many_sentences_of_either_language_are_drawn():
    documents = [Document(f"Der Hund {n} bellt.", "de") for n in range(9)]
    documents += [Document(f"the dog {n} barks.", "en") for n in range(5)]
    points = points_of(documents, ("en", "de"), n_each=4, seed=0)
    assert points.sort.tolist() == [0] * 4 + [1] * 4
    assert (points.at[:4, 1] == 0).all() and (points.at[4:, 1] > 0).all()
