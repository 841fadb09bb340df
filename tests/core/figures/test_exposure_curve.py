"""Exposure over copies: a logarithmic axis, intervals within what is possible, named levels."""

import pytest

from core.figures.exposure import APART, Exposed, exposure_curve


def test_intervals_end_where_exposure_does_and_names_are_text():
    exact = Exposed(
        "<b>exact</b>", (1, 8, 64), (2.0, 12.0, 19.9), [(-1.0, 5.0), None, (15.0, 25.0)]
    )
    near = Exposed("near", (1, 8, 64), (2.0, 9.0, 19.9), [None] * 3, role="valid", below=True)
    fig = exposure_curve([exact, near], "copies", "bits", [(1.4, "chance"), (19.9, "most")])
    first, second = fig.data
    assert list(first.x) == pytest.approx([n / APART for n in (1, 8, 64)])
    assert list(first.error_y.array) == pytest.approx([3.0, 0.0, 0.0])
    assert list(first.error_y.arrayminus) == pytest.approx([2.0, 0.0, 4.9])
    assert first.line.dash != second.line.dash and first.marker.symbol != second.marker.symbol
    texts = {note.text for note in fig.layout.annotations}
    assert {"&lt;b&gt;exact&lt;/b&gt;", "near", "chance", "most", "bits"} <= texts
    assert fig.layout.xaxis.type == "log" and list(fig.layout.xaxis.tickvals) == [1, 8, 64]
