"""Drawing: the same from the same seed, kept as a film, begun anywhere, redrawn in parts."""

import numpy as np
import pytest
import torch

from core.architecture.pictures import denoiser_bytes
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.errors import SettingError, TooLong, UnreadableWeights
from core.inference.pictures import SAMPLERS, PictureModel, between, draw, noise_of
from core.inference.pictures.guidance import blended

CAPTIONS = ["a red cat", "a blue tree", "a red tree"]


@pytest.fixture(scope="module")
def model(model_of):
    return model_of()


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("objective", ["velocity", "noise"])
def test_every_sampler_draws_with_every_model_and_a_picture_does_not_depend_on_others(
    model_of, sampler, objective
):
    model = model_of(objective)
    film = draw(model, CAPTIONS, seed=5, n_steps=4, sampler=sampler)
    again = draw(model, CAPTIONS, seed=[5, 6, 7], n_steps=4, sampler=sampler)
    assert torch.equal(film.tensor, again.tensor)
    alone = draw(model, [CAPTIONS[1]], seed=6, n_steps=4, sampler=sampler)
    torch.testing.assert_close(alone.tensor[0], film.tensor[1], atol=1e-2, rtol=1e-3)
    assert not torch.allclose(draw(model, CAPTIONS, seed=9, n_steps=4).tensor, film.tensor)


def test_a_film_has_every_step_with_its_guess_and_ends_in_the_pictures(model):
    film = draw(model, CAPTIONS, n_steps=4)
    assert [frame.time for frame in film.frames] == [1.0, 0.75, 0.5, 0.25, 0.0]
    assert torch.equal(film.frames[0].noisy, noise_of([0, 1, 2], 8))
    for here, there in zip(film.frames, film.frames[1:], strict=False):
        # Euler: as far towards the guess as the clock goes.
        towards = torch.lerp(here.noisy, here.guess, (here.time - there.time) / here.time)
        torch.testing.assert_close(there.noisy, towards, atol=1e-5, rtol=1e-4)
    assert film.frames[-1].guess is None
    assert film.pictures.shape == (3, 8, 8, 3) and film.pictures.dtype == np.uint8
    assert np.array_equal(film.guesses(3), film.pictures)  # the last guess is the picture
    short = draw(model, CAPTIONS, n_steps=4, keep=False)
    assert len(short.frames) == 1 and torch.equal(short.tensor, film.tensor)


def test_noise_may_be_given(model):
    one, two = noise_of([1], 8), noise_of([2], 8)
    mixed = draw(model, CAPTIONS[:1], noise=between(one, two, 0.0), n_steps=3).tensor
    torch.testing.assert_close(mixed, draw(model, CAPTIONS[:1], seed=1, n_steps=3).tensor)


def test_words_may_be_blended(model):
    first, second = model.read_words(["a red cat"]), model.read_words(["a blue tree"])
    films = [draw(model, ["a red cat"], words=blended(first, second, share), n_steps=3).tensor
             for share in (0.0, 0.5, 1.0)]  # fmt: skip
    torch.testing.assert_close(films[0], draw(model, ["a red cat"], n_steps=3).tensor)
    torch.testing.assert_close(films[2], draw(model, ["a blue tree"], n_steps=3).tensor)
    assert (films[1] - films[0]).abs().max() > 1e-3 < (films[1] - films[2]).abs().max()


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_begun_from_a_picture_little_strength_stays_close_to_it(model, sampler):
    start = torch.linspace(-1.0, 1.0, 3 * 8 * 8).view(1, 3, 8, 8)
    apart = [
        (draw(model, CAPTIONS, start=start, strength=strength, n_steps=4, sampler=sampler).tensor
         - start).abs().mean()
        for strength in (0.02, 0.5, 1.0)
    ]  # fmt: skip
    assert apart[0] < 0.1 and apart[0] < apart[1] < apart[2]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_only_what_is_marked_is_drawn_anew(model, sampler):
    start = torch.linspace(-1.0, 1.0, 3 * 8 * 8).view(1, 3, 8, 8)
    redraw = torch.zeros(1, 1, 8, 8, dtype=torch.bool)
    redraw[..., 4:, :] = True
    film = draw(model, CAPTIONS, start=start, redraw=redraw, n_steps=4, sampler=sampler)
    kept = ~redraw.expand(3, 3, 8, 8)
    assert torch.equal(film.tensor[kept], start.expand(3, 3, 8, 8)[kept])
    assert (film.tensor - start)[~kept].abs().mean() > 0.1


@pytest.mark.parametrize(
    "setting",
    [
        {"n_steps": 0},
        {"n_steps": 2.5},
        {"n_steps": 5000},
        {"sampler": "heun"},
        {"guidance": -1.0},
        {"guidance": float("nan")},
        {"strength": 0.0},
        {"strength": 1.5},
    ],
)
def test_settings_out_of_range_are_refused_by_name(model, setting):
    with pytest.raises(SettingError) as refused:
        draw(model, CAPTIONS, **setting)
    assert refused.value.values["name"] in setting


def test_shapes_that_do_not_fit_are_refused(model):
    with pytest.raises(ValueError, match="seeds"):
        draw(model, CAPTIONS, seed=[1, 2])
    with pytest.raises(ValueError, match="noise"):
        draw(model, CAPTIONS, noise=noise_of([1, 2], 8))
    with pytest.raises(ValueError, match="start"):
        draw(model, CAPTIONS, start=torch.zeros(1, 3, 16, 16))
    with pytest.raises(ValueError, match="redraw needs"):
        draw(model, CAPTIONS, redraw=torch.ones(1, 1, 8, 8, dtype=torch.bool))


def test_captions_longer_than_the_model_can_read_are_refused(model):
    with pytest.raises(TooLong):
        draw(model, ["a red cat a blue tree"])


def test_a_model_comes_from_its_two_files(model, encoder):
    weights = denoiser_bytes(model.denoiser, {"objective": "noise"}, "float32")
    again = PictureModel.from_bytes(weights, encoder.to_bytes())
    assert again.objective == "noise" and again.encoder == encoder and again.size == 8
    other = CaptionEncoder(("one", "two"))
    with pytest.raises(UnreadableWeights):
        PictureModel.from_bytes(weights, other.to_bytes())
    odd = denoiser_bytes(model.denoiser, {"objective": "guess"})
    with pytest.raises(UnreadableWeights):
        PictureModel.from_bytes(odd, encoder.to_bytes())
