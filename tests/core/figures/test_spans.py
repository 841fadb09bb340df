"""A figure of measured shares: points, intervals, and what they are held against."""

from core.figures.spans import Point, spans


def test_points_stand_at_their_shares_with_their_intervals():
    fig = spans([Point(10, 0.5, 0.4, 0.7), Point(20, 0.0, 0.0, 0.1)], "tokens", "right")
    (trace,) = fig.data
    assert list(trace.x) == [10, 20] and list(trace.y) == [50, 0]
    assert [round(each) for each in trace.error_y.array] == [20, 10]
    assert [round(each) for each in trace.error_y.arrayminus] == [10, 0]
    assert not fig.layout.shapes


def test_level_and_border_are_drawn_and_named():
    fig = spans([Point(1, 1, 1, 1)], "x", "y", level=(0.2, "guess"), border=(128, "<window>"))
    level, border = fig.layout.shapes
    assert level.y0 == level.y1 == 20 and border.x0 == border.x1 == 128
    assert {"guess", "&lt;window&gt;"} <= {note.text for note in fig.layout.annotations}
