"""The command makes both stages, and what it reports is true."""

import json

import numpy as np
import pytest

from core.architecture.pictures.weights import read_autoencoder
from core.data.pictures.drawing.painting import paint
from core.house.files import Folder
from core.house.latent import house_latent, house_latent_model
from core.house.latent.card import latent_card
from core.house.latent.making import CARD, make_latent
from core.house.latent.measuring import (
    Pressed,
    edge_errors,
    error_of,
    mean_of,
    noise_ratio,
    reconstruction,
    unseen_pages,
)
from core.house.latent.recipe import LATENT, RECORD, quick_latent
from core.inference.pictures import draw
from core.lineage import content_id

QUICK = quick_latent(LATENT)


def test_every_file_is_there_and_is_what_the_record_says(latent_folder, latent_record):
    for name in ("autoencoder", "encoder", "denoiser"):
        one = latent_record[name]["file"]
        data = latent_folder.read(one["file"])
        assert content_id(data) == one["id"] and len(data) == one["n_bytes"]
    assert json.loads(latent_folder.read(RECORD)) == json.loads(json.dumps(latent_record))
    assert latent_folder.read(CARD).decode("utf-8") == latent_card(latent_record)
    assert latent_record["made"]["command"].endswith("--pictures latent --quick")


def test_figures_belong_to_the_bytes_that_are_shipped(latent_folder, latent_record):
    first, about = read_autoencoder(latent_folder.read("latent-autoencoder.safetensors"))
    assert about["step"] == sum(one.n_steps for one in QUICK.rounds)
    found = reconstruction(first, QUICK.second.book, QUICK.n_reconstructed)
    assert found == latent_record["autoencoder"]["numbers"]


def test_the_chain_is_read_with_its_numbers_and_draws(latent_folder, latent_record):
    found = house_latent(latent_folder)
    assert found.lost == latent_record["autoencoder"]["numbers"]
    assert found.drawn == latent_record["denoiser"]["numbers"]
    assert [step for step, _, _ in found.way] == [2]
    assert latent_record["made"]["date"] in found.how
    model = house_latent_model(latent_folder)
    assert house_latent_model(latent_folder) is model  # read once
    film = draw(model, ["Ein roter Apfel, bei Nacht"], n_steps=1)
    assert model.shown(film.tensor).shape == (1, 3, 64, 64)


def test_interrupted_work_goes_on_and_ends_in_the_same_bytes(latent_folder, work, tmp_path):
    assert (work / "autoencoder.finished").exists()
    again = Folder(tmp_path)
    make_latent(again, is_quick=True, say=lambda line: None, work=work)
    for name in ("latent-autoencoder.safetensors", "latent-denoiser.safetensors"):
        assert again.read(name) == latent_folder.read(name)


def test_where_nothing_is_shipped_it_says_so(tmp_path):
    assert house_latent(Folder(tmp_path)) is None
    with pytest.raises(FileNotFoundError):
        house_latent_model(Folder(tmp_path))


def test_pages_are_unseen_and_half_of_them_hold_what_the_book_never_shows():
    book = LATENT.second.book
    pages = unseen_pages(book, 20)
    held = [any((i.thing, i.colour) in book.held_out for i in scene.items) for scene, _ in pages]
    assert held == [False, True] * 10
    other = unseen_pages(book, 20, seed=1)
    assert [scene for scene, _ in pages] != [scene for scene, _ in other]


def test_errors_are_measured_as_one_does_by_hand():
    scene, _ = unseen_pages(LATENT.second.book, 1)[0]
    page = paint(scene, 64)
    off = Pressed(scene, page, page.astype(np.float32) + 10.0)
    assert error_of(off) == pytest.approx(10.0)
    assert noise_ratio(off) == pytest.approx(20 * np.log10(25.5))
    assert edge_errors(off) == pytest.approx((10.0, 10.0))
    flat = np.zeros((4, 4, 3), np.uint8)
    flat[:, 2:] = 100  # one edge, between the second and the third column
    bent = flat.astype(np.float32)
    bent[:, 1] += 8.0
    on_edge, elsewhere = edge_errors(Pressed(scene, flat, bent))
    assert (on_edge, elsewhere) == (8.0, 0.0)
    found = mean_of([1.0, 3.0])
    assert found["mean"] == 2.0 and found["high"] - 2.0 == pytest.approx(1.386, abs=1e-3)
