"""Watching a model draw: the looks are those of the drawing, and a hidden word is hidden."""

import pytest
import torch

from core.architecture.pictures import Denoiser, DenoiserConfig
from core.architecture.pictures.denoiser import Words
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.inference.pictures import PictureModel, draw
from core.inference.pictures.watching import changes, hidden_word_changes, watch

ENCODER = CaptionEncoder(("a", "apple", "blue", "by", "day", "red"))
CAPTION = "a red apple by day"


@pytest.fixture(params=["velocity", "noise"])
def model(request):
    config = DenoiserConfig(n_words=ENCODER.n_words, n_caption=7, size=8, patch=4, n_channels=16,
                            n_heads=2, n_blocks=2, n_hidden=24)  # fmt: skip
    generator = torch.Generator().manual_seed(3)
    made = Denoiser(config)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.normal_(0.0, 0.4, generator=generator)
    return PictureModel(made.eval(), ENCODER, request.param)


def test_it_watches_the_very_drawing(model):
    seen = watch(model, CAPTION, 5, n_steps=4)
    assert torch.equal(seen.film.tensor, draw(model, [CAPTION], seed=5, n_steps=4).tensor)
    assert seen.words == ("a", "red", "apple", "by", "day")
    assert seen.weights.shape == (4, 2, 2, 4, 5)
    torch.testing.assert_close(seen.weights.sum(-1), torch.ones(4, 2, 2, 4))
    one = model.denoiser.attend(seen.shown[2:3], torch.tensor(seen.times[2:3]),
                                model.rows([CAPTION]))  # fmt: skip
    torch.testing.assert_close(seen.weights[2], one.at_words[:, 0, :, :, :5])


def test_a_hidden_word_is_not_looked_at_and_nothing_else_is_changed(model):
    seen = watch(model, CAPTION, 5, n_steps=3)
    found = hidden_word_changes(model, seen, 1)
    assert found.shape == (5, 4) and (found > 0).all()
    read = model.read_words([CAPTION])
    visible = read.visible.clone()
    visible[0, 2] = False
    asked = seen.shown[1:2], torch.tensor(seen.times[1:2])
    with torch.no_grad():
        without = model.denoiser.answer(*asked, Words(read.vectors, visible))
        whole = model.denoiser.answer(*asked, read)
    torch.testing.assert_close(found[2], changes(without, whole, 4)[0], atol=1e-5, rtol=1e-4)


def test_where_there_is_only_one_word_nothing_can_be_hidden(model):
    assert not hidden_word_changes(model, watch(model, "apple", n_steps=1), 0).any()


def test_a_change_by_hand():
    picture, other = torch.zeros(1, 3, 8, 8), torch.zeros(1, 3, 8, 8)
    other[0, 0, 5, 1] = 2.0  # one number of the 48 in the third patch
    assert changes(picture, other, 4)[0].tolist() == pytest.approx([0, 0, (4 / 48) ** 0.5, 0])
