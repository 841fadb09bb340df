"""Scaling laws: loss as a power of size, data or computing, and what that says of the next size.

Source: Kaplan et al. 2020, "Scaling Laws for Neural Language Models", arXiv:2001.08361; Hoffmann et
al. 2022, "Training Compute-Optimal Large Language Models" (Chinchilla), arXiv:2203.15556. They fit
size and data together; here each is fitted alone, the other one held fixed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

N_FLOORS: Final = 16  # values of E that are tried at once
N_ROUNDS: Final = 2  # each looks closer around the best of the one before
N_STEPS: Final = 12  # of Gauss-Newton, at most
N_BOOTSTRAPS: Final = 200
N_FITTED: Final = 3  # numbers in a law: E, A and alpha

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Law:
    """L = E + A / x^alpha.

    Args:
        floor: E, the loss that no size or amount gets below; >= 0.
        factor: A, > 0.
        exponent: alpha.
    """

    floor: float
    factor: float
    exponent: float

    def at(self, x: float) -> float:
        """The loss that it says, in the unit it was fitted to."""
        return float(self.floor + self.factor * x**-self.exponent)


def fitted(xs: Sequence[float], losses: Sequence[float]) -> Law:
    """The law with the smallest squared error of log L.

    For a given E, log(L - E) is about a straight line over log x, which has a closed solution. So
    E is tried out on a grid from 0 to just below the smallest loss, then closer around the best;
    from there a few steps of Gauss-Newton change all three numbers.

    Args:
        xs: (n,) parameters, tokens or computing, > 0.
        losses: (n,) measured, > 0.

    Raises:
        ValueError: there are fewer than three different xs, which any law would fit.
    """
    x, loss = np.asarray(xs, float), np.asarray(losses, float)
    if len(np.unique(x)) < N_FITTED:
        raise ValueError(f"{len(np.unique(x))} places are too few for a law")
    low, high = 0.0, 0.999 * loss.min()
    best = (np.inf, Law(0.0, 1.0, 0.0))
    for _ in range(N_ROUNDS):
        floors = np.linspace(low, high, N_FLOORS)
        for floor in floors:
            law = _line(x, loss, floor)
            error = _error(law, x, loss)
            if error < best[0]:
                best = (error, law)
        width = floors[1] - floors[0]
        low = max(0.0, best[1].floor - width)
        high = min(0.999 * float(loss.min()), best[1].floor + width)
    return _polished(best[1], x, loss)


def _error(law: Law, x: Array, loss: Array) -> float:
    return float(np.sum((np.log(loss) - np.log(law.floor + _power(law, x))) ** 2))


def _polished(law: Law, x: Array, loss: Array) -> Law:
    """A law after steps of Gauss-Newton, each taken only if it lowers the error; E stays >= 0."""
    for _ in range(N_STEPS):
        before, power = _error(law, x, loss), _power(law, x)
        said = law.floor + power
        missing = np.log(loss) - np.log(said)  # (n,)
        # How log L changes with E, log A and alpha.
        slopes = np.stack([1.0 / said, power / said, -power * np.log(x) / said], 1)  # (n, 3)
        for free in ((0, 1, 2), (1, 2)):  # if E would become negative, it stays
            step = np.zeros(N_FITTED)
            step[list(free)] = np.linalg.lstsq(slopes[:, free], missing, rcond=None)[0]
            tried = Law(
                float(max(0.0, law.floor + step[0])),
                law.factor * float(np.exp(np.clip(step[1], -5.0, 5.0))),
                law.exponent + float(step[2]),
            )
            if _error(tried, x, loss) < before:
                law = tried
                break
        else:
            return law
    return law


def _power(law: Law, x: Array) -> Array:
    return np.asarray(law.factor * x**-law.exponent, float)


def _line(x: Array, loss: Array, floor: float) -> Law:
    """The law for a given E.

    Each point counts as much as a small change of it changes log L: ((L - E) / L) squared. Without
    that, points close to E would be taken for the most exact ones.
    """
    weights = ((loss - floor) / loss) ** 2
    log_x, log_l = np.log(x), np.log(loss - floor)
    mean_x, mean_l = np.average(log_x, weights=weights), np.average(log_l, weights=weights)
    spread = np.sum(weights * (log_x - mean_x) ** 2)
    slope = np.sum(weights * (log_x - mean_x) * (log_l - mean_l)) / spread
    return Law(float(floor), float(np.exp(mean_l - slope * mean_x)), float(-slope))


@dataclass(frozen=True)
class Band:
    """What a law says, and how sure it is of it.

    Args:
        law: fitted to all points.
        xs: (n,) where the band was asked for.
        low, high: (n,) the ends that hold 95 % of single measurements, if the law holds.
    """

    law: Law
    xs: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def band(
    xs: Sequence[float], losses: Sequence[float], asked: Sequence[float], seed: int = 0
) -> Band:
    """A law with its band for single measurements, by bootstrap.

    The law is fitted again and again to what it says itself plus errors drawn from its own; to
    each such law's prediction another such error is added.

    Args:
        xs, losses: (n,) as for `fitted`.
        asked: (m,) where the band is wanted, also beyond the measured ones.
        seed: of the draws.

    Source: Efron & Tibshirani 1993, "An Introduction to the Bootstrap", chapter 9 (residuals).
    """
    law, random = fitted(xs, losses), np.random.default_rng(seed)
    said = np.array([law.at(x) for x in xs])
    n = len(said)
    # A law with three free numbers comes closer to its own points than to new ones.
    errors = (np.log(np.asarray(losses)) - np.log(said)) * np.sqrt(n / max(1, n - N_FITTED))
    drawn = []
    for _ in range(N_BOOTSTRAPS):
        other = fitted(xs, (said * np.exp(random.choice(errors, n))).tolist())
        at = np.array([other.at(x) for x in asked])
        drawn.append(at * np.exp(random.choice(errors, len(at))))
    low, high = np.percentile(np.array(drawn), [2.5, 97.5], axis=0)
    return Band(law, tuple(asked), tuple(low.tolist()), tuple(high.tolist()))


def computing(n_parameters: int, n_tokens: int) -> float:
    """Operations of a training, by the rule 6 N D: two forwards and four backwards for each.

    Source: Kaplan et al. 2020, section 2.1.
    """
    return 6.0 * n_parameters * n_tokens


def frontier(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Of (computing, loss) those that nothing undercuts for the same or less computing."""
    best: list[tuple[float, float]] = []
    for cost, loss in sorted(points):
        if not best or loss < best[-1][1]:
            best.append((cost, loss))
    return best
