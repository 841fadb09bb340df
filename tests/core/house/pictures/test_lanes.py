"""Lanes with one fault in their book: made by the command, read back, one thing different."""

import json

import pytest

from core.data.pictures.collecting.settings import PictureSettings
from core.house.files import Folder
from core.house.pictures.lanes import (
    GUIDANCES,
    RECORD,
    counted,
    make_lanes,
    picture_lanes,
)
from core.house.pictures.recipe import LANES
from core.inference.pictures.model import PictureModel
from core.lineage import content_id


@pytest.fixture(scope="module")
def lanes_folder(tmp_path_factory) -> Folder:
    made = Folder(tmp_path_factory.mktemp("lanes"))
    make_lanes(made, is_quick=True, say=lambda line: None)
    return made


def test_lanes_differ_in_one_setting_of_their_book_and_in_nothing_else():
    clean, other = LANES["clean"].to_dict(), LANES["wrong"].to_dict()
    assert other["training"] == clean["training"]
    changed = {key for key in clean["book"] if clean["book"][key] != other["book"][key]}
    assert changed == {"wrong_caption_share"}


def test_the_command_writes_what_is_read(lanes_folder):
    found = picture_lanes(lanes_folder)
    record = json.loads(lanes_folder.read(RECORD))
    assert set(found.lanes) == set(LANES)
    for name, lane in found.lanes.items():
        weights, encoder = lane.files
        assert content_id(weights) == record["lanes"][name]["id"]
        PictureModel.from_bytes(weights, encoder)
        assert set(lane.carried["book"]) == set(GUIDANCES) == set(lane.carried["rare"])
        assert lane.carried["book"][3.0].n == 2
    assert found.lanes["wrong"].counted["n_wrong_captions"] > 0
    assert found.lanes["clean"].counted["n_wrong_captions"] == 0
    assert found.apples[1.0].n == 4 and "--quick" in found.made["command"]


def test_what_is_amiss_in_a_book_is_counted_page_by_page():
    book = PictureSettings(n_pictures=400, wrong_caption_share=0.2)
    assert 50 < counted(book)["n_wrong_captions"] < 115
    assert counted(book)["n_pictures"] == 400
