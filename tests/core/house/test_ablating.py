"""What leaving out a part came to with several seeds: made, shipped and read."""

import pytest

from core.house.files import Folder
from core.house.limits import ablating, record
from core.training.text.ablation import LANES, WHOLE


def test_every_lane_is_held_against_the_whole_model_of_its_own_seed(folder, monkeypatch, tmp_path):
    monkeypatch.setattr(ablating, "SEEDS", (4, 5))
    monkeypatch.setattr(ablating, "LANES", (WHOLE, "norm"))
    monkeypatch.setattr(
        ablating, "SETTINGS", {**ablating.SETTINGS, "n_steps": 2, "evaluate_every": 2}
    )
    made = ablating.make(folder, lambda _: None)
    record.write(Folder(tmp_path), ablating.PART, made)
    found = ablating.ablating(Folder(tmp_path))
    assert found is not None
    whole, norm = found.lanes
    assert len(whole.losses) == 2 and whole.losses[0] != whole.losses[1] and whole.more == ()
    assert norm.more == pytest.approx(
        [a - b for a, b in zip(norm.losses, whole.losses, strict=True)], abs=1e-5
    )


def test_nothing_shipped_is_said_as_none(tmp_path):
    assert ablating.ablating(Folder(tmp_path)) is None


def test_every_lane_is_shipped_with_three_seeds():
    found = ablating.ablating()
    assert found is not None and tuple(lane.lane for lane in found.lanes) == LANES
    assert {len(lane.losses) for lane in found.lanes} == {len(ablating.SEEDS)} == {3}
    assert all(loss > 0 for lane in found.lanes for loss in lane.losses)
