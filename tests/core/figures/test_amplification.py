"""The amplification curve: a diagonal, lines with intervals, and the visitor's own points."""

import pytest

from core.figures.amplification import Answers, amplification_curve
from core.figures.spans import Point


def test_lines_carry_their_intervals_and_own_points_are_marked():
    points = [Point(0.5, 0.5, 0.4, 0.6), Point(0.7, 1.0, 0.9, 1.0)]
    lines = [
        Answers("warm", points),
        Answers("<b>greedy</b>", points, Point(0.65, 0.9, 0.8, 1.0), "valid"),
    ]
    fig = amplification_curve(lines, "texts", "answers", "as told")
    diagonal, warm, greedy, own = fig.data
    assert list(diagonal.x) == list(diagonal.y) == [50.0, 100.0]
    assert list(warm.y) == [50.0, 100.0]
    assert list(warm.error_y.arrayminus) == pytest.approx([10.0, 10.0])
    assert warm.line.dash != greedy.line.dash and warm.marker.symbol != greedy.marker.symbol
    assert (own.x[0], own.y[0]) == (65.0, 90.0)
    assert (
        "&lt;b&gt;" in {note.text for note in fig.layout.annotations if "greedy" in note.text}.pop()
    )
