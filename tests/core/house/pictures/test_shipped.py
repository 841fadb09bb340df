"""The shipped denoiser itself: it is what its record says, and draws as its card claims.

All figures are read from the record, none stands here but the limits of what may be shipped.
"""

import json

import pytest

from core.house.files import SHIPPED, Folder
from core.house.pictures import house_denoiser, house_pictures
from core.house.pictures.card import picture_card
from core.house.pictures.making import CARD, RECORD
from core.house.pictures.measuring import kinds
from core.inference.pictures import DrawSettings
from core.intervals import share_interval
from core.lineage import content_id
from core.training.pictures.judging import draw_all

FOLDER = Folder(SHIPPED)
MAX_FILE_BYTES = 4_000_000
N_DRAWN = 24
OTHER_SEED = 20_011
Z = 4.0  # a share so far off its record happens once in 16,000 samples


@pytest.fixture(scope="module")
def shipped():
    return json.loads(FOLDER.read(RECORD))


def test_every_file_holds_what_the_record_says_and_none_is_too_large(shipped):
    for entry in [shipped["encoder"], *shipped["checkpoints"]]:
        data = FOLDER.read(entry["file"])
        assert content_id(data) == entry["id"] and len(data) == entry["n_bytes"]
        assert len(data) <= MAX_FILE_BYTES
    assert not shipped["made"]["command"].endswith("--quick")


def test_the_card_says_what_the_record_says(shipped):
    assert FOLDER.read(CARD).decode("utf-8") == picture_card(shipped)


def test_every_figure_has_at_least_five_hundred_pictures_behind_it(shipped):
    last = shipped["checkpoints"][-1]
    assert all(found["whole"]["n"] >= 500 for found in last["numbers"].values())


@pytest.mark.parametrize("kind", ["seen", "unseen", "counts"])
def test_it_draws_as_well_as_its_card_says(kind):
    found = house_pictures()
    asked = kinds(found.book, N_DRAWN, OTHER_SEED)[kind]
    drawn = draw_all(house_denoiser(), asked, DrawSettings(**found.drawing))
    n_right = sum(one.agreement.whole for one in drawn)
    low, high = share_interval(n_right, N_DRAWN, Z)
    assert low <= found.numbers[found.steps[-1]][kind]["whole"]["share"] <= high
