"""The shipped picture filter: the command writes what is read, and it is what its card says."""

import json

import numpy as np
import pytest

from core.house.files import SHIPPED, Folder
from core.house.pictures.filter_card import SPOTS, filter_card
from core.house.pictures.filtering import CARD, FILE, RECORD, house_filter, make_filter
from core.intervals import share_interval
from core.lineage import content_id
from core.postprocessing.pictures.filter_trials import THRESHOLD, TRIALS, examined
from core.postprocessing.pictures.picture_filter import FilterSettings, from_bytes, train

N_SAMPLE = 300
Z = 4.0  # a share so far off its record happens once in 16,000 samples


@pytest.fixture(scope="module")
def shipped():
    return json.loads(Folder(SHIPPED).read(RECORD))


def test_the_command_writes_a_filter_with_its_record_and_card(tmp_path):
    folder, lines = Folder(tmp_path), []
    record = make_filter(folder, is_quick=True, say=lines.append)
    assert content_id(folder.read(FILE)) == record["filter"]["id"]
    assert json.loads(folder.read(RECORD)) == record
    assert folder.read(CARD).decode("utf-8") == filter_card(record)
    counted = [record["exam"][name] for name in ("hits", "misses", "false_alarms", "passed")]
    assert sum(counted) == record["exam"]["n"] == 40 and len(lines) == 1


def test_the_card_says_what_the_record_says_of_every_blind_spot(shipped):
    assert Folder(SHIPPED).read(CARD).decode("utf-8") == filter_card(shipped)
    assert set(shipped["blind_spots"]) == set(TRIALS) == set(SPOTS)
    assert content_id(Folder(SHIPPED).read(FILE)) == shipped["filter"]["id"]


def test_the_house_uses_the_shipped_filter_and_it_filters_as_recorded(shipped):
    found = house_filter()
    assert found.settings == FilterSettings() and not found.losses  # read, not trained
    counts, exam = examined(found, N_SAMPLE).at(THRESHOLD), shipped["exam"]
    for k, n, recorded in (
        (counts.misses, counts.hits + counts.misses, exam["misses"] / (exam["n"] / 2)),
        (counts.false_alarms, counts.false_alarms + counts.passed,
         exam["false_alarms"] / (exam["n"] / 2)),
    ):  # fmt: skip
        low, high = share_interval(k, n, Z)
        assert low <= recorded <= high


def test_training_comes_to_the_shipped_scores_again():
    again = train(FilterSettings())
    pictures = examined(again, N_SAMPLE).pictures
    shipped = from_bytes(Folder(SHIPPED).read(FILE))
    same = np.abs(again.scores(pictures) - shipped.scores(pictures)) < 0.05
    assert same.mean() > 0.97  # other processors round otherwise
