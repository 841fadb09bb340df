"""The shipped latent model itself: it loses what its record states, and draws as its card claims.

All figures are read from the record, none stands here but the limits of what may be shipped.
"""

import json

import numpy as np
import pytest

from core.data.pictures.reading.reader import read
from core.data.pictures.reading.readings import compare
from core.house.files import SHIPPED, Folder
from core.house.latent import house_latent, house_latent_model
from core.house.latent.card import latent_card
from core.house.latent.making import CARD
from core.house.latent.measuring import error_of, pressed, unseen_pages
from core.house.latent.recipe import LATENT, RECORD
from core.house.pictures.measuring import kinds
from core.inference.pictures import DrawSettings
from core.intervals import share_interval
from core.lineage import content_id
from core.training.pictures.judging import draw_all

FOLDER = Folder(SHIPPED)
MAX_BYTES = 5_000_000  # of all files together
N_PAGES, N_DRAWN = 100, 24
OTHER_SEED = 30_011
Z = 4.0  # a figure so far off its record happens once in 16,000 samples


@pytest.fixture(scope="module")
def shipped():
    return json.loads(FOLDER.read(RECORD))


def test_every_file_holds_what_the_record_says_and_they_are_small(shipped):
    total = 0
    for name in ("autoencoder", "encoder", "denoiser"):
        entry = shipped[name]["file"]
        data = FOLDER.read(entry["file"])
        assert content_id(data) == entry["id"] and len(data) == entry["n_bytes"]
        total += len(data)
    assert total <= MAX_BYTES
    assert not shipped["made"]["command"].endswith("--quick")


def test_it_was_made_by_the_recipe_that_stands_here(shipped):
    assert shipped["recipe"] == json.loads(json.dumps(LATENT.to_dict()))


def test_the_card_says_what_the_record_says(shipped):
    assert FOLDER.read(CARD).decode("utf-8") == latent_card(shipped)


def test_every_figure_has_at_least_five_hundred_pictures_behind_it(shipped):
    assert shipped["autoencoder"]["numbers"]["n"] >= 500
    assert all(one["whole"]["n"] >= 500 for one in shipped["denoiser"]["numbers"].values())


def test_the_autoencoder_stays_within_the_error_it_states_on_new_pages(shipped):
    found, stated = house_latent(), shipped["autoencoder"]["numbers"]
    pages = pressed(house_latent_model().autoencoder, unseen_pages(found.book, N_PAGES, OTHER_SEED))
    errors = np.array([error_of(one) for one in pages])
    of_record = (stated["error"]["high"] - stated["error"]["mean"]) / 1.96
    apart = abs(errors.mean() - stated["error"]["mean"])
    assert apart < Z * (of_record + errors.std() / N_PAGES**0.5)
    n_read = sum(compare(read(one.again), one.scene).whole for one in pages[:40])
    low, high = share_interval(n_read, 40, Z)
    assert low <= stated["read"]["whole"]["share"] <= high


def test_new_pictures_are_as_often_right_as_the_card_claims(shipped):
    found = house_latent()
    asked = kinds(found.book, N_DRAWN, OTHER_SEED)["book"]
    drawn = draw_all(house_latent_model(), asked, DrawSettings(**found.drawing))
    low, high = share_interval(sum(one.agreement.whole for one in drawn), N_DRAWN, Z)
    assert low <= shipped["denoiser"]["numbers"]["book"]["whole"]["share"] <= high
