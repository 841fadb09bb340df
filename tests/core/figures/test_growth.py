"""A figure of measurements over equal factors: points, intervals and a band."""

from core.figures.curves import Axes, LogSteps
from core.figures.growth import Ribbon, Series, growth

AXIS = LogSteps(10, 1000, (10, 1000))


def test_points_stand_where_they_were_measured_and_shares_are_percentages():
    one = Series("<exact>", [10, 100], [0.0, 0.5], low=[0.0, 0.4], high=[0.1, 0.7])
    fig = growth([one], Axes("N", "right"), x_axis=AXIS, percent=True)
    (trace,) = fig.data
    assert list(trace.x) == [10, 100] and list(trace.y) == [0, 50]
    assert [round(each) for each in trace.error_y.array] == [10, 20]
    assert [round(each) for each in trace.error_y.arrayminus] == [0, 10]
    assert trace.name == "&lt;exact&gt;" and not fig.layout.showlegend
    assert fig.layout.xaxis.type == "log"


def test_a_band_lies_below_the_measurements_and_is_named():
    ribbon = Ribbon("band", [10, 100], [1.0, 0.5], [2.0, 0.8])
    series = [Series("law", [10, 100], [1.5, 0.6], marked=False), Series("one", [10], [1.4])]
    fig = growth(series, Axes("N", "loss"), x_axis=AXIS, ribbon=ribbon)
    assert [trace.name for trace in fig.data[1:]] == ["band", "law", "one"]
    assert fig.data[1].fill == "tonexty" and fig.data[2].mode == "lines"
    assert fig.layout.showlegend
