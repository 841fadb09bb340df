"""Signed distances: negative inside, positive outside, the same on every machine."""

import numpy as np
import pytest

from core.data.pictures.drawing.shapes import (
    above,
    around,
    box,
    common,
    cut,
    disc,
    grown,
    mirrored,
    oval,
    polygon,
    ring,
    star,
    stroke,
    union,
)


def at(shape, x, y):
    return float(shape(np.array([x]), np.array([y]))[0])


@pytest.mark.parametrize(
    ("shape", "x", "y", "distance"),
    [
        (disc(0, 0, 1), 3, 4, 4.0),  # 5 from the centre
        (disc(0, 0, 1), 0, 0, -1.0),
        (ring(0, 0, 2, 0.5), 0, 0, 1.5),
        (box(0, 0, 1, 2), 4, 0, 3.0),
        (box(0, 0, 1, 2), 0, 0, -1.0),
        (box(0, 0, 1, 1), 4, 5, 5.0),  # 3 and 4 from the corner
        (stroke((0, 0), (2, 0), half_width=0.5), 1, 2, 1.5),
        (polygon((0, 0), (4, 0), (4, 4), (0, 4)), 2, 1, -1.0),
        (polygon((0, 0), (4, 0), (4, 4), (0, 4)), 2, -3, 3.0),
        (polygon((0, 0), (4, 0), (4, 4), (0, 4), round_by=1), 2, -3, 2.0),
        (union(disc(0, 0, 1), disc(4, 0, 1)), 4, 0, -1.0),
        (common(disc(0, 0, 2), above(0)), 0, 1, 1.0),
        (cut(disc(0, 0, 2), disc(0, 0, 1)), 0, 0, 1.0),
        (grown(disc(0, 0, 1), 0.5), 0, 3, 1.5),
        (mirrored(disc(2, 0, 1)), -2, 0, -1.0),
    ],
)
def test_a_distance_is_what_a_ruler_would_say(shape, x, y, distance):
    assert at(shape, x, y) == pytest.approx(distance)


def test_an_oval_is_exact_on_its_edge_and_turns_clockwise():
    lying = oval(0, 0, 2, 1)
    assert at(lying, 2, 0) == pytest.approx(0)
    assert at(lying, 0, 1) == pytest.approx(0)
    assert at(oval(0, 0, 2, 1, 90), 0, 2) == pytest.approx(0, abs=1e-6)


def test_a_turn_begins_at_the_top_and_goes_clockwise():
    assert around(0, 0, 1, 0) == pytest.approx((0, -1))
    assert around(0, 0, 1, 90) == pytest.approx((1, 0))


def test_a_star_has_its_inner_corners_between_its_points():
    corners = star(0, 0, 1, 0.4)
    assert len(corners) == 10
    assert corners[0] == pytest.approx((0, -1))
    assert np.hypot(*corners[1]) == pytest.approx(0.4)
    assert at(polygon(*corners), 0, 0) < 0 < at(polygon(*corners), 0, 0.9)
