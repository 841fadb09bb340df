"""Shapes as signed distances: negative inside, positive outside, 0 on the edge.

Only +, -, *, /, square roots and comparisons of arrays are used, which every processor rounds
alike, so a drawing is the same, bit for bit, on every machine. Sines come rounded for that reason.
"""

from collections.abc import Callable
from functools import reduce
from itertools import pairwise
from math import cos, radians, sin

import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.float64]
Shape = Callable[[Field, Field], Field]  # (x, y) -> signed distance; x to the right, y down
Point = tuple[float, float]

_DIGITS = 9  # of a sine: beyond them the libraries of two systems may disagree


def length(x: Field, y: Field) -> Field:
    """sqrt(x^2 + y^2); unlike `np.hypot` rounded alike everywhere."""
    root: Field = np.sqrt(x * x + y * y)
    return root


def around(x: float, y: float, radius: float, turn_deg: float) -> Point:
    """The point at `radius` from (x, y), clockwise from the top by `turn_deg`."""
    angle = radians(turn_deg)
    return x + radius * round(sin(angle), _DIGITS), y - radius * round(cos(angle), _DIGITS)


def disc(x: float, y: float, radius: float) -> Shape:
    """A filled circle."""
    return lambda u, v: length(u - x, v - y) - radius


def ring(x: float, y: float, radius: float, half_width: float) -> Shape:
    """A circle drawn with a pen."""
    return lambda u, v: np.abs(length(u - x, v - y) - radius) - half_width


def oval(x: float, y: float, half_width: float, half_height: float, turn_deg: float = 0.0) -> Shape:
    """An ellipse, turned clockwise; its distance is exact on the edge and close to it nearby."""
    c, s = round(cos(radians(turn_deg)), _DIGITS), round(sin(radians(turn_deg)), _DIGITS)

    def distance(u: Field, v: Field) -> Field:
        a = (c * (u - x) + s * (v - y)) / half_width
        b = (c * (v - y) - s * (u - x)) / half_height
        from_centre = length(a, b)
        slope = length(a / half_width, b / half_height)  # |gradient| of from_centre, times itself
        return from_centre * (from_centre - 1.0) / np.maximum(slope, 1e-6)

    return distance


def box(x: float, y: float, half_width: float, half_height: float, corner: float = 0.0) -> Shape:
    """An upright rectangle with corners of the radius `corner`."""

    def distance(u: Field, v: Field) -> Field:
        a = np.abs(u - x) - (half_width - corner)
        b = np.abs(v - y) - (half_height - corner)
        outside = length(np.maximum(a, 0.0), np.maximum(b, 0.0))
        return outside + np.minimum(np.maximum(a, b), 0.0) - corner

    return distance


def stroke(*points: Point, half_width: float, end: float | None = None) -> Shape:
    """A line through `points`, drawn with a round pen; `end` is its half width at the last one."""
    last = half_width if end is None else end
    n_pieces = len(points) - 1
    widths = [half_width + (last - half_width) * i / n_pieces for i in range(n_pieces + 1)]

    def piece(start: Point, stop: Point, wide: float, narrow: float) -> Shape:
        dx, dy = stop[0] - start[0], stop[1] - start[1]

        def distance(u: Field, v: Field) -> Field:
            along = ((u - start[0]) * dx + (v - start[1]) * dy) / (dx * dx + dy * dy)
            share = np.clip(along, 0.0, 1.0)
            away = length(u - start[0] - share * dx, v - start[1] - share * dy)
            return away - (wide + (narrow - wide) * share)

        return distance

    ends = zip(pairwise(points), pairwise(widths), strict=True)
    return union(*(piece(a, b, wide, narrow) for (a, b), (wide, narrow) in ends))


def polygon(*points: Point, round_by: float = 0.0) -> Shape:
    """A closed polygon, its corners rounded outwards by `round_by`."""
    edges = list(pairwise((*points, points[0])))

    def distance(u: Field, v: Field) -> Field:
        nearest = np.full(u.shape, np.inf)
        inside = np.zeros(u.shape, dtype=bool)
        for (ax, ay), (bx, by) in edges:
            dx, dy = bx - ax, by - ay
            share = np.clip(((u - ax) * dx + (v - ay) * dy) / (dx * dx + dy * dy), 0.0, 1.0)
            nearest = np.minimum(nearest, length(u - ax - share * dx, v - ay - share * dy))
            if dy != 0.0:  # a ray to the right crosses this edge: one more change of side
                crosses = (ay <= v) != (by <= v)
                inside ^= crosses & (u < ax + (v - ay) * (dx / dy))
        return np.where(inside, -nearest, nearest) - round_by

    return distance


def star(x: float, y: float, outer: float, inner: float, n_points: int = 5) -> list[Point]:
    """The corners of a star, clockwise from its top."""
    radii = (outer, inner) * n_points
    return [around(x, y, radius, 180.0 * i / n_points) for i, radius in enumerate(radii)]


def union(*shapes: Shape) -> Shape:
    """Inside where any of the shapes is."""
    return lambda u, v: reduce(np.minimum, [shape(u, v) for shape in shapes])


def common(*shapes: Shape) -> Shape:
    """Inside where all of the shapes are."""
    return lambda u, v: reduce(np.maximum, [shape(u, v) for shape in shapes])


def cut(shape: Shape, *holes: Shape) -> Shape:
    """`shape` without the holes."""
    hole = union(*holes)
    return lambda u, v: np.maximum(shape(u, v), -hole(u, v))


def grown(shape: Shape, by: float) -> Shape:
    """`shape` with its edge moved outwards."""
    return lambda u, v: shape(u, v) - by


def above(y: float) -> Shape:
    """Everything above a height."""
    return lambda u, v: v - y


def arch(x: float, y: float, radius: float, half_width: float) -> Shape:
    """The upper half of a ring, as a handle."""
    return common(ring(x, y, radius, half_width), above(y))


def mirrored(shape: Shape) -> Shape:
    """The shape together with its mirror image at the upright axis."""
    return lambda u, v: shape(np.abs(u), v)
