"""The shipped lanes: they are what their record says, and what their book has made them."""

import json

from core.house.files import SHIPPED, Folder
from core.house.pictures.lanes import CARD, GUIDANCES, RECORD, picture_lanes
from core.house.pictures.lanes_card import lanes_card
from core.house.pictures.recipe import APPLES, LANES
from core.lineage import content_id

FOLDER = Folder(SHIPPED)
SHIPPED_LANES = json.loads(FOLDER.read(RECORD))


def test_every_file_holds_what_the_record_says():
    for name, lane in SHIPPED_LANES["lanes"].items():
        data = FOLDER.read(lane["file"])
        assert content_id(data) == lane["id"] and len(data) == lane["n_bytes"] < 4_000_000
        assert lane["recipe"] == LANES[name].to_dict()
    assert SHIPPED_LANES["apples"]["recipe"] == APPLES.to_dict()
    assert not SHIPPED_LANES["made"]["command"].endswith("--quick")


def test_the_card_says_what_the_record_says():
    assert FOLDER.read(CARD).decode("utf-8") == lanes_card(SHIPPED_LANES)


def test_what_went_wrong_in_the_book_is_more_than_chance_in_the_pictures():
    found = picture_lanes()
    clean, wrong = (found.lanes[name].carried["book"] for name in ("clean", "wrong"))
    for guidance in GUIDANCES:
        assert clean[guidance].n >= 500
        assert clean[guidance].interval[0] > wrong[guidance].interval[1]


def test_apples_without_a_colour_are_redder_than_in_their_book():
    found = picture_lanes()
    assert found.apples[3.0].interval[0] > found.apples_told.share > 0.85
