"""The shipped denoiser, as pages read it."""

import pytest

from core.house.files import Folder
from core.house.pictures import house_corpus, house_denoiser, house_pictures
from core.inference.pictures import draw


def test_what_was_made_is_read_with_its_numbers(folder, record):
    found = house_pictures(folder)
    assert found.steps == (2, 4) and found.n_parameters == record["n_parameters"]
    assert found.numbers[4] == record["checkpoints"][-1]["numbers"]
    assert record["made"]["date"] in found.how
    assert found.book.n_pictures == 40
    assert found.weights() == folder.read("pictures-00004.safetensors") != found.weights(2)


def test_it_draws(folder):
    model = house_denoiser(folder=folder)
    assert house_denoiser(folder=folder) is model  # read once
    film = draw(model, ["Ein roter Apfel, bei Nacht", "A blue cat, by day"], n_steps=2)
    assert film.pictures.shape == (2, 32, 32, 3)
    assert house_denoiser(2, folder) is not model


def test_the_first_pages_of_the_book_are_its_first_pages():
    few, more = house_corpus(5), house_corpus(8)
    assert few.entries == more.entries[:5]
    assert (few.pictures == more.pictures[:5]).all()


def test_where_nothing_is_shipped_it_says_so(tmp_path):
    assert house_pictures(Folder(tmp_path)) is None
    with pytest.raises(FileNotFoundError):
        house_denoiser(folder=Folder(tmp_path))
