"""One step in slow motion: the same numbers as in training, and the model stays as it is."""

import numpy as np
import pytest
import torch

from core.architecture.pictures.config import DenoiserConfig
from core.architecture.pictures.denoiser import Denoiser
from core.data.pictures import PictureSettings, draw_corpus
from core.data.pictures.tensors import scaled_levels
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.inference.pictures.model import PictureModel
from core.training.pictures.objective import Question, squared_error
from core.training.pictures.slow_motion import slow_motion

PAGES = draw_corpus(PictureSettings(n_pictures=40, seed=2))
TIMES = (0.1, 0.5, 0.9)


@pytest.fixture(scope="module", params=["velocity", "noise"])
def model(request):
    encoder = CaptionEncoder.of_the_book()
    config = DenoiserConfig(
        n_words=encoder.n_words, n_caption=20, n_channels=16, n_heads=2, n_blocks=1, n_hidden=16
    )
    denoiser = Denoiser(config, seed=3)
    chance = torch.Generator().manual_seed(1)
    with torch.no_grad():  # a new denoiser answers 0 whatever it is asked
        for weight in denoiser.parameters():
            weight.add_(0.05 * torch.randn(weight.shape, generator=chance))
    return PictureModel(denoiser, encoder, request.param)


def test_the_loss_is_the_one_that_training_counts(model):
    picture, caption = PAGES.pictures[0], PAGES.entries[0].caption
    moments = slow_motion(model, picture, caption, TIMES, seed=7)
    levels = torch.from_numpy(picture).permute(2, 0, 1)[None]
    noise = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(7))
    for moment, time in zip(moments, TIMES, strict=True):
        question = Question(
            scaled_levels(levels), noise, torch.tensor([time]), model.rows([caption])
        )
        with torch.no_grad():
            expected = squared_error(model.denoiser, model.objective, question).item()
        assert moment.loss == pytest.approx(expected, rel=1e-5)
        assert moment.time == pytest.approx(time)


def test_a_correction_makes_the_error_smaller_and_leaves_the_model_alone(model):
    before = {name: p.clone() for name, p in model.denoiser.named_parameters()}
    moments = slow_motion(model, PAGES.pictures[1], PAGES.entries[1].caption, TIMES)
    assert all(moment.loss_after < moment.loss for moment in moments)
    assert all(torch.equal(before[name], p) for name, p in model.denoiser.named_parameters())


def test_the_error_shown_is_the_difference_of_guess_and_picture(model):
    picture = PAGES.pictures[2]
    moment = slow_motion(model, picture, PAGES.entries[2].caption, (0.5,))[0]
    expected = np.abs(moment.guess.astype(float) - picture.astype(float)).mean(axis=2)
    assert np.allclose(moment.error, expected, atol=1e-4)
    assert moment.noisy.shape == moment.guess.shape == picture.shape
