"""Two ways to deal with the same points: draw a border between them, or learn how they come about.

A discriminative model answers only “which of the two?”. A generative one knows how each sort looks:
it can make a new example, and say that a point looks like neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi
from random import Random
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from core.data.text.documents import Document
from core.data.world import sentences

Real = npt.NDArray[np.float64]

DEPTH: Final = 2  # questions that the tree asks, one after the other
LEAST: Final = 2  # points in a leaf, at least
WEIGHT_OF_ZERO: Final = 1e-2  # pulls the border's weights towards 0, so that they stay finite
N_NEWTON: Final = 12
SMALLEST_VARIANCE: Final = 1e-3
SIZES: Final = (4, 8, 16, 32, 64, 128, 256)
N_REPEATS: Final = 100  # draws of each size


def features(sentence: str) -> tuple[float, float] | None:
    """Two numbers of a sentence: letters per word, and capitalised words per hundred.

    None where it has no letters.
    """
    words = [word for word in sentence.split() if any(map(str.isalpha, word))]
    if not words:
        return None
    n_letters = sum(letter.isalpha() for word in words for letter in word)
    n_capital = sum(next(filter(str.isalpha, word)).isupper() for word in words)
    return n_letters / len(words), 100.0 * n_capital / len(words)


@dataclass(frozen=True)
class Points:
    """Sentences as points.

    Args:
        at: (N, 2) their features.
        sort: (N,) 0 or 1.
    """

    at: Real
    sort: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.sort)

    def some(self, places: Sequence[int]) -> "Points":
        """Those at these places."""
        chosen = np.array(places, np.int64)
        return Points(self.at[chosen], self.sort[chosen])


def points_of(
    documents: Sequence[Document], langs: tuple[str, str], n_each: int, seed: int
) -> Points:
    """As many sentences of either language as points, drawn by chance."""
    at: list[tuple[float, float]] = []
    sort: list[int] = []
    for number, lang in enumerate(langs):
        own = [document for document in documents if document.lang == lang]
        random = Random(seed)
        found = 0
        for document in random.sample(own, min(len(own), n_each)):
            point = features(random.choice(sentences(document.text) or [""]))
            if point is not None and found < n_each:
                at.append(point)
                sort.append(number)
                found += 1
    return Points(np.array(at).reshape(-1, 2), np.array(sort, np.int64))


@dataclass(frozen=True)
class Leaf:
    """What the tree answers: the share of sort 1 among the points that came here."""

    share: float


@dataclass(frozen=True)
class Branch:
    """A question of the tree: is this feature below this number?"""

    feature: int
    below: float
    yes: "Branch | Leaf"
    no: "Branch | Leaf"


Tree = Branch | Leaf


def grown(points: Points, depth: int = DEPTH) -> Tree:
    """A decision tree: at every node the question that leaves both sides purest.

    Source: Breiman et al. 1984, "Classification and Regression Trees"; purity by Gini.
    """
    share = float(points.sort.mean()) if len(points) else 0.5
    if depth == 0 or share in (0.0, 1.0) or len(points) < 2 * LEAST:
        return Leaf(share)
    best: tuple[float, int, float] | None = None
    for feature in (0, 1):
        order = points.at[:, feature].argsort(kind="stable")
        values, sort = points.at[order, feature], points.sort[order]
        n, ones = np.arange(1, len(sort)), sort.cumsum()[:-1]  # on the left of each gap
        left, right = ones / n, (sort.sum() - ones) / (len(sort) - n)
        impure = n * left * (1 - left) + (len(sort) - n) * right * (1 - right)
        fits = (values[1:] > values[:-1]) & (n >= LEAST) & (len(sort) - n >= LEAST)
        if fits.any():
            gap = int(np.where(fits, impure, np.inf).argmin())
            found = (float(impure[gap]), feature, float(values[gap : gap + 2].mean()))
            best = min(best, found) if best else found
    if best is None:
        return Leaf(share)
    _, feature, below = best
    yes = points.at[:, feature] < below
    return Branch(
        feature,
        below,
        grown(Points(points.at[yes], points.sort[yes]), depth - 1),
        grown(Points(points.at[~yes], points.sort[~yes]), depth - 1),
    )


def by_tree(tree: Tree, at: Real) -> Real:
    """(N, 2) points -> (N,) share of sort 1 in the leaf that each comes to."""
    if isinstance(tree, Leaf):
        return np.full(len(at), tree.share)
    yes = at[:, tree.feature] < tree.below
    return np.where(yes, by_tree(tree.yes, at), by_tree(tree.no, at))


@dataclass(frozen=True)
class Line:
    """A straight border: p(1 | x) = sigmoid(w · (x - middle) / scale + bias).

    Args:
        weights: (2,) w.
        bias: a number.
        middle, scale: (2,) of the points it was fitted to.
    """

    weights: Real
    bias: float
    middle: Real
    scale: Real

    @classmethod
    def fitted(cls, points: Points) -> Self:
        """Logistic regression by Newton's method; no way of how points come about is assumed.

        Source: Cox 1958; the second derivative as in Bishop 2006, section 4.3.3.
        """
        middle, scale = points.at.mean(0), np.maximum(points.at.std(0), 1e-9)
        x = np.column_stack([(points.at - middle) / scale, np.ones(len(points))])  # (N, 3)
        w, pull = np.zeros(3), WEIGHT_OF_ZERO * np.eye(3)
        for _ in range(N_NEWTON):
            p = 1.0 / (1.0 + np.exp(-x @ w))  # (N,)
            gradient = x.T @ (p - points.sort) + pull @ w
            curvature = (x * (p * (1 - p))[:, None]).T @ x + pull
            w = w - np.clip(np.linalg.solve(curvature, gradient), -5.0, 5.0)
        return cls(w[:2], float(w[2]), middle, scale)

    def probability(self, at: Real) -> Real:
        """(N, 2) points -> (N,) probability of sort 1."""
        z = (at - self.middle) / self.scale @ self.weights + self.bias
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(z, -40, 40))))


@dataclass(frozen=True)
class Clouds:
    """How each sort comes about: a cloud around its mean, wide as its points are.

    Args:
        means, variances: (2, 2) of each sort and feature.
        shares: (2,) of all points.
    """

    means: Real
    variances: Real
    shares: Real

    @classmethod
    def fitted(cls, points: Points) -> Self:
        """Gaussian naive Bayes: the features of a sort are drawn independently.

        Source: Ng & Jordan 2002, "On Discriminative vs. Generative Classifiers", section 2.
        """
        of = [points.at[points.sort == sort] for sort in (0, 1)]
        return cls(
            np.array([some.mean(0) for some in of]),
            np.array([np.maximum(some.var(0), SMALLEST_VARIANCE) for some in of]),
            np.array([len(some) / len(points) for some in of]),
        )

    def log_densities(self, at: Real) -> Real:
        """(N, 2) points -> (N, 2) log of how densely each sort lies there."""
        apart = (at[:, None] - self.means) ** 2 / self.variances  # (N, sort, feature)
        return np.asarray(-0.5 * (apart + np.log(2 * pi * self.variances)).sum(-1))

    def probability(self, at: Real) -> Real:
        """(N,) probability of sort 1, by Bayes' rule."""
        joint = self.log_densities(at) + np.log(self.shares)
        return np.asarray(1.0 / (1.0 + np.exp(np.clip(joint[:, 0] - joint[:, 1], -40, 40))))

    def drawn(self, sort: int, n: int, seed: int) -> Real:
        """(n, 2) new points of a sort, such as were never seen."""
        random = np.random.default_rng(seed)
        return np.asarray(
            random.normal(self.means[sort], np.sqrt(self.variances[sort]), size=(n, 2))
        )

    def fits(self, point: tuple[float, float]) -> float:
        """The share of drawn points that would lie further out, in the sort that it fits best."""
        apart = ((np.array(point) - self.means) ** 2 / self.variances).sum(-1)
        return float(np.exp(-0.5 * apart.min()))  # a chi-squared with 2 degrees of freedom


