"""Lines side by side: told apart without colour, with a limit and intervals."""

from core.figures.comparing import DASHES, ORDER, side_by_side
from core.figures.curves import Axes, Curve
from core.figures.look import LIGHT

AXES = Axes("position", "loss")


def test_six_lines_differ_in_dash_and_in_colour():
    lines = [Curve(f"model {n}", [1, 2], [2.0, 1.0 + n]) for n in range(6)]
    fig = side_by_side(lines, AXES)
    assert len({trace.line.dash for trace in fig.data}) == len(DASHES) == 6
    assert len({trace.line.color for trace in fig.data}) == len(ORDER) == 6
    assert fig.data[0].line.color == LIGHT.accent


def test_the_limit_is_a_vertical_line_with_its_meaning():
    fig = side_by_side(
        [Curve("a", [1, 2], [2.0, 1.0])], AXES, limit=(32.5, "trained <32>"), x_range=(0.0, 128.0)
    )
    [line] = fig.layout.shapes
    assert (line.x0, line.x1, line.yref) == (32.5, 32.5, "paper")
    assert "trained &lt;32&gt;" in {note.text for note in fig.layout.annotations}
    assert list(fig.layout.xaxis.range) == [0.0, 128.0]


def test_intervals_are_told_where_a_point_is_looked_at():
    fig = side_by_side([Curve("a", [1, 2], [2.0, 1.0])], AXES, halves=[[0.25, 0.5]])
    assert list(fig.data[0].customdata) == [0.25, 0.5]
    assert "±" in fig.data[0].hovertemplate
