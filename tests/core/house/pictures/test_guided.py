"""What guidance does, measured and kept: the command writes what is read, and the record holds."""

import pytest

from core.house.files import SHIPPED, Folder
from core.house.pictures.guided import GUIDANCES, house_guided, make_guided


def test_the_command_measures_every_weight_and_writes_what_is_read(folder):
    lines = []
    record = make_guided(folder, is_quick=True, say=lines.append)
    found = house_guided(folder)
    assert tuple(row.guidance for row in found.rows) == GUIDANCES
    assert all(row.n == row.drift.n == 4 for row in found.rows)
    assert found.book.mean < 5.0 and found.made["command"].endswith("--quick")
    assert len(lines) == len(GUIDANCES) == len(record["rows"])


def test_without_a_model_nothing_is_measured(tmp_path):
    with pytest.raises(FileNotFoundError):
        make_guided(Folder(tmp_path), is_quick=True, say=lambda line: None)


def test_the_shipped_record_says_what_guidance_costs():
    found = house_guided(Folder(SHIPPED))
    assert all(row.n >= 200 for row in found.rows)
    drifts = {row.guidance: row.drift for row in found.rows}
    assert drifts[8.0].mean - drifts[8.0].half > drifts[2.0].mean + drifts[2.0].half
    assert drifts[2.0].mean - drifts[2.0].half > found.book.mean + found.book.half
    shares = {row.guidance: row.share for row in found.rows}
    assert shares[0.0] < 0.1 < 0.9 < shares[2.0]