@dataclass(frozen=True)
class Errors:
    """Wrong answers on held-back points, each a share of 1, over many draws of as many points.

    Args:
        n: points that were learned from.
        tree, line, clouds: the mean of each.
        line_less: how much less the line errs than the clouds, and the half width of its 95 %
            interval.
    """

    n: int
    tree: float
    line: float
    clouds: float
    line_less: tuple[float, float]


def learning_curve(points: Points, seed: int) -> list[Errors]:
    """Errors against the number of points learned from, as many of either sort.

    Source: Ng & Jordan 2002, figure 1.
    """
    random, found = Random(seed), []
    half = len(points) // 2
    by_sort = [np.flatnonzero(points.sort == sort).tolist() for sort in (0, 1)]
    for n in SIZES:
        if n > half:
            break
        errors = np.array([_errors(points, by_sort, n, random) for _ in range(N_REPEATS)])
        less = errors[:, 2] - errors[:, 1]
        spread = 1.959963984540054 * float(less.std(ddof=1)) / N_REPEATS**0.5
        tree, line, clouds = errors.mean(0).tolist()
        found.append(Errors(n, tree, line, clouds, (float(less.mean()), spread)))
    return found


def _errors(
    points: Points, by_sort: Sequence[Sequence[int]], n: int, random: Random
) -> tuple[float, float, float]:
    chosen = {place for some in by_sort for place in random.sample(list(some), n // 2)}
    learned = points.some(sorted(chosen))
    others = points.some([place for place in range(len(points)) if place not in chosen])

    def wrong(p: Real) -> float:
        """The share of the others that is answered wrongly."""
        return float(((p >= 0.5) != others.sort).mean())

    return (
        wrong(by_tree(grown(learned), others.at)),
        wrong(Line.fitted(learned).probability(others.at)),
        wrong(Clouds.fitted(learned).probability(others.at)),
    )
