"""The law of the loss: against a known law, against scipy, and its band."""

import numpy as np
import pytest
from scipy.optimize import curve_fit

from core.limits.slope.scaling import Law, band, computing, fitted, frontier

XS = [1e3, 2e3, 5e3, 2e4, 5e4, 2e5]


def noisy(law, seed, size=0.05):
    random = np.random.default_rng(seed)
    return [law.at(x) * float(np.exp(size * random.normal())) for x in XS]


@pytest.mark.parametrize("law", [Law(0.3, 40.0, 0.5), Law(0.0, 10.0, 0.3)])
def test_a_known_law_is_found_again(law):
    ours = fitted(XS, [law.at(x) for x in XS])
    assert ours.floor == pytest.approx(law.floor, abs=0.01)
    assert ours.factor == pytest.approx(law.factor, rel=0.03)
    assert ours.exponent == pytest.approx(law.exponent, abs=0.01)


@pytest.mark.parametrize("seed", range(4))
def test_ours_fits_as_well_as_theirs(seed):
    losses = noisy(Law(0.3, 40.0, 0.5), seed)

    def theirs(x, floor, log_factor, exponent):
        return np.log(floor + np.exp(log_factor) * x**-exponent)

    start, limits = (0.2, 3.0, 0.4), ([0.0, -10.0, 0.0], [10.0, 30.0, 5.0])
    found, _ = curve_fit(theirs, np.array(XS), np.log(losses), start, bounds=limits)
    their_error = np.sum((theirs(np.array(XS), *found) - np.log(losses)) ** 2)
    law = fitted(XS, losses)
    our_error = np.sum((np.log([law.at(x) for x in XS]) - np.log(losses)) ** 2)
    assert our_error <= 1.05 * their_error + 1e-9
    next_x = 4e5
    assert law.at(next_x) == pytest.approx(np.exp(theirs(next_x, *found)), rel=0.03)


def test_a_band_holds_the_law_and_most_new_measurements():
    law, hits = Law(0.3, 40.0, 0.5), 0
    for seed in range(5):
        found = band(XS * 3, [x for s in range(3) for x in noisy(law, 100 * seed + s)], [4e5])
        assert found.low[0] < found.law.at(4e5) < found.high[0]
        new = law.at(4e5) * float(np.exp(0.05 * np.random.default_rng(seed).normal()))
        hits += found.low[0] <= new <= found.high[0]
    assert hits >= 4


def test_too_few_places_fit_any_law_and_are_refused():
    with pytest.raises(ValueError):
        fitted([1.0, 1.0, 2.0], [3.0, 3.0, 2.0])


def test_computing_and_the_frontier_by_hand():
    assert computing(1000, 50) == 300_000
    assert frontier([(3, 2.0), (1, 3.0), (2, 3.5), (4, 2.0), (5, 1.0)]) == [
        (1, 3.0),
        (3, 2.0),
        (5, 1.0),
    ]
