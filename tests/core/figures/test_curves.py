"""Curves over steps."""

import math

from core.figures.curves import (
    Axes,
    Curve,
    LogSteps,
    curves,
    powers_of_ten,
)
from core.figures.look import LIGHT, Marks

AXES = Axes("steps", "bits per byte")
GERMAN = Marks(",", "\u202f", "\u202f%")


def ends(fig):
    """The texts at the ends of the lines."""
    return [note.text for note in fig.layout.annotations if (note.name or "").startswith("end:")]


def test_each_line_is_named_at_its_newest_point():
    fig = curves(
        [Curve("seen", [0, 10], [8.0, 1.55], "train"), Curve("new", [0, 10], [8.0, 1.58], "valid")],
        AXES,
        marks=GERMAN,
    )
    assert ends(fig) == ["seen 1,55", "new 1,58"]
    low, high = (n for n in fig.layout.annotations if n.name)
    assert (low.yanchor, high.yanchor) == ("top", "bottom")  # they do not overlap


def test_seen_and_unseen_text_differ_in_more_than_colour():
    fig = curves([Curve("seen", [0], [1.0], "train"), Curve("new", [0], [1.0], "valid")], AXES)
    seen, new = fig.data
    assert seen.line.dash != new.line.dash
    assert seen.mode != new.mode


def test_the_second_lane_of_a_pair_is_dotted():
    fig = curves([Curve("a", [0], [1.0], "train"), Curve("b", [0], [1.0], "train", lane=1)], AXES)
    assert fig.data[0].line.color == fig.data[1].line.color == LIGHT.train
    assert fig.data[0].line.dash != fig.data[1].line.dash


def test_an_empty_line_waits_for_points():
    fig = curves([Curve("seen", [], [], "train")], AXES)
    assert ends(fig) == []
    assert list(fig.data[0].x) == []
    assert fig.layout.margin.r > 60  # the space its name will need


def test_shares_are_shown_as_percentages():
    fig = curves(
        [Curve("true", [0], [0.71], end_digits=0)], AXES, percent=True, y_range=(0, 1), marks=GERMAN
    )
    assert ends(fig) == ["true 71\u202f%"]
    assert list(fig.layout.yaxis.range) == [0, 100]
    assert fig.data[0].meta == {"end_digits": 0, "end_suffix": "\u202f%"}


def test_on_a_logarithmic_axis_a_name_still_stands_at_its_point():
    fig = curves([Curve("loss", [0, 1], [100.0, 10.0])], AXES, log_y=True)
    note = next(n for n in fig.layout.annotations if n.name)
    assert math.isclose(note.y, 1.0)


def test_equal_factors_take_equal_room_and_step_0_stands_at_the_left_end():
    line = Curve("loss", [0, 100, 10_000], [3.0, 1.0, 0.5])
    fig = curves([line], AXES, log_x=LogSteps(10, 10_000, [0, 100, 10_000]))
    assert list(fig.data[0].x) == [10, 100, 10_000]
    assert list(fig.data[0].customdata) == [0, 100, 10_000]  # what is told of a point
    assert fig.layout.xaxis.type == "log"
    assert list(fig.layout.xaxis.tickvals) == [10, 100, 10_000]
    assert list(fig.layout.xaxis.ticktext) == ["0", "100", "10,000"]
    note = next(n for n in fig.layout.annotations if n.name)
    assert math.isclose(note.x, 4.0)


def test_the_powers_of_ten_end_before_the_last_step():
    assert powers_of_ten(1200) == [1, 10, 100, 1000]
    assert powers_of_ten(1) == [1]
